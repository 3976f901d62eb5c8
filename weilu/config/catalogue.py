"""The words of the interface: what the sources say, and whether the Chinese catalogue has it.

Entries are sorted by msgid and carry no line numbers, so that two people who add words rarely
collide. `compile_all` runs at set-up; compiled files are not kept in the repository.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "locale"
LANGUAGES = ("zh_Hans",)

Msgid = str | tuple[str, ...]
Entry = tuple[str | None, Msgid]

_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext_lazy": ((1, "c"), 2),
}


def path_of(language: str, *, locale: Path = LOCALE) -> Path:
    """File of a language's catalogue."""
    return locale / language / "LC_MESSAGES" / "django.po"


def sources(package: Path = PACKAGE) -> Iterator[tuple[str, str]]:
    """Python text of every source and template (as Django sees it), with its name; sorted."""
    for path in sorted(package.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield str(path.relative_to(package)), path.read_text(encoding="utf-8")
    for path in sorted(package.glob("**/templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            name = str(path.relative_to(package))
            yield name, templatize(path.read_text(encoding="utf-8"), origin=name)


def used(package: Path = PACKAGE) -> dict[Entry, str]:
    """Every message of the sources with the file that says it first."""
    found: dict[Entry, str] = {}
    for name, text in sources(package):
        code = io.BytesIO(text.encode("utf-8"))
        for _line, message, _comments, context in extract("python", code, keywords=_KEYWORDS):
            found.setdefault((context, _msgid(message)), name)
    return {entry: name for entry, name in found.items() if entry[1]}


def missing(language: str = LANGUAGES[0], *, package: Path = PACKAGE) -> list[str]:
    """What is wrong with a catalogue, in sentences: absent, empty, fuzzy, no longer used."""
    catalogue = _read(language, package / "locale")
    wanted = used(package)
    faults = []
    known = {_entry(message): message for message in catalogue if message.id}
    for entry, name in wanted.items():
        message = known.get(entry)
        if message is None:
            faults.append(f"absent: {entry[1]!r} ({name})")
        elif not _is_full(message, catalogue):
            faults.append(f"empty: {entry[1]!r} ({name})")
        elif message.fuzzy:
            faults.append(f"fuzzy: {entry[1]!r}")
    faults += [f"no longer used: {entry[1]!r}" for entry in known if entry not in wanted]
    faults += [f"obsolete: {key!r}" for key in catalogue.obsolete]
    for message, errors in ((one, list(one.check(catalogue))) for one in known.values()):
        faults += [f"wrong: {message.id!r}: {error}" for error in errors]
    return sorted(faults)


def update(language: str = LANGUAGES[0], *, package: Path = PACKAGE) -> int:
    """Add new messages with nothing in them, drop unused ones; how many are still empty."""
    old = _read(language, package / "locale")
    kept = {_entry(message): message for message in old if message.id}
    fresh = Catalog(locale=language, project="Weilu", fuzzy=False, header_comment=_HEAD)
    empty = 0
    for entry in used(package):
        message = kept.get(entry)
        context, msgid = entry
        if message is not None and _is_full(message, old):
            fresh.add(msgid, message.string, context=context)
        else:
            fresh.add(msgid, context=context)
            empty += 1
    path = path_of(language, locale=package / "locale")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(fresh))
    return empty


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file that only changes where words change."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    rule = f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};"
    head = (
        f'{catalogue.header_comment}\nmsgid ""\nmsgstr ""\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Language: {catalogue.locale}\\n"\n'
        f'"Plural-Forms: {rule}\\n"\n\n'
    )
    return head.encode() + file.getvalue()


def compile_all(package: Path = PACKAGE) -> list[Path]:
    """Write the compiled catalogues; those whose words did not change stay untouched."""
    done = []
    for language in LANGUAGES:
        file = io.BytesIO()
        write_mo(file, _read(language, package / "locale"))
        path = path_of(language, locale=package / "locale").with_suffix(".mo")
        if not path.is_file() or path.read_bytes() != file.getvalue():
            path.write_bytes(file.getvalue())
            done.append(path)
    return done


_HEAD = "# Weilu in Simplified Chinese. Sorted by msgid; see weilu/config/catalogue.py."


def _read(language: str, locale: Path) -> Catalog:
    path = path_of(language, locale=locale)
    if not path.is_file():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _msgid(message: object) -> Msgid:
    if isinstance(message, tuple | list):
        return tuple(str(part) for part in message if part is not None)
    return str(message or "")


def _entry(message: Message) -> Entry:
    return (message.context, _msgid(message.id))


def _is_full(message: Message, catalogue: Catalog) -> bool:
    if isinstance(message.id, str):
        return bool(message.string)
    parts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return len(parts) == catalogue.num_plurals and all(parts)
