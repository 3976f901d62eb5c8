"""Messages of connected groups judged as they come, in the transaction that stores them (B-5).

What looks like junk is doubted, for a person to see. Where the community has a policy that is on,
what is certain is acted on at once. A crowd for each group is kept between batches; it is made
from the newest history when the group is first heard, and anew after anything went wrong.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import Columns
from weilu.chat.models import Message
from weilu.chat.people import spans_of
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.core.bulk import add_all
from weilu.core.clock import now_ms
from weilu.groups.models import Connection, Group
from weilu.groups.queries import connected_of
from weilu.members.queries import people_behind
from weilu.moderation.enforcing import Offence, enforce
from weilu.moderation.haste import with_haste
from weilu.moderation.in_force import policy_for
from weilu.moderation.judges import judge_in_office, workspaces_judged
from weilu.moderation.models import Doubt, Policy
from weilu.moderation.raids import raided
from weilu.moderation.rules.crowd import SETTLED_DAYS, SETTLED_MESSAGES
from weilu.moderation.rules.disturbing import FLOOD_FROM, Fact, calls_all, floods
from weilu.moderation.rules.ledger import Account, Ledger
from weilu.moderation.rules.scoring import ACCOUNT, CERTAIN, REVIEW, Judge, Signal, Verdicts
from weilu.moderation.suspicion import NOISE, Suspicion, doubt_of, suspicions, with_cards
from weilu.moderation.watching import SAYINGS_KEPT, WEIGHT_KEPT, Begin, Heard, Watch

# A gateway listens back for so long, to so many groups at once, before it opens.
PREPARE_S = 15.0
_PREPARED_AT_ONCE = 8
# More than any id.
_ALL = 2**62
# What is acted on wherever it is seen, once the policy says so: it has no degrees.
AT_SIGHT = NOISE | {Doubt.Kind.ABUSE}


_WATCH = Watch()


def forget() -> None:
    """Drop every crowd; each is made anew from what is stored."""
    _WATCH.groups.clear()
    _WATCH.ledger = Ledger(SAYINGS_KEPT)


def prepare_crowds(connectors: Iterable[str], within_s: float = PREPARE_S) -> int:
    """Listen back to the groups that these connect, those heard last first; returns how many.

    Whoever opens a gateway calls it before, after `prepare_judges`: then no message waits until
    its group's history is read. It ends in time, and when enough is remembered.
    """
    mine = Connection.objects.filter(is_on=True, connector__in=list(connectors))
    groups = Group.objects.filter(
        connection__in=mine, workspace_id__in=workspaces_judged()
    ).select_related("community")
    known = groups.in_bulk()
    spans = spans_of(list(known))
    waiting = sorted(spans, key=lambda pk: (known[pk].workspace_id, -spans[pk][1]))
    end, at_ms = time.monotonic() + within_s, now_ms()
    while waiting and time.monotonic() < end and _WATCH.weight() < WEIGHT_KEPT // 2:
        workspace_id = known[waiting[0]].workspace_id
        some = [pk for pk in waiting[:_PREPARED_AT_ONCE] if known[pk].workspace_id == workspace_id]
        waiting = waiting[len(some) :]
        _WATCH.begin(
            [Begin(known[pk], _ALL, at_ms) for pk in reversed(some)], judge_in_office(workspace_id)
        )
    return len(spans) - len(waiting)


@at_once("moderation", forget)
def judge_live(columns: Columns) -> None:
    """Judge a batch of one community; doubts and what follows are written with it."""
    spoken = columns.kind == int(Kind.MESSAGE)
    if not spoken.any():
        return
    connected = _connected(columns, spoken)
    if not connected:
        return
    judge, policy = judge_in_office(columns.workspace_id), policy_for(columns)
    _judge(_take(columns, spoken, connected), connected, judge, policy)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Messages of one or several groups, group by group, each in order of time."""

    id: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    identity: npt.NDArray[np.int64]
    sent_ms: npt.NDArray[np.int64]
    card: npt.NDArray[np.bool_]
    text: list[str]


def _take(columns: Columns, spoken: npt.NDArray[np.bool_], connected: dict[int, Group]) -> _Rows:
    heard = np.array([pk in connected for pk in columns.group.tolist()])
    rows = np.flatnonzero(spoken & heard)
    order = rows[np.lexsort((columns.id[rows], columns.sent_ms[rows], columns.group[rows]))]
    return _Rows(
        columns.id[order],
        columns.group[order],
        columns.identity[order],
        columns.sent_ms[order],
        columns.flags[order] & int(Message.Flag.CARD) > 0,
        [columns.text[row] for row in order.tolist()],
    )


def _connected(columns: Columns, spoken: npt.NDArray[np.bool_]) -> dict[int, Group]:
    """The groups of a batch that are connected, by id; those under watch are not read again."""
    ids = sorted(set(columns.group[spoken].tolist()))
    found = connected_of(ids)
    heard = _WATCH.groups
    known = {pk: heard[pk].group for pk in found if pk in heard}
    if len(known) == len(found):
        return known
    new = Group.objects.filter(pk__in=found - set(known)).select_related("community")
    return known | {one.pk: one for one in new}


def _judge(rows: _Rows, groups: dict[int, Group], judge: Judge, policy: Policy | None) -> None:
    """Judge the messages of all groups together, keep what is doubtful, act on what is certain."""
    known = people_behind(rows.identity)
    members = known.of_array(rows.identity)
    writers = members.tolist()
    rooms = _rooms(rows, groups, judge)
    # The group of each row, by its place among the rooms.
    room = np.repeat(np.arange(len(rooms)), [count for _heard, count in rooms])
    crowds = [(heard.crowd, count) for heard, count in rooms]
    _WATCH.trust(crowds, members, known)
    verdicts = judge.rooms(
        crowds,
        rows.text,
        members,
        rows.sent_ms,
        lambda some: _WATCH.introduce([rooms[number][0] for number in some]),
    )
    verdicts, hasty = with_haste(with_cards(verdicts, rows.card), rows, groups)
    listener = _Listener(rooms, room, writers)
    certain = _certain(verdicts, policy) | _of_raids(verdicts, rows, listener)
    noise = _noise(verdicts, rows.text, policy, certain)
    doubtful = np.flatnonzero(
        (verdicts.junk | verdicts.abusive | (noise != "")) & ~verdicts.trusted
    )
    if not len(doubtful):
        return
    numbers = doubtful.tolist()
    held = [
        _seen(one, str(noise[row]), hasty.get(row, ()), is_card=bool(rows.card[row]))
        for one, row in zip(suspicions(verdicts, rows, doubtful), numbers, strict=True)
    ]
    doubts = [doubt_of(one, listener.group(row)) for one, row in zip(held, numbers, strict=True)]
    add_all(doubts)
    if policy is not None and policy.is_on:
        offences = [
            _offence(one, doubt, writers[row], listener.account(row))
            for one, doubt, row in zip(held, doubts, numbers, strict=True)
            if policy.terms(one.kind).acts and (certain[row] or one.kind in AT_SIGHT)
        ]
        enforce(policy, offences)


@dataclass(frozen=True, slots=True)
class _Listener:
    """Who heard and who wrote each message of a batch."""

    rooms: list[tuple[Heard, int]]
    room: npt.NDArray[np.int64]
    writers: list[int]

    def group(self, row: int) -> Group:
        """The group a message was written in."""
        return self.rooms[int(self.room[row])][0].group

    def account(self, row: int) -> Account:
        """What the group knows of who wrote a message."""
        return self.rooms[int(self.room[row])][0].crowd.account(self.writers[row])


def _noise(
    verdicts: Verdicts, texts: list[str], policy: Policy | None, certain: npt.NDArray[np.bool_]
) -> npt.NDArray[np.str_]:
    """What is wrong with each message beside its words, "" for nothing: a `Fact` or a `Signal`.

    Only what the policy looks for. What looks like junk stays junk, unless it is doubtful and the
    noise alone has consequences.
    """
    found = np.full(len(texts), "", dtype="<U10")
    if policy is None:
        return found
    flood, call = policy.terms(Doubt.Kind.FLOOD), policy.terms(Doubt.Kind.CALL_ALL)
    quiet = ~(verdicts.junk | verdicts.abusive)
    if flood.looks:
        rows = floods(verdicts.flood, verdicts.own) & (quiet | (~certain & flood.acts))
        again = verdicts.flood != FLOOD_FROM
        found[rows] = Signal.FLOOD.value
        found[rows & again] = Signal.OWN_REPEAT.value
    if call.looks:
        rows = calls_all(verdicts.text.batch, texts) & (quiet | (~certain & call.acts))
        found[rows] = Fact.CALL_ALL.value
    return found


def _seen(one: Suspicion, noise: str, facts: tuple[Fact, ...], *, is_card: bool) -> Suspicion:
    """A suspicion with what was seen beside its words."""
    if noise:
        return _as_noise(one, noise)
    if is_card:
        return one._replace(kind=Doubt.Kind.CONTACT, facts=(Fact.CARD.value, *facts))
    return one._replace(facts=facts) if facts else one


def _as_noise(one: Suspicion, fact: str) -> Suspicion:
    kind = Doubt.Kind.CALL_ALL if fact == Fact.CALL_ALL else Doubt.Kind.FLOOD
    return one._replace(kind=kind, facts=(fact,))


def _rooms(rows: _Rows, groups: dict[int, Group], judge: Judge) -> list[tuple[Heard, int]]:
    """The groups under watch in order of their rows, with how many rows each has."""
    ids, starts, counts = np.unique(rows.group, return_index=True, return_counts=True)
    first, last = np.minimum.reduceat(rows.id, starts), np.maximum.reduceat(rows.id, starts)
    begin = np.minimum.reduceat(rows.sent_ms, starts)
    watched = _WATCH.groups
    # Another process may have stored messages meanwhile: then the crowd has missed some.
    new = [
        Begin(groups[pk], low, at)
        for pk, low, at in zip(ids.tolist(), first.tolist(), begin.tolist(), strict=True)
        if pk not in watched or watched[pk].last_id >= low
    ]
    if new:
        _WATCH.begin(new, judge)
    found = []
    for pk, count, high in zip(ids.tolist(), counts.tolist(), last.tolist(), strict=True):
        heard = watched[pk]
        heard.last_id = high
        watched.move_to_end(pk)
        found.append((heard, count))
    _WATCH.forget_old(len(rows.id), has_new=bool(new))
    return found


def _certain(verdicts: Verdicts, policy: Policy | None) -> npt.NDArray[np.bool_]:
    """Which ads Weilu acts on without asking: sure ones, and doubtful ones of advertisers.

    Known by what they said before this message: one doubtful message alone makes nobody an
    advertiser, and a harmless one of theirs is harmless.
    """
    limit = policy.certainty if policy else CERTAIN
    known = verdicts.advertiser & (verdicts.before >= ACCOUNT + limit)
    sure = (verdicts.score >= limit) | (known & (verdicts.score >= REVIEW))
    return verdicts.junk & sure


def _of_raids(verdicts: Verdicts, rows: _Rows, listener: _Listener) -> npt.NDArray[np.bool_]:
    """Doubtful messages of those who came with a raid: there is no time to ask."""
    of_raid = np.zeros(len(rows.id), dtype=bool)
    junk = np.flatnonzero(verdicts.junk)
    begun = raided(np.unique(rows.group[junk]).tolist())
    if not begun:
        return of_raid
    for row in junk[np.isin(rows.group[junk], list(begun))].tolist():
        since = begun[listener.group(row).pk]
        of_raid[row] = since <= listener.account(row).first_ms
    return of_raid


def _offence(one: Suspicion, doubt: Doubt, member: int, account: Account) -> Offence:
    return Offence(
        message_id=one.id,
        group_id=doubt.group_id,
        identity_id=one.identity_id,
        member_id=member,
        sent_ms=one.sent_ms,
        kind=str(doubt.kind),
        is_settled=account.messages > SETTLED_MESSAGES and account.days >= SETTLED_DAYS,
        reasons=doubt.reasons,
    )
