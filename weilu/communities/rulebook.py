"""The rules of a community: versions, who has read them, and good ones to begin with (A-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Max

from weilu.communities.models import Community, Reading, Rules
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.lookup import Lookup

TITLE_CHARS = 80
WORDS_CHARS = 400
INTRO_CHARS = 500
CONTACT_CHARS = 120
NAME_CHARS = 80
MOST_RULES = 20
MOST_VERSIONS = 100
# A public form: more readings than a version can honestly have are not kept.
MOST_READINGS = 20_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in plain words; `kind` says what Weilu looks for by itself, "" for nothing."""

    title: str
    words: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """What a version says: a few words first, the rules in order, who answers for them."""

    intro: str
    rules: Sequence[Rule]
    contact: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version with how many people said they have read it."""

    row: Rules
    readings: int


def rules_in(row: Rules) -> list[Rule]:
    """The rules of a version, in order."""
    return [Rule(one["title"], one["words"], one["kind"]) for one in row.rules]


def current(community: Community) -> Rules | None:
    """The version in force, None before the first."""
    return in_force(community.pk)


_FIELDS = tuple(one.attname for one in Rules._meta.concrete_fields)
_NEWEST = Lookup(
    lambda community_id: (
        Rules.objects.filter(community_id=community_id)
        .order_by("-version")
        .values_list(*_FIELDS)[:1]
    )
)


def in_force(community_id: int) -> Rules | None:
    """`current` by the community's id."""
    rows = _NEWEST(community_id)
    return Rules.from_db("default", _FIELDS, rows[0]) if rows else None


def titles_by_kind(row: Rules | None) -> dict[str, str]:
    """What the rule is called that each kind breaks: the first that names it."""
    found: dict[str, str] = {}
    for one in rules_in(row) if row else ():
        if one.kind:
            found.setdefault(one.kind, one.title)
    return found


def versions(viewer: Actor, community: Community) -> list[Version]:
    """All versions, the newest first, at most a hundred."""
    viewer.require(Right.SEE_NUMBERS)
    rows = (
        Rules.objects.filter(community=community, workspace_id=viewer.workspace_id)
        .select_related("by")
        .annotate(count=Count("readings"))
        .order_by("-version")[:MOST_VERSIONS]
    )
    return [Version(row, row.count) for row in rows]


def publish(actor: Actor, *, community: Community, text: Text, seen: int = 0) -> Rules:
    """Put rules in force as the next version; the same text again changes nothing.

    `seen` is the version the writer started from. Raises Conflict `changed` when a newer one was
    published meanwhile, Invalid (`rules_missing`, `too_long`, `bad_kind`), NotFound for another
    workspace's community.
    """
    actor.require(Right.MODERATE)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    kept = _checked(text)
    newest = current(community)
    if newest is not None and _same(newest, kept):
        return newest
    if (newest.version if newest else 0) != seen:
        raise Conflict("changed")
    try:
        with transaction.atomic():
            return Rules.objects.create(
                community=community,
                workspace_id=actor.workspace_id,
                version=seen + 1,
                intro=kept.intro,
                rules=[{"title": r.title, "words": r.words, "kind": r.kind} for r in kept.rules],
                contact=kept.contact,
                by_id=actor.user_id,
                at=now(),
            )
    except IntegrityError as error:
        raise Conflict("changed") from error


def _checked(text: Text) -> Text:
    rules = [Rule(r.title.strip(), r.words.strip(), r.kind) for r in text.rules]
    rules = [one for one in rules if one.title or one.words]
    if not rules or any(not one.title for one in rules):
        raise Invalid("rules_missing", field="title")
    too_long = (
        len(rules) > MOST_RULES
        or len(text.intro) > INTRO_CHARS
        or len(text.contact) > CONTACT_CHARS
        or any(len(r.title) > TITLE_CHARS or len(r.words) > WORDS_CHARS for r in rules)
    )
    if too_long:
        raise Invalid("too_long", field="title")
    if any(one.kind and one.kind not in Rules.Kind.values for one in rules):
        raise Invalid("bad_kind", field="kind")
    return Text(text.intro.strip(), rules, text.contact.strip())


def _same(row: Rules, text: Text) -> bool:
    return (
        row.intro == text.intro
        and row.contact == text.contact
        and rules_in(row) == list(text.rules)
    )


def note_reading(community: Community, *, version: int, name: str) -> bool:
    """Keep that somebody has read a version; False when they had said so before.

    Comes from the public page: nobody is signed in. Raises Invalid without a name, Conflict
    `changed` when another version is in force by now.
    """
    called = " ".join(name.split())[:NAME_CHARS].casefold()
    if not called:
        raise Invalid("required", field="name")
    row = current(community)
    if row is None or row.version != version:
        raise Conflict("changed")
    if row.readings.count() >= MOST_READINGS:
        return False
    _row, is_new = Reading.objects.get_or_create(rules=row, name=called, defaults={"at": now()})
    return is_new


def readers(viewer: Actor, row: Rules, limit: int = 200) -> list[Reading]:
    """Who said they have read a version, the latest first."""
    viewer.require(Right.SEE_MEMBERS)
    mine = Reading.objects.filter(rules=row, rules__workspace_id=viewer.workspace_id)
    return list(mine.order_by("-at", "-pk")[:limit])


def versions_in_force(community_ids: Sequence[int]) -> dict[int, int]:
    """Community → number of its newest version; those without rules are left out."""
    rows = Rules.objects.filter(community_id__in=community_ids).values("community_id")
    return dict(rows.annotate(newest=Max("version")).values_list("community_id", "newest"))
