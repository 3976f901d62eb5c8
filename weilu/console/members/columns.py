"""The columns of the member list, on the page and in its spreadsheet."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from weilu.console.cells import Kind
from weilu.console.formats import day_of_late, of_ms
from weilu.console.members.words import role_badge, stage_badge
from weilu.console.members.worth_words import LEVELS
from weilu.console.parts import Badge, Empty
from weilu.console.tables import Bulk, Column, Spec
from weilu.core.clock import day_of, today
from weilu.insight.people.listing import MemberRow
from weilu.members.rules.levels import Level


def spec_of(*, may_edit: bool, empty: Empty) -> Spec[MemberRow]:
    """The member list; with what can be done to those picked for who may."""
    return Spec(
        name="members",
        columns=[*_who(), *_worth(), *_when()],
        key=lambda row: row.id,
        sort="-messages",
        empty=empty,
        bulk=_bulk() if may_edit else (),
        search=_("Search by name"),
    )


def _bulk() -> list[Bulk]:
    marks = {
        "staff": _("Mark as staff"),
        "not_staff": _("Not staff"),
        "bot": _("Mark as bot"),
        "person": _("Mark as person"),
    }
    first = Bulk(_("Tag or untag"), reverse("members_many"), icon="badge")
    return [
        first,
        *(Bulk(word, reverse("members_mark", args=[key])) for key, word in marks.items()),
    ]


def _who() -> list[Column[MemberRow]]:
    """Names, and on the page one badge: what they are, else how they are doing."""
    return [
        Column(
            "name",
            _("Name"),
            link=lambda row: reverse("member", args=[row.id]),
            under=_other_names,
        ),
        Column("other_names", _("Also called"), value=_other_names, sort=False, on_page=False),
        Column("role", _("Role"), Kind.BADGE, value=_role, sort=False, on_page=False),
        Column(
            "stage",
            _("Stage"),
            Kind.BADGE,
            value=lambda row: _role(row) or stage_badge(row.stage),
            sort=False,
            fact=True,
            under=_left_words,
        ),
    ]


def _worth() -> list[Column[MemberRow]]:
    return [
        Column(
            "goodwill",
            _("Goodwill"),
            Kind.NUMBER,
            # Staff and bots have none; a nought would read as a verdict.
            value=lambda row: round(row.goodwill, 1) if row.goodwill else None,
            help=_("Points for real exchange, fading with time."),
        ),
        Column(
            "level",
            _("Level"),
            value=lambda row: LEVELS[Level(row.level)] if row.goodwill else "",
            sort=False,
            spare=True,
        ),
        Column("tags", _("Tags"), Kind.TAGS, sort=False, spare=True),
        Column("messages", _("Messages"), Kind.NUMBER, fact=True),
        Column("groups", _("Groups"), Kind.NUMBER),
    ]


def _when() -> list[Column[MemberRow]]:
    return [
        Column("first", _("First seen"), Kind.DAY, value=lambda row: _day_of(row.first_ms)),
        Column(
            "last", _("Last spoke"), Kind.DAY, value=lambda row: _day_of(row.last_ms), fact=True
        ),
        Column(
            "left",
            _("Left"),
            Kind.DAY,
            value=lambda row: _day_of(row.left_ms),
            sort=False,
            on_page=False,
        ),
    ]


def _other_names(row: MemberRow) -> str:
    return ", ".join(row.other_names)


def _role(row: MemberRow) -> Badge | None:
    return role_badge(row.nature, is_staff=row.is_staff)


def _left_words(row: MemberRow) -> str:
    left = _day_of(row.left_ms)
    return _("left %(day)s") % {"day": day_of_late(left, today=today())} if left else ""


def _day_of(moment_ms: int) -> date | None:
    moment = of_ms(moment_ms) if moment_ms else None
    return day_of(moment) if moment else None
