"""Everything known of a member in order of time, and where each thing came from (C-3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

from weilu.chat.models import ImportBundle
from weilu.core.models import User
from weilu.insight.people.presence import InGroup
from weilu.insight.people.record import Record
from weilu.members.models import (
    Alias,
    CircleMember,
    Company,
    Consent,
    Contact,
    Customer,
    Deed,
    Fact,
    LevelMove,
    Merge,
    PrizeVerdict,
    Staying,
    Tagging,
)
from weilu.members.rules.facts import Value, typed_value
from weilu.moderation.models import Violation

SHOWN = 200


class What(StrEnum):
    """What happened."""

    NAMED = "named"
    JOINED = "joined"
    SEEN = "seen"
    LEFT = "left"
    MERGED = "merged"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    EXPIRED = "expired"
    NOTED = "noted"
    SET = "set"
    AGREED = "agreed"
    WITHDREW = "withdrew"
    BROKE = "broke"
    ROSE = "rose"
    FELL = "fell"
    HELD_OUT = "held_out"
    CLEARED = "cleared"
    STAGED = "staged"
    UNSTAGED = "unstaged"
    CONTACTED = "contacted"
    MISSED = "missed"
    GUIDED = "guided"
    UNGUIDED = "unguided"
    CIRCLED = "circled"
    UNCIRCLED = "uncircled"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: what, with which name and value, and who or what says so.

    `by` is somebody of the team, `source` the export it was read from; both empty: seen live, or
    worked out by Weilu.
    """

    at: datetime
    what: What
    name: str = ""
    value: str = ""
    by: str = ""
    source: str = ""


def history(record: Record) -> list[Entry]:
    """The newest entries, newest first; at most one statement, for sources."""
    sources = _sources({one.source_id for one in record.aliases})
    found = [
        *(_named(one, sources) for one in record.aliases),
        *(entry for one in record.groups for entry in _in_group(one)),
        *(_merged(one) for one in record.merges),
        *(entry for one in record.taggings for entry in _tagged(one)),
        *(Entry(one.at, What.NOTED, value=one.text, by=_who(one.by)) for one in record.notes),
        *(_fact(one) for one in record.facts),
        *(entry for one in record.consents for entry in _consent(one)),
        *(_violation(one) for one in record.violations),
        *(_level(one) for one in record.levels),
        *(_verdict(one) for one in record.verdicts),
        *(entry for one in record.stayings for entry in _staying(one)),
        *(_contact(one) for one in record.contacts),
        *(entry for one in record.companies for entry in _company(one)),
        *(entry for one in record.circles for entry in _circle(one)),
        *(_customer(one) for one in record.customers),
    ]
    found.sort(key=lambda entry: entry.at, reverse=True)
    return found[:SHOWN]


def _sources(bundles: set[int]) -> dict[int, str]:
    named = bundles - {0}
    rows = ImportBundle.objects.filter(pk__in=named).values_list("pk", "label")
    return dict(rows) if named else {}


def _named(one: Alias, sources: dict[int, str]) -> Entry:
    return Entry(_of_ms(one.first_ms), What.NAMED, one.name, source=sources.get(one.source_id, ""))


def _in_group(one: InGroup) -> Iterator[Entry]:
    if one.joined_ms:
        yield Entry(_of_ms(one.joined_ms), What.JOINED, one.name)
    if not one.joined_ms or one.first_ms < one.joined_ms:
        yield Entry(_of_ms(one.first_ms), What.SEEN, one.name)
    if one.left_ms:
        yield Entry(_of_ms(one.left_ms), What.LEFT, one.name)


def _merged(one: Merge) -> Entry:
    return Entry(one.at, What.MERGED, one.absorbed.name, by=_who(one.by))


def _tagged(one: Tagging) -> Iterator[Entry]:
    yield Entry(one.deed.at, What.TAGGED, one.tag.name, by=_who(one.deed.by))
    if one.removed is not None:
        ran_out = one.removed.kind == Deed.Kind.EXPIRE
        what = What.EXPIRED if ran_out else What.UNTAGGED
        yield Entry(one.removed.at, what, one.tag.name, by=_who(one.removed.by))


def _fact(one: Fact) -> Entry:
    value = typed_value(one.field.kind, Value(one.text, one.number, one.day))
    return Entry(one.at, What.SET, one.field.name, value, by=_who(one.by))


def _level(one: LevelMove) -> Entry:
    what = What.ROSE if one.level > one.came_from else What.FELL
    return Entry(one.at, what, str(one.level), f"{one.points:.0f}")


def _staying(one: Staying) -> Iterator[Entry]:
    yield Entry(one.at, What.STAGED, one.stage.name, by=_who(one.by))
    if one.ended_at is not None:
        yield Entry(one.ended_at, What.UNSTAGED, one.stage.name)


def _contact(one: Contact) -> Entry:
    what = What.CONTACTED if one.was_done else What.MISSED
    return Entry(one.at, what, value=one.note, by=_who(one.by))


def _company(one: Company) -> Iterator[Entry]:
    yield Entry(one.at, What.GUIDED, _who(one.guide), one.mode, by=_who(one.by))
    if one.ended_at is not None:
        yield Entry(one.ended_at, What.UNGUIDED)


def _circle(one: CircleMember) -> Iterator[Entry]:
    yield Entry(one.at, What.CIRCLED, one.circle.name, by=_who(one.by))
    if one.left_at is not None:
        yield Entry(one.left_at, What.UNCIRCLED, one.circle.name)


def _customer(one: Customer) -> Entry:
    return Entry(one.at, What.CUSTOMER, one.name, by=_who(one.by))


def _verdict(one: PrizeVerdict) -> Entry:
    what = What.HELD_OUT if one.is_hunter else What.CLEARED
    return Entry(one.at, what, value=one.note, by=_who(one.by))


def _consent(one: Consent) -> Iterator[Entry]:
    yield Entry(_of_day(one.given_on), What.AGREED, one.purpose, one.wording, by=_who(one.by))
    if one.withdrawn_on is not None:
        who = _who(one.withdrawn_by)
        yield Entry(_of_day(one.withdrawn_on), What.WITHDREW, one.purpose, by=who)


def _violation(one: Violation) -> Entry:
    return Entry(one.at, What.BROKE, one.group.name, one.step, by=_who(one.by))


def _who(user: User | None) -> str:
    return user.username if user else ""


def _of_ms(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)


def _of_day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
