"""Greeting newcomers: together when many come at once, each once, none who only dropped out (H-1).

A join schedules a job; when it is due, everybody who came since the last greeting is greeted by
one message. How far that went is kept in the transaction that writes it into the send queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from weilu.chat.columns import DAY_MS, Columns
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.ports import Kind
from weilu.chat.ports.abilities import Deed
from weilu.chat.stages import at_once
from weilu.chat.timeline import read_timeline
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.bulk import add_rows
from weilu.core.clock import now, now_ms
from weilu.core.errors import Invalid, NotFound
from weilu.core.jobs import job, schedule_all
from weilu.core.lookup import Lookup
from weilu.core.models import Job
from weilu.core.outside import outside
from weilu.groups.models import Group, JoinLink, Participation
from weilu.members.models import Identity, Member
from weilu.service.companions import host_for
from weilu.service.first_days import WELCOMING, note_greeted
from weilu.service.models import Greeted, Greeting
from weilu.service.rules.arriving import INVITED
from weilu.service.rules.greeting import COMPANION, NAME_CHARS, NAMED, greeting, is_newcomer
from weilu.service.sources import arrivals_of
from weilu.service.templates import greeted_there, keep_templates

# How people may come: by a join link of some kind, or invited by a member.
SOURCES = (*JoinLink.Source.values, INVITED)
TEXT_CHARS = 1000
LABEL_CHARS = 20
LEAST_GATHER_S, MOST_GATHER_S = 5, 3600
# A greeting that could not leave for half a day greets nobody any more.
STALE = timedelta(hours=12)
_LOOKS_BACK_MS = DAY_MS
_AT_ONCE = 300


@dataclass(frozen=True, slots=True)
class Wish:
    """What a greeting is to be."""

    is_on: bool
    text: str
    label: str = ""
    gather_s: int = 60


def set_greeting(
    actor: Actor, *, community: Community, group: Group | None, wish: Wish, source: str = ""
) -> Greeting:
    """Keep the greeting of a community, or of one of its groups; for one source, or all others.

    Raises Invalid (`required`, `too_long`, `bad_gather`), NotFound for another workspace's or an
    unknown source.
    """
    actor.require(Right.EDIT_GROUPS)
    _check(actor, community, group, source, wish)
    values = {
        "workspace_id": actor.workspace_id,
        "is_on": wish.is_on,
        "text": wish.text.strip(),
        "label": wish.label.strip(),
        "gather_s": wish.gather_s,
        "changed_by_id": actor.user_id,
        "changed_at": now(),
    }
    with transaction.atomic():
        mine = Greeting.objects.filter(community=community, group=group, source=source)
        same = mine.filter(is_on=wish.is_on)
        if not same.exists():
            groups = Group.objects.filter(community=community)
            _begin_anew(groups.filter(pk=group.pk) if group else groups)
        made, _is_new = Greeting.objects.update_or_create(
            community=community, group=group, source=source, defaults=values
        )
        if group is None and not source:
            keep_templates(community)
    return made


def _check(
    actor: Actor, community: Community, group: Group | None, source: str, wish: Wish
) -> None:
    """Whether a greeting can be; raises what `set_greeting` does."""
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    if group is not None and group.community_id != community.pk:
        raise NotFound
    if source and source not in SOURCES:
        raise NotFound
    if not wish.text.strip():
        raise Invalid("required", field="text")
    if len(wish.text) > TEXT_CHARS or len(wish.label) > LABEL_CHARS:
        raise Invalid("too_long", field="text")
    if not LEAST_GATHER_S <= wish.gather_s <= MOST_GATHER_S:
        raise Invalid("bad_gather", field="gather_s")


def _begin_anew(groups: QuerySet[Group]) -> None:
    """Greet who comes from now on: whoever came while nobody was greeted is no newcomer."""
    Greeted.objects.filter(group__in=groups).delete()


def drop_own(actor: Actor, *, community: Community, group: Group | None, source: str = "") -> bool:
    """Let a group, or those of a source, be greeted like all others; whether it had own words."""
    actor.require(Right.EDIT_GROUPS)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    own = Greeting.objects.filter(community=community, group=group, source=source)
    groups = Group.objects.filter(community=community)
    with transaction.atomic():
        dropped = own.delete()[0]
        if dropped:
            _begin_anew(groups.filter(pk=group.pk) if group else groups)
    return bool(dropped)


Greetings = Mapping[tuple[int | None, str], Greeting]


def greetings_of(viewer: Actor, community: Community) -> Greetings:
    """The greetings of a community by (group, source); None is all groups, "" all others."""
    viewer.require(Right.SEE_NUMBERS)
    rows = Greeting.objects.filter(community=community, workspace_id=viewer.workspace_id)
    return {(row.group_id, row.source): row for row in rows}


def chosen_of(kept: Greetings, group_id: int | None, source: str = "") -> Greeting | None:
    """The greeting for who comes into a group by a source; None when there is none or it is off.

    The group's own goes before that of all groups, and the source's before the usual.
    """
    for place in dict.fromkeys((group_id, None)):
        for how in dict.fromkeys((source, "")):
            found = kept.get((place, how))
            if found is not None:
                return found if found.is_on else None
    return None


def usual_text() -> str:
    """A greeting to begin with, in the language in force."""
    return _(
        "Welcome, {names}! Nice to have you here.\nOur rules: {rules}\n"
        "{companion} knows the place well: just ask."
    )


def greetings_for(group: Group) -> Greetings:
    """The greetings that may be in force in a group, its own and those of all.

    Nobody is welcomed into a group that is about to close.
    """
    if group.ends_at is not None:
        return {}
    rows = Greeting.objects.filter(community_id=group.community_id)
    both = rows.filter(group=None) | rows.filter(group=group)
    return {(row.group_id, row.source): row for row in both}


def greeting_for(group: Group, source: str = "") -> Greeting | None:
    """The greeting in force in a group for who comes by a source; None when there is none."""
    return chosen_of(greetings_for(group), group.pk, source)


# How long newcomers are waited for, by group; None is all groups.
_WAITS = Lookup(
    lambda community_id: Greeting.objects.filter(community_id=community_id, is_on=True).values_list(
        "group_id", "gather_s"
    )
)


@at_once("greetings")
def see_joins(columns: Columns) -> None:
    """Have the newcomers of a batch greeted, a little later and together."""
    joined = columns.kind == int(Kind.JOIN)
    if not joined.any():
        return
    waits: dict[int | None, list[int]] = {}
    for group_id, wait_s in _WAITS(columns.community_id):
        waits.setdefault(group_id, []).append(wait_s)
    # Columns are in order of id: the first of each group is its first to join.
    ids, rows = np.unique(columns.group[joined], return_index=True)
    first = dict(zip(ids.tolist(), columns.id[joined][rows].tolist(), strict=True))
    together: dict[int, list[int]] = {}
    for (group_id,) in WELCOMING(list(first)) if waits else ():
        here = [*waits.get(group_id, ()), *waits.get(None, ())]
        if here:
            together.setdefault(min(here), []).append(group_id)
    space = columns.workspace_id
    for wait_s, group_ids in together.items():
        begun = [(k, space, first[k] - 1) for k in group_ids]
        add_rows(Greeted, ("group_id", "workspace_id", "message_id"), begun)
        due = now() + timedelta(seconds=wait_s)
        schedule_all("greet", map(str, group_ids), workspace_id=space, due_at=due)


# Until when a group had better greet nobody; None for one that may.
Hold = Callable[[int], datetime | None]
_HOLDS: list[Hold] = []


def holds_greetings(hold: Hold) -> Hold:
    """Ask this before newcomers are greeted; those who are left are greeted afterwards."""
    if hold not in _HOLDS:
        _HOLDS.append(hold)
    return hold


@job("greet")
def greet(one: Job) -> datetime | None:
    """Greet who came into a group since the last time, unless it had better wait."""
    group = Group.objects.filter(pk=int(one.key), workspace_id=one.workspace_id)
    found = group.select_related("community").first()
    if found is None:
        return None
    until = [moment for hold in _HOLDS if (moment := hold(found.pk)) is not None]
    if until:
        return max(until)
    greet_newcomers(found)
    return None


def greet_newcomers(group: Group) -> int:
    """Write one greeting for everybody who came the same way; returns how many they are.

    Doing it twice greets nobody twice: how far it went is written with the greeting.
    """
    words = greetings_for(group)
    moment = now_ms()
    with transaction.atomic():
        kept = Greeted.objects.select_for_update().filter(group=group).first()
        if kept is None:
            return 0
        joins = read_timeline(group.pk, moment - _LOOKS_BACK_MS, moment + DAY_MS, [Kind.JOIN])
        fresh = joins.id > kept.message_id
        if not fresh.any():
            return 0
        last = int(joins.id[fresh].max())
        if not Greeted.objects.filter(group=group, message_id=kept.message_id).update(
            message_id=last
        ):
            return 0
        there = _newcomers(group, joins.identity[fresh].tolist(), joins.sent_ms[fresh].tolist())
        ways = arrivals_of(group, joins, fresh)
        if greeted_there([group.connection_id]):
            note_greeted(group.pk, list(there), None)
            return 0
        together: dict[int, tuple[Greeting, list[int]]] = {}
        for one in there:
            chosen = chosen_of(words, group.pk, ways[one].source)
            if chosen is not None:
                together.setdefault(chosen.pk, (chosen, []))[1].append(one)
        drafts = []
        for chosen, mine in together.values():
            hosts = list(dict.fromkeys(filter(None, (ways[one].inviter for one in mine))))
            friend = host_for(group, mine) if COMPANION in chosen.text else None
            said = spoken(
                group, chosen, [there[one] for one in mine], hosts, friend.name if friend else ""
            )
            drafts.append(_draft(group, chosen, said, last))
            note_greeted(group.pk, mine, friend.identity_id if friend else None)
        enqueue(group.workspace_id, drafts)
    return sum(len(mine) for _chosen, mine in together.values())


def _newcomers(group: Group, identities: Sequence[int], moments: Sequence[int]) -> dict[int, str]:
    """Who is new and still there, with their names, in the order they came, each once."""
    came = dict(zip(identities, moments, strict=True))
    there: dict[int, str] = {}
    ids = list(came)
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        rows = Identity.objects.filter(pk__in=some).exclude(member__nature=Member.Nature.BOT)
        there.update(rows.values_list("pk", "name"))
        known = Participation.objects.filter(group=group, identity_id__in=some)
        for row in known.values_list("identity_id", "first_seen_ms", "last_left_ms"):
            identity_id, first_ms, left_ms = row
            has_left = left_ms is not None and left_ms >= came[identity_id]
            if has_left or not is_newcomer(first_ms, left_ms, came[identity_id]):
                there.pop(identity_id, None)
    return {one: there[one] for one in ids if one in there}


def _draft(group: Group, chosen: Greeting, said: str, last: int) -> Draft:
    return Draft(
        key=f"hi-{group.pk}-{last}{f'-{chosen.source}' if chosen.source else ''}",
        group_id=group.pk,
        deed=Deed.SEND,
        origin=Origin.WELCOME,
        origin_id=chosen.pk,
        text=said,
        expires_at=now() + STALE,
    )


def spoken(
    group: Group,
    chosen: Greeting,
    names: Sequence[str],
    hosts: Sequence[str] = (),
    companion: str = "",
) -> str:
    """What a greeting says to these newcomers; `hosts` invited them, `companion` keeps company."""
    filled = {
        "{inviter}": "、".join(hosts[:NAMED]),
        "{group}": group.name,
        "{community}": group.community.name,
        "{rules}": outside("rules", group.community.code),
        COMPANION: " ".join(companion.split())[:NAME_CHARS],
    }
    return greeting(chosen.text, chosen.label, names, _(" and {count} more"), filled)
