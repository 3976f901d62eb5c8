"""What of connections and of the send queue needs a person today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Value
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.live.queries import asking, standing, troubled_connections
from weilu.communities.blueprint.queries import unfinished_plans
from weilu.communities.blueprint.rules.canvas import Step
from weilu.console.connections.words import trouble_of
from weilu.console.findings.alerts import reason_of, title_of
from weilu.console.formats import day_of_late, moment, number
from weilu.console.idle import idle_words
from weilu.console.kit.words import launch_title, next_words
from weilu.console.places import address
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.groups.joining.counting import Worry, worries
from weilu.groups.rules.choosing import Closed
from weilu.insight.alerts import open_alerts
from weilu.insight.launch import young
from weilu.insight.pages.replies import texts_of
from weilu.insight.room import rooms_ending
from weilu.members.queries.standing import due
from weilu.moderation.appeals import waiting_appeals
from weilu.moderation.piles import heard_lately
from weilu.moderation.raids import raids
from weilu.moderation.reports import waiting_reports
from weilu.service.first_days import unheard

MOST = 5
MOST_ALONE = 3
QUOTED = 80
# A plan left alone for longer is not waited for.
PLAN_DAYS = timedelta(days=14)
MOST_YOUNG = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that waits: what, why, and the one button; `can_wait` for a quiet hour.

    `is_now` stands before everything else: it happens at this moment, or is overdue.
    """

    title: str
    text: str
    button: str
    url: str
    can_wait: bool = False
    is_now: bool = False


def rising(actor: Actor) -> list[Entry]:
    """Complaints, insults or leaving above what a group is used to: before all else."""
    if not actor.may(Right.HANDLE_FINDINGS):
        return []
    found = open_alerts(actor).select_related("group").order_by("-last_ms")[:MOST]
    return [
        Entry(title_of(one), reason_of(one), _("Look at it"), address("alert", one.pk), is_now=True)
        for one in found
    ]


def plans(actor: Actor, besides: Collection[int]) -> list[Entry]:
    """Plans that were begun these days and are half written, but for some communities."""
    if not actor.may(Right.PLAN):
        return []
    return [
        Entry(
            _("The plan of %(name)s is half written") % {"name": one.name},
            _("%(n)s of %(all)s steps are written.") % {"n": count, "all": len(Step)},
            _("Go on writing"),
            address("blueprint", one.pk),
            can_wait=True,
        )
        for one, count in unfinished_plans(actor, now() - PLAN_DAYS)
        if one.pk not in besides
    ]


def links(actor: Actor) -> list[Entry]:
    """Join links that have nothing to show, or soon will not."""
    if not actor.may(Right.EDIT_GROUPS):
        return []
    found = []
    for one in worries(actor)[:MOST]:
        title, why = _worry_words(one)
        entry = Entry(title, why, _("See the link"), address("join_link", one.link.pk))
        if one.target is not None:
            place = address("join_link_target", one.link.pk, one.target.pk)
            entry = replace(entry, button=_("Replace the code"), url=place)
        found.append(entry)
    return found


def _worry_words(one: Worry) -> tuple[str, str]:
    """What is wrong with a join link, and what mends it."""
    if one.why is None:
        words, why = _("%(name)s leads nowhere"), _("Every code has run out or is full.")
        if one.target is not None:
            why = _(
                "The code of %(group)s has run out. Visitors read that a new one is on its way."
            ) % {"group": one.target.group.name}
    elif one.why == Closed.EXPIRED:
        words = _("The last code of %(name)s runs out soon")
        why = _("It holds until %(when)s. Upload the group's new code before that.") % {
            "when": moment(one.until, zone=ZoneInfo(one.link.community.time_zone))
        }
    else:
        words = _("%(name)s has little room left")
        why = ngettext(
            "Only %(n)s more person finds a place. Add the next group.",
            "Only %(n)s more people find a place. Add the next group.",
            one.room,
        ) % {"n": one.room}
    return words % {"name": one.link.name}, why


def filling(actor: Actor) -> list[Entry]:
    """Communities whose groups are full soon: the next one should stand by a day."""
    if not actor.may(Right.EDIT_GROUPS):
        return []
    found, today = [], localdate()
    for one in rooms_ending(actor):
        day = None if one.open_on is None or one.open_on <= today else one.open_on
        title = (
            _("%(name)s: open the next group by %(day)s")
            % {"name": one.community.name, "day": day_of_late(day, today=today)}
            if day
            else _("%(name)s: open the next group now") % {"name": one.community.name}
        )
        room = ngettext(
            "Its groups have room for %(n)s more person.",
            "Its groups have room for %(n)s more people.",
            one.room,
        ) % {"n": number(one.room)}
        url = address("community_capacity", one.community.pk)
        found.append(Entry(title, room, _("See the room"), url, can_wait=day is not None))
    return found


def beginning(actor: Actor) -> list[Entry]:
    """Communities before their launch, or in their first weeks, that lack something.

    Then plans half written of others: a community is named once.
    """
    fresh = young(actor, MOST_YOUNG) if actor.may(Right.EDIT_GROUPS) else []
    entries = [
        Entry(
            launch_title(one),
            next_words(one),
            _("Go on"),
            address("community_launch", one.community.pk),
            can_wait=True,
        )
        for one in fresh
    ]
    return entries + plans(actor, {one.community.pk for one in fresh})


def idle() -> list[Entry]:
    """Says when no worker works: everything else on the page may be old then."""
    words = idle_words()
    if not words:
        return []
    button = _("Look again")
    return [Entry(_("Weilu stands still"), words, button, address("today"), is_now=True)]


def trouble(actor: Actor) -> list[Entry]:
    """Connections that do not work, the longest first."""
    if not actor.may(Right.CONNECT):
        return []
    return [
        Entry(
            _("%(name)s is not connected") % {"name": one.name},
            trouble_of(one),
            _("See why"),
            address("connection", one.pk),
        )
        for one in troubled_connections(actor).order_by("since")[:MOST]
    ]


def outgoing(actor: Actor) -> list[Entry]:
    """What is held, what may not have arrived, what is to be done by hand, who asks to come in."""
    if not actor.may(Right.SEND):
        return []
    now = standing(actor)
    found = []
    if now.held:
        words = ngettext("%(count)s message is held", "%(count)s messages are held", now.held)
        why = _("It would be too much for the group. You decide.")
        found.append(_entry(words, now.held, why, "outbox", "?tab=held"))
    if now.unsure:
        words = ngettext(
            "%(count)s message may not have arrived",
            "%(count)s messages may not have arrived",
            now.unsure,
        )
        why = _("The platform did not say. Look into the group and say which.")
        found.append(_entry(words, now.unsure, why, "outbox", "?tab=held"))
    if now.lost:
        words = ngettext(
            "%(count)s message did not get out", "%(count)s messages did not get out", now.lost
        )
        why = _("Each says why. Try again, or leave it.")
        found.append(_entry(words, now.lost, why, "outbox", "?tab=held"))
    open_tasks = now.by_hand - now.tasks_later
    if open_tasks:
        words = ngettext("%(count)s hand task", "%(count)s hand tasks", open_tasks)
        why = _("No interface does it: the text to copy is ready.")
        if now.overdue:
            late = ngettext("%(count)s is overdue.", "%(count)s are overdue.", now.overdue)
            why = late % {"count": now.overdue}
        entry = _entry(words, open_tasks, why, "tasks")
        found.append(replace(entry, is_now=now.overdue > 0))
    asks = asking(actor)
    if asks:
        words = ngettext(
            "%(count)s person asks to come in", "%(count)s people ask to come in", asks
        )
        why = _("Read their words and let them in, or not.")
        found.append(_entry(words, asks, why, "join_asks"))
    return found


def newcomers(actor: Actor) -> list[Entry]:
    """First questions of newcomers that nobody answers; each by itself while they are few."""
    if not actor.may(Right.HANDLE_FINDINGS):
        return []
    rows = unheard(actor)
    found = list(rows[: MOST_ALONE + 1])
    if len(found) > MOST_ALONE:
        title = _("%(count)s newcomers asked and were not answered") % {
            "count": number(rows.count())
        }
        place = address("community_first_days", found[0].group.community_id)
        why = _("Who is left alone with the first question does not ask a second.")
        return [Entry(title, why, _("Look at them"), place, is_now=True)]
    said = texts_of([one.asked_id for one in found if one.asked_id])
    return [
        Entry(
            _("%(name)s is new and was not answered") % {"name": one.identity.name},
            _("In %(group)s: “%(words)s”")
            % {
                "group": one.group.name,
                "words": Truncator(said.get(one.asked_id or 0, "")).chars(QUOTED),
            },
            _("See the conversation"),
            address("around", one.asked_id or 0),
            is_now=True,
        )
        for one in found
    ]


def order(actor: Actor) -> list[Entry]:
    """Raids, second looks that are asked for, what members reported and what looks like junk."""
    if not actor.may(Right.MODERATE):
        return []
    found = [
        Entry(
            _("Many join %(group)s at once") % {"group": one.group.name},
            _("Weilu acts sooner on what newcomers write, until it calms down."),
            _("Look at it"),
            address("raids"),
            is_now=True,
        )
        for one in raids(actor)[:MOST]
    ]
    asked, told, doubtful = _counts(
        waiting_appeals(actor), waiting_reports(actor), heard_lately(actor)
    )
    if asked:
        words = ngettext(
            "%(count)s person asks for a second look",
            "%(count)s people ask for a second look",
            asked,
        )
        why = _("They were warned, muted or put out and say it was a mistake.")
        found.append(_entry(words, asked, why, "appeals"))
    if told:
        words = ngettext("%(count)s report of a member", "%(count)s reports of members", told)
        why = _("Written on the page of the rules; only you read it.")
        found.append(_entry(words, told, why, "reports"))
    if doubtful:
        words = ngettext(
            "%(count)s message of these days looks like junk, or was reported",
            "%(count)s messages of these days look like junk, or were reported",
            doubtful,
        )
        why = _("Weilu is not sure enough to act by itself. You decide.")
        found.append(_entry(words, doubtful, why, "moderation"))
    return found


def company(actor: Actor) -> list[Entry]:
    """Members who are to hear from the viewer today."""
    if not actor.may(Right.EDIT_MEMBERS):
        return []
    count = due(actor, localdate()).count()
    if not count:
        return []
    words = ngettext(
        "%(count)s member is waiting to hear from you",
        "%(count)s members are waiting to hear from you",
        count,
    )
    why = _("You or a colleague promised to keep them company.")
    return [_entry(words, count, why, "members_company")]


def _counts(*queries: QuerySet[Any]) -> list[int]:
    """How many rows each query finds, in one statement."""
    first, *others = [
        one.values(what=Value(n)).annotate(n=Count("pk")) for n, one in enumerate(queries)
    ]
    found = {row["what"]: row["n"] for row in first.union(*others, all=True)}
    return [found.get(n, 0) for n in range(len(queries))]


def _entry(words: str, count: int, why: str, page: str, tail: str = "") -> Entry:
    return Entry(words % {"count": count}, why, _("Look at them"), address(page) + tail)
