"""Messages of connected groups judged as they come, in the transaction that stores them (B-5).

What looks like junk is doubted, for a person to see. Where the community has a policy that is on,
what is certain is acted on at once. A crowd for each group is kept between batches; it is made
from the newest history when the group is first heard, and anew after anything went wrong.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import DAY_MS, Columns
from weilu.chat.models import Message
from weilu.chat.people import seen_between
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.chat.timeline import read_timeline
from weilu.core.bulk import add_all
from weilu.groups.models import Group
from weilu.groups.queries import connected_of
from weilu.members.queries import People, people, people_behind
from weilu.moderation.checking import crowd_of
from weilu.moderation.enforcing import Offence, enforce
from weilu.moderation.haste import with_haste
from weilu.moderation.in_force import policy_for
from weilu.moderation.judges import judge_in_office
from weilu.moderation.models import Doubt, Policy
from weilu.moderation.raids import raided
from weilu.moderation.rules.crowd import SETTLED_DAYS, SETTLED_MESSAGES, Crowd
from weilu.moderation.rules.disturbing import FLOOD_FROM, Fact, calls_all, floods
from weilu.moderation.rules.ledger import Account, Ledger
from weilu.moderation.rules.scoring import ACCOUNT, CERTAIN, REVIEW, Judge, Signal, Verdicts
from weilu.moderation.suspicion import NOISE, Suspicion, doubt_of, suspicions, with_cards

KNOWN_DAYS = 30
KNOWN_MESSAGES = 5_000
# How much is remembered of groups, in things of some 200 bytes (`Crowd.weight`), and after how
# many messages that is looked at again.
WEIGHT_KEPT = 1_000_000
WEIGHED_AFTER = 100_000
# Sayings remembered of all groups together: between one and two of these, of half the weight.
SAYINGS_KEPT = 300_000
BATCH = 1_000
# What is acted on wherever it is seen, once the policy says so: it has no degrees.
AT_SIGHT = NOISE | {Doubt.Kind.ABUSE}


@dataclass(slots=True)
class _Heard:
    """A group under watch: its crowd, and the last message the crowd has heard."""

    group: Group
    crowd: Crowd
    last_id: int


@dataclass(slots=True)
class _Watch:
    """The groups heard by this process, the one heard longest ago first."""

    groups: OrderedDict[int, _Heard] = field(default_factory=OrderedDict)
    ledger: Ledger = field(default_factory=lambda: Ledger(SAYINGS_KEPT))
    # Messages to hear before what is remembered is weighed again.
    patience: int = WEIGHED_AFTER

    def forget_old(self, messages: int, *, has_new: bool) -> None:
        """Drop the groups heard longest ago when too much is remembered."""
        self.patience -= messages
        if self.patience > 0 and not has_new:
            return
        self.patience = WEIGHED_AFTER
        total = sum(one.crowd.weight() for one in self.groups.values())
        total += self.ledger.sayings() // 2
        while total > WEIGHT_KEPT and len(self.groups) > 1:
            crowd = self.groups.popitem(last=False)[1].crowd
            total -= crowd.weight()
            crowd.forget()

    def begin(self, group: Group, everybody: People) -> _Heard:
        """Listen to a group, or listen to it anew."""
        before = self.groups.get(group.pk)
        if before is not None:
            before.crowd.forget()
        heard = self.groups[group.pk] = _Heard(group, crowd_of(group, everybody, self.ledger), 0)
        return heard


_WATCH = _Watch()


def forget() -> None:
    """Drop every crowd; each is made anew from what is stored."""
    _WATCH.groups.clear()
    _WATCH.ledger = Ledger(SAYINGS_KEPT)


@at_once("moderation", forget)
def judge_live(columns: Columns) -> None:
    """Judge a batch of one community; doubts and what follows are written with it."""
    spoken = columns.kind == int(Kind.MESSAGE)
    if not spoken.any():
        return
    connected = _connected(columns, spoken)
    if not connected:
        return
    judge, policy = judge_in_office(columns.workspace_id), policy_for(columns.community_id)
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
    rows = np.flatnonzero(spoken & np.isin(columns.group, list(connected)))
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
    ids = np.unique(columns.group[spoken]).tolist()
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
    _trust(crowds, room, members, known)
    verdicts = judge.rooms(crowds, rows.text, members, rows.sent_ms)
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

    rooms: list[tuple[_Heard, int]]
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


def _rooms(rows: _Rows, groups: dict[int, Group], judge: Judge) -> list[tuple[_Heard, int]]:
    """The groups under watch in order of their rows, with how many rows each has."""
    # Asked only for a crowd that is made anew: a workspace may have very many people.
    everybody = cache(partial(people, next(iter(groups.values())).workspace_id))
    ids, starts, counts = np.unique(rows.group, return_index=True, return_counts=True)
    first, last = np.minimum.reduceat(rows.id, starts), np.maximum.reduceat(rows.id, starts)
    before, watched = len(_WATCH.groups), _WATCH.groups
    found = []
    for pk, count, low, high in zip(
        ids.tolist(), counts.tolist(), first.tolist(), last.tolist(), strict=True
    ):
        heard = watched.get(pk)
        # Another process may have stored messages meanwhile: then the crowd has missed some.
        if heard is None or heard.last_id >= low:
            heard = _WATCH.begin(groups[pk], everybody())
            _listen_back(heard, judge, everybody(), low)
        heard.last_id = high
        watched.move_to_end(pk)
        found.append((heard, count))
    _WATCH.forget_old(len(rows.id), has_new=len(_WATCH.groups) > before)
    return found


def _trust(
    crowds: list[tuple[Crowd, int]],
    room: npt.NDArray[np.int64],
    members: npt.NDArray[np.int64],
    known: People,
) -> None:
    """Staff and machines get the benefit of the doubt, also those marked since."""
    trusted = list(known.staff | known.bots)
    if not trusted:
        return
    rows = np.flatnonzero(np.isin(members, trusted))
    numbers = np.array([crowd.room for crowd, _count in crowds], dtype=np.int64)
    _WATCH.ledger.trust(numbers[room[rows]], members[rows])


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


def _listen_back(heard: _Heard, judge: Judge, known: People, before_id: int) -> None:
    span = seen_between(heard.group.pk)
    if span is None:
        return
    since = max(span[0], span[1] - KNOWN_DAYS * DAY_MS)
    past = read_timeline(heard.group.pk, since, span[1] + 1)
    kept = np.flatnonzero(past.id < before_id)[-KNOWN_MESSAGES:]
    if not len(kept):
        return
    past = past.rows(int(kept[0]), int(kept[-1]) + 1)
    writers = known.of_array(past.identity)
    for at in range(0, len(past), BATCH):
        part = past.rows(at, at + BATCH)
        members = writers[at : at + BATCH].tolist()
        judge.talk(heard.crowd, part.text, members, part.sent_ms.tolist())
