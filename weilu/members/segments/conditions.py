"""Conditions over what members knows: tags, own fields, consents, notes, names, what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection
from pyroaring import BitMap

from weilu.members.mirror.columns import between
from weilu.members.mirror.known import CONSENTS, CUSTOMERS, FACTS, TAGS, WHAT
from weilu.members.mirror.mirror import Look
from weilu.members.mirror.places import Bools
from weilu.members.models import Consent, Field, Tag
from weilu.members.reading import ask_ids
from weilu.members.rules.names import fold_name
from weilu.members.scope import Scope
from weilu.members.segments.registry import (
    Ask,
    Columnar,
    Condition,
    Option,
    Options,
    Param,
    any_of,
    ask_members,
    at_home,
    day_of,
    list_of,
    number_of,
    register,
    text_of,
)
from weilu.members.segments.trees import Values

ROLES = ("person", "staff", "bot", "relay")
# That the field is the workspace's was looked at before; so the index alone answers.
_HOLDS = "r.replaced_at IS NULL AND r.field_id = %s"


def _tags(workspace_id: int) -> Sequence[Option]:
    rows = Tag.objects.filter(workspace_id=workspace_id).order_by("name")
    return [Option(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def _fields(*kinds: Field.Kind) -> Options:
    def options(workspace_id: int) -> Sequence[Option]:
        rows = Field.objects.filter(workspace_id=workspace_id, kind__in=kinds).order_by("name")
        return [Option(str(pk), name) for pk, name in rows.values_list("pk", "name")]

    return options


def fixed(*values: str) -> Options:
    """Options the console has words for."""
    listed = [Option(value) for value in values]

    def options(_workspace_id: int) -> Sequence[Option]:
        return listed

    return options


def tagged(scope: Scope, values: Values) -> BitMap:
    """Who has one of the tags."""
    found = [_having(int(one), scope) for one in list_of(values, "tag")]
    return at_home(BitMap.union(*found), scope)


def _having(tag_id: int, scope: Scope) -> BitMap:
    """Identities with a tag. The index alone tells who has it; few are over and not yet off."""
    having = ask_ids(
        "SELECT identity_id FROM members_tagging WHERE tag_id = %s AND removed_id IS NULL",
        [tag_id],
    )
    over = ask_ids(
        "SELECT identity_id FROM members_tagging WHERE removed_id IS NULL"
        " AND expires_at IS NOT NULL AND expires_at <= %s AND tag_id = %s",
        [connection.ops.adapt_datetimefield_value(scope.moment), tag_id],
    )
    return having - over


def consents(scope: Scope, values: Values) -> BitMap:
    """Who agreed, and did not take it back."""
    return ask_members(
        "members_consent",
        "r.workspace_id = %s AND r.purpose = %s AND r.withdrawn_on IS NULL",
        [scope.workspace_id, text_of(values, "purpose")],
        scope,
    )


def customers(scope: Scope, _values: Values) -> BitMap:
    """Who is on a list of customers that was brought in."""
    return ask_members("members_customer", "r.workspace_id = %s", [scope.workspace_id], scope)


def noted(scope: Scope, values: Values) -> BitMap:
    """Of whom somebody wrote a note that holds these words; empty: any note."""
    test, words = _text_holds(text_of(values, "words"))
    where = f"r.workspace_id = %s AND {test}"
    return ask_members("members_note", where, [scope.workspace_id, words], scope)


def _text_holds(words: str) -> tuple[str, str]:
    """A test whether `r.text` holds words, large letters or small ones, and its parameter."""
    # The LOWER of SQLite knows the letters of ASCII only.
    elsewhere = "".join(one for one in words if not one.isascii())
    if connection.vendor == "sqlite" and elsewhere.lower() != elsewhere.upper():
        return "r.text REGEXP %s", f"(?i){re.escape(words)}"
    return "LOWER(r.text) LIKE %s ESCAPE '!'", f"%{escaped(words.lower())}%"


def escaped(text: str) -> str:
    """A text to look for with LIKE … ESCAPE '!'."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def field_text(scope: Scope, values: Values) -> BitMap:
    """Whose value of a field holds these words, or is one of the list; empty: has any value."""
    test, words = _text_holds(text_of(values, "words"))
    params = [int(text_of(values, "field")), words]
    return ask_members("members_fact", f"{_HOLDS} AND {test}", params, scope)


def field_number(scope: Scope, values: Values) -> BitMap:
    """Whose number lies between two, both included; without bounds: has any number."""
    where: list[str] = [_HOLDS, "r.number IS NOT NULL"]
    params: list[object] = [int(text_of(values, "field"))]
    for name, sign in (("from", ">="), ("to", "<=")):
        bound = number_of(values, name)
        if bound is not None:
            where.append(f"r.number {sign} %s")
            params.append(bound)
    return ask_members("members_fact", " AND ".join(where), params, scope)


def field_day(scope: Scope, values: Values) -> BitMap:
    """Whose day lies between two, both included; without bounds: has any day."""
    where: list[str] = [_HOLDS, "r.day IS NOT NULL"]
    params: list[object] = [int(text_of(values, "field"))]
    for name, sign in (("from", ">="), ("to", "<=")):
        bound = text_of(values, name)
        if bound:
            where.append(f"r.day {sign} %s")
            params.append(bound)
    return ask_members("members_fact", " AND ".join(where), params, scope)


def field_yes(scope: Scope, values: Values) -> BitMap:
    """Whose answer is yes, or no."""
    wanted = 1 if text_of(values, "answer") == "yes" else 0
    return ask_members(
        "members_fact",
        f"{_HOLDS} AND r.number = %s",
        [int(text_of(values, "field")), wanted],
        scope,
    )


def named(scope: Scope, values: Values) -> BitMap:
    """Who has or had a name with these words in it."""
    words = f"%{escaped(fold_name(text_of(values, 'words')))}%"
    found = ask_ids(
        "SELECT id FROM members_member WHERE workspace_id = %s AND name_folded LIKE %s ESCAPE '!'",
        [scope.workspace_id, words],
    )
    # Somebody merged away is found as who they were merged into.
    return at_home(found, scope)


def role(scope: Scope, values: Values) -> BitMap:
    """Who is one of these: people, staff, bots, bridges."""
    chosen = set(list_of(values, "role"))
    natures = sorted(chosen - {"staff"})
    parts, params = [], [scope.workspace_id]
    if natures:
        # Staff are a kind of their own: people here are those who are not.
        slots = ", ".join(["%s"] * len(natures))
        parts.append(f"(nature IN ({slots}) AND NOT is_staff)")
        params += natures  # type: ignore[arg-type]  # words beside the number
    if "staff" in chosen:
        parts.append("is_staff")
    return ask_ids(
        "SELECT id FROM members_member WHERE workspace_id = %s AND merged_into_id IS NULL"  # noqa: S608
        f" AND ({' OR '.join(parts)})",
        params,
    )


def _tag_ended(look: Look, values: Values, before: Scope) -> bool:
    moments = before.moment.timestamp(), look.moment_s
    return any(
        look.flags(TAGS, str(int(one))).ends_between(*moments) for one in list_of(values, "tag")
    )


def _agreed(look: Look, values: Values) -> Bools:
    return look.has(CONSENTS, text_of(values, "purpose"))


def _is_customer(look: Look, _values: Values) -> Bools:
    return look.has(CUSTOMERS, "")


def _number_between(look: Look, values: Values) -> Bools:
    low, high = number_of(values, "from"), number_of(values, "to")
    return look.where(FACTS, text_of(values, "field"), between(low, high))


def _day_between(look: Look, values: Values) -> Bools:
    days = [day_of(text_of(values, name)) for name in ("from", "to")]
    low, high = [None if one is None else one.toordinal() for one in days]
    return look.where(FACTS, text_of(values, "field"), between(low, high))


def _said_yes(look: Look, values: Values) -> Bools:
    wanted = 1 if text_of(values, "answer") == "yes" else 0
    return look.where(FACTS, text_of(values, "field"), lambda numbers: numbers == wanted)


_FIELD = "field"
_WORDS = Param("words", Ask.TEXT, required=False)
K = Field.Kind

register(
    Condition("tag", (Param("tag", Ask.CHOICES, _tags),), tagged, any_of(TAGS, "tag", _tag_ended))
)
register(
    Condition(
        "consent",
        (Param("purpose", Ask.CHOICE, fixed(*Consent.Purpose.values)),),
        consents,
        Columnar(_agreed),
    )
)
register(Condition("customer", (), customers, Columnar(_is_customer)))
register(Condition("note", (_WORDS,), noted))
register(
    Condition(
        "field_text", (Param(_FIELD, Ask.CHOICE, _fields(K.TEXT, K.CHOICE)), _WORDS), field_text
    )
)
register(
    Condition(
        "field_number",
        (
            Param(_FIELD, Ask.CHOICE, _fields(K.NUMBER)),
            Param("from", Ask.NUMBER, required=False, least=-1_000_000_000),
            Param("to", Ask.NUMBER, required=False, least=-1_000_000_000),
        ),
        field_number,
        Columnar(_number_between),
    )
)
register(
    Condition(
        "field_day",
        (
            Param(_FIELD, Ask.CHOICE, _fields(K.DAY)),
            Param("from", Ask.DAY, required=False),
            Param("to", Ask.DAY, required=False),
        ),
        field_day,
        Columnar(_day_between),
    )
)
register(
    Condition(
        "field_yes",
        (
            Param(_FIELD, Ask.CHOICE, _fields(K.YES_NO)),
            Param("answer", Ask.CHOICE, fixed("yes", "no")),
        ),
        field_yes,
        Columnar(_said_yes),
    )
)
register(Condition("name", (Param("words", Ask.TEXT),), named))
register(
    Condition("role", (Param("role", Ask.CHOICES, fixed(*ROLES)),), role, any_of(WHAT, "role"))
)
