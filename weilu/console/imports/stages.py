"""What an import's page says while the worker is at it, and once it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.imports.look import NOTHING_READ
from weilu.chat.imports.queries import is_being_undone
from weilu.chat.models import Import, ImportBundle
from weilu.console import formats
from weilu.console.imports.preview import title_of
from weilu.console.imports.words import STATE_WORDS, format_label
from weilu.console.parts import Head, Progress
from weilu.console.places import address
from weilu.core.clock import now

_S = Import.State
_FINE = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One export of a finished import."""

    row: ImportBundle
    title: str
    format: str


def is_working(run: Import) -> bool:
    """Whether the worker has something to do for the import."""
    if run.state == _S.CANCELLED:
        return not is_thrown_away(run) and is_being_undone(run)
    return run.state in {_S.UPLOADED, _S.LOOKING, _S.RUNNING}


def label(run: Import) -> str:
    """The files of an import, in a few words."""
    names = [Path(p).name for p in run.paths]
    if len(names) <= 2:
        return ", ".join(names)
    return _("%(first)s and %(count)s more files") % {"first": names[0], "count": len(names) - 1}


def is_unreadable(run: Import) -> bool:
    """Whether nothing in the files could be read."""
    return run.state == _S.FAILED and run.error == NOTHING_READ


def is_thrown_away(run: Import) -> bool:
    """Whether it was cancelled before anything of it was read in."""
    return run.state == _S.CANCELLED and run.started_at is None


def state_word(run: Import) -> str:
    """How an import stands, in a word or two."""
    if is_unreadable(run):
        return _("Not readable")
    return _("Not brought in") if is_thrown_away(run) else str(STATE_WORDS[run.state])


def head(title: str, run: Import, words: str = "") -> Head:
    """The head of an import's page; the files where there is nothing else to say."""
    return Head(title, words or label(run), back=address("imports"), back_label=_("Imports"))


def working_head(run: Import) -> Head:
    """The head while the worker is at it."""
    titles = {_S.RUNNING: _("Reading in"), _S.CANCELLED: _("Taking it back")}
    return head(titles.get(_S(run.state), _("Looking at the files")), run)


def work(run: Import, bundles: Sequence[ImportBundle]) -> Progress:
    """How far the worker is with the import, as it stands."""
    url, cancel_url = address("import_progress", run.pk), address("import_cancel", run.pk)
    if run.state == _S.RUNNING:
        return _reading(run, bundles, url, cancel_url)
    if run.state == _S.CANCELLED:
        text = _("What was counted with it is counted anew. You can leave this page.")
        return Progress(_("Taking it back"), 0, 0, url, text)
    if run.state == _S.UPLOADED:
        text = _("The files have arrived; the worker takes them up in a moment.")
        return Progress(_("Waiting for the worker"), 0, 0, url, text, cancel_url=cancel_url)
    return Progress(
        _("Finding out what they hold"),
        int(run.progress * _FINE),
        _FINE,
        url,
        _("Nothing is stored yet. You can leave this page; it goes on by itself."),
        cancel_url=cancel_url,
    )


def _reading(run: Import, bundles: Sequence[ImportBundle], url: str, cancel_url: str) -> Progress:
    """The bar by bytes, with how many records are read, how fast, and how long it may take."""
    left_out = {ImportBundle.State.FAILED, ImportBundle.State.SKIPPED}
    todo = [b for b in bundles if b.state not in left_out]
    total = sum(b.size for b in todo) or 1
    share = sum(b.size * b.progress for b in todo) / total
    text = _("You can leave this page; it goes on by itself.")
    pace = _pace(run, sum(b.read for b in todo), share)
    if pace:
        text = f"{pace} {text}"
    return Progress(_("Reading in"), int(share * _FINE), _FINE, url, text, cancel_url=cancel_url)


def _pace(run: Import, read: int, share: float) -> str:
    """How many were read, how fast, and how long it takes still; "" before there is a rate."""
    seconds = (now() - run.started_at).total_seconds() if run.started_at else 0.0
    if seconds < 1 or not read or not share:
        return ""
    words = {
        "read": formats.number(read),
        "rate": formats.number(round(read / seconds)),
        "left": formats.duration(max(1.0, seconds * (1 - share) / share)),
    }
    return _("%(read)s read, %(rate)s a second, about %(left)s to go.") % words


def outcome(run: Import, bundles: Sequence[ImportBundle]) -> dict[str, object]:
    """What came of an import that is over."""
    title, text = _said(run)
    stored, known = sum(b.stored for b in bundles), sum(b.duplicates for b in bundles)
    words = ngettext(
        "%(stored)s record was new, %(known)s were known already. Messages, joins, leaves and new"
        " names are records.",
        "%(stored)s records were new, %(known)s were known already. Messages, joins, leaves and new"
        " names are records.",
        stored,
    ) % {"stored": formats.number(stored), "known": formats.number(known)}
    return {
        "head": head(title, run, text or words),
        "rows": [Outcome(b, title_of(b), format_label(b.format)) for b in bundles],
        "is_done": run.state == _S.DONE,
        # Nothing of it is stored: there is nothing to see, and nothing to take back.
        "is_gone": run.state == _S.CANCELLED or is_unreadable(run),
        "is_unreadable": is_unreadable(run),
        "community_url": address("community", run.community_id) if run.community_id else "",
    }


def _said(run: Import) -> tuple[str, str]:
    """Title and sentence of an import that is over; no sentence where figures tell."""
    if is_unreadable(run):
        return _("Nothing to read in here"), _(
            "Nothing in these files can be read as chat history."
        )
    if is_thrown_away(run):
        return _("Not brought in"), _("Nothing of these files was stored.")
    return {
        _S.DONE: (_("All is read in"), ""),
        _S.FAILED: (
            _("This import failed"),
            _("What was read before is kept. You can take it back."),
        ),
        _S.CANCELLED: (_("Taken back"), _("What only these files brought is gone.")),
    }[_S(run.state)]
