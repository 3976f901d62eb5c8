"""What the talk of a group says about who is who: one person under several names, bots, staff.

Reads a group's messages once, asks the rules of `members.rules`, and acts on what is sound;
the rest is suggested. An operator's word is never overruled (C-1, H-6).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from django.db.models import Max, Min

from weilu.chat.columns import Ints
from weilu.chat.ports import Kind, Platform
from weilu.chat.timeline import Readings, Timeline
from weilu.chat.voices import part_voices
from weilu.core.access import Actor, system
from weilu.core.helper import NOBODY, Helper
from weilu.groups.models import Group, Participation
from weilu.members.actions import mark_by_evidence, merge_by_evidence, suggest, vetoed_pairs
from weilu.members.models import Alias, Identity, Member
from weilu.members.queries import People, people
from weilu.members.rules.bots import FEW_MESSAGES, Verdict, bot_score, speaker_facts
from weilu.members.rules.evidence import IdentityFacts, NameSpan, Rename
from weilu.members.rules.linking import Linking, propose_links
from weilu.members.rules.speech import profile
from weilu.members.rules.spells import speaking_spells
from weilu.members.rules.staff import StaffFacts, staff_hints
from weilu.members.rules.suspects import suspects
from weilu.members.voices import bridges_of, heard_in

STAFF_SCORE = 0.7
_BEYOND = "beyond a bridge"
_KINDS = (Kind.MESSAGE, Kind.JOIN, Kind.LEAVE, Kind.RENAME)
_NATURE = {
    Verdict.BOT: Member.Nature.BOT,
    Verdict.RELAY: Member.Nature.RELAY,
}


def know_people(
    group: Group, span: tuple[int, int], *, is_all: bool, helper: Helper = NOBODY
) -> Readings:
    """Merge, suggest and mark the people of a group by what was said in a span of UTC ms.

    `is_all` says that nothing was said before; what was read is at hand in what comes back. Where
    bridges are found, the people behind them are looked at as well.
    """
    while True:
        said = Readings(group.pk)
        timeline = said.read(*span, _KINDS, is_all=is_all)
        if not len(timeline):
            return said
        _know(group, timeline, helper)
        if not part_voices(group, timeline, people(group.workspace_id)):
            return said


def _know(group: Group, timeline: Timeline, helper: Helper) -> None:
    actor = system(group.workspace_id)
    facts = _facts(group, timeline)
    linking = propose_links(list(facts.values()), _renames(group, timeline))
    _act(actor, linking)
    known = people(group.workspace_id)
    natures = _natures(timeline, known, helper)
    # What is left of a bridge when others' words are taken from it says nothing of it.
    for pk in bridges_of(group.workspace_id) & natures.keys():
        del natures[pk]
    mark_by_evidence(actor, natures=natures, staff=_staff(timeline, known))


def _facts(group: Group, timeline: Timeline) -> dict[int, IdentityFacts]:
    """What is known of each identity seen in the group."""
    ids = sorted(set(timeline.identity.tolist()) - {0})
    names = _name_spans(ids, timeline)
    renamed = timeline.sent_ms[timeline.kind == Kind.RENAME]
    renamers = timeline.identity[timeline.kind == Kind.RENAME]
    accounts, heard = dict(_accounts(ids)), heard_in(group.pk)
    by_identity = _by_identity(timeline)
    facts = {}
    for pk in ids:
        rows = by_identity[pk]
        kind, sent = timeline.kind[rows], timeline.sent_ms[rows]
        said = sent[kind == Kind.MESSAGE]
        facts[pk] = IdentityFacts(
            id=pk,
            # Where they have accounts is not here: names say less of them than of others.
            platform=_BEYOND if pk in heard else group.platform,
            account=accounts.get(pk, ""),
            names=tuple(names[pk]),
            messages=len(said),
            spells=speaking_spells(said, renamed[renamers == pk]),
            joined_ms=sent[kind == Kind.JOIN],
            left_ms=sent[kind == Kind.LEAVE],
        )
    return facts


def _by_identity(timeline: Timeline) -> dict[int, Ints]:
    """Rows of each identity, in order of time."""
    order = np.argsort(timeline.identity, kind="stable")
    ids, starts = np.unique(timeline.identity[order], return_index=True)
    return dict(zip(ids.tolist(), np.split(order, starts[1:]), strict=True))


def _accounts(ids: list[int]) -> Iterable[tuple[int, str]]:
    for at in range(0, len(ids), 500):
        own = Identity.objects.filter(pk__in=ids[at : at + 500], scope=0, through=None)
        yield from own.values_list("pk", "account")


def _name_spans(ids: list[int], timeline: Timeline) -> dict[int, list[NameSpan]]:
    """Names of identities with the time they were borne, as far as it is known."""
    end = int(timeline.sent_ms[-1])
    found: dict[int, list[NameSpan]] = defaultdict(list)
    for at in range(0, len(ids), 500):
        rows = Alias.objects.filter(identity_id__in=ids[at : at + 500]).order_by("first_ms", "pk")
        for identity_id, name, first in rows.values_list("identity_id", "name", "first_ms"):
            spans = found[identity_id]
            if spans:
                last = spans[-1]
                spans[-1] = NameSpan(last.name, last.first_ms, max(last.first_ms, first))
            spans.append(NameSpan(name, first, max(first, end)))
    return found


def _renames(group: Group, timeline: Timeline) -> list[Rename]:
    """Renames from one account to another; where names are not accounts there are none."""
    if group.platform != Platform.IRC:
        return []
    rows = np.flatnonzero(timeline.kind == Kind.RENAME).tolist()
    targets = sorted({timeline.text[k] for k in rows})
    accounts: dict[str, int] = {}
    for at in range(0, len(targets), 500):
        accounts.update(
            Identity.objects.filter(
                workspace_id=group.workspace_id,
                platform=group.platform,
                scope=0,
                account__in=targets[at : at + 500],
            ).values_list("account", "pk")
        )
    seen = set(timeline.identity.tolist())
    return [
        Rename(int(timeline.identity[k]), accounts[timeline.text[k]], int(timeline.sent_ms[k]))
        for k in rows
        if accounts.get(timeline.text[k]) in seen and timeline.identity[k]
    ]


def _act(actor: Actor, linking: Linking) -> None:
    """Merge what is sound, suggest what is doubtful, leave what an operator decided."""
    vetoed = vetoed_pairs(actor.workspace_id)
    member_of = _members_of(linking)
    reasons = {frozenset((one.a, one.b)): one.reasons for one in linking.sound}
    moved: dict[int, int] = {}
    sound: list[tuple[int, int, Sequence[str]]] = []
    for identity_id, canonical in sorted(linking.people.items()):
        kept, absorbed = (
            _follow(moved, member_of[canonical]),
            _follow(moved, member_of[identity_id]),
        )
        if kept == absorbed or _are_apart(kept, absorbed, vetoed, moved):
            continue
        why = reasons.get(frozenset((identity_id, canonical)), ("chain",))
        sound.append((kept, absorbed, why))
        moved[absorbed] = kept
    merge_by_evidence(actor, sound)
    suggest(
        actor.workspace_id,
        [
            (a, b, one.strength, one.reasons)
            for one in linking.doubtful
            if (a := _follow(moved, member_of[one.a])) != (b := _follow(moved, member_of[one.b]))
        ],
    )


def _are_apart(
    one: int, other: int, vetoed: Iterable[tuple[int, int]], moved: dict[int, int]
) -> bool:
    """Whether joining two would join a refused pair, also over a third name between them."""
    return any({_follow(moved, a), _follow(moved, b)} == {one, other} for a, b in vetoed)


def _follow(moved: dict[int, int], member_id: int) -> int:
    """Where a member has been merged into by now."""
    while member_id in moved:
        member_id = moved[member_id]
    return member_id


def _members_of(linking: Linking) -> dict[int, int]:
    doubtful = {pk for one in linking.doubtful for pk in (one.a, one.b)}
    ids = sorted(set(linking.people) | set(linking.people.values()) | doubtful)
    found: dict[int, int] = {}
    for at in range(0, len(ids), 500):
        found.update(
            Identity.objects.filter(pk__in=ids[at : at + 500]).values_list("pk", "member_id")
        )
    return found


def _natures(
    timeline: Timeline, known: People, helper: Helper
) -> dict[int, tuple[Member.Nature, tuple[str, ...]]]:
    """Members whose talk is a machine's, with the reasons."""
    rows = np.flatnonzero((timeline.kind == Kind.MESSAGE) & (timeline.identity > 0))
    if not len(rows):
        return {}
    members = known.of_array(timeline.identity[rows])
    unique, speaker = np.unique(members, return_inverse=True)
    names = dict(_member_names(unique.tolist()))
    shown = [names.get(pk, "") for pk in unique.tolist()]
    texts = [timeline.text[k] for k in rows.tolist()]
    columns = (texts, timeline.sent_ms[rows], speaker.astype(np.int64), shown)
    may_be = suspects(*columns, helper) & (np.bincount(speaker) >= FEW_MESSAGES)
    speech = profile(*columns, wanted=may_be)
    found = {}
    for number in np.flatnonzero(may_be).tolist():
        pk = int(unique[number])
        score = bot_score(speaker_facts(speech, number, shown[number]))
        if score.verdict in _NATURE:
            found[pk] = (_NATURE[score.verdict], score.reasons)
    return found


def _member_names(ids: list[int]) -> Iterable[tuple[int, str]]:
    for at in range(0, len(ids), 500):
        yield from Member.objects.filter(pk__in=ids[at : at + 500]).values_list("pk", "name")


def _staff(timeline: Timeline, known: People) -> dict[int, tuple[str, ...]]:
    """Members who act like staff: removed others, or say so in their name."""
    removers = Counter(
        timeline.text[k]
        for k in np.flatnonzero(timeline.kind == Kind.LEAVE).tolist()
        if timeline.text[k]
    )
    ids = sorted(set(known.of_array(timeline.identity).tolist()) - {0})
    found = {}
    for pk, name in _member_names(ids):
        hints = staff_hints(StaffFacts(name=name, removed_others=removers.get(name, 0)))
        if hints.score >= STAFF_SCORE and pk not in known.bots:
            found[pk] = hints.reasons
    return found


def seen_between(group_id: int) -> tuple[int, int] | None:
    """First and last moment anything is known of a group; None for an empty one."""
    return spans_of([group_id]).get(group_id)


def spans_of(group_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """First and last moment anything is known of groups, by id; empty ones are missing."""
    found: dict[int, tuple[int, int]] = {}
    for at in range(0, len(group_ids), 500):
        rows = Participation.objects.filter(group_id__in=group_ids[at : at + 500])
        moments = rows.values("group_id").annotate(
            first=Min("first_seen_ms"),
            spoke=Max("last_spoke_ms"),
            joined=Max("last_joined_ms"),
            left=Max("last_left_ms"),
        )
        for one in moments:
            last = max(one[name] or 0 for name in ("first", "spoke", "joined", "left"))
            found[one["group_id"]] = (one["first"], last)
    return found
