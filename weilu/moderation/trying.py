"""What a policy would have done, and how each of its steps is done where (A-6, B-6).

Trying out writes nothing. Advertising and insults are what was doubted and not called fine, cards
and names among it; noise is counted anew from what was written, because nobody keeps what no rule
asks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from weilu.chat.live.ways import supports_of
from weilu.chat.people import spans_of
from weilu.chat.ports import Platform
from weilu.chat.ports.abilities import NEEDS, Ability, Deed, Support
from weilu.chat.timeline import Timeline, read_timeline
from weilu.core.access import Actor, Right
from weilu.core.clock import now_ms
from weilu.groups.models import Group, Participation
from weilu.members.models import Identity
from weilu.members.queries import People, people
from weilu.moderation.enforcing import DEEDS, possible
from weilu.moderation.models import Doubt, Policy
from weilu.moderation.rules.crowd import LEAST_REPEAT, SETTLED_MESSAGES
from weilu.moderation.rules.disturbing import again_too_often, bursts, calls_all
from weilu.moderation.rules.folding import join
from weilu.moderation.rules.ladder import Case, Rung, Step, goes_on, next_rung, parse

TRIED_DAYS = 30
MOST_TRIED = 5_000
# Noise is looked for in the newest messages only: a page waits for it.
MOST_HEARD = 300_000
MOST_GROUPS = 200
EXAMPLES = 10
DAY_MS = 86_400_000
_AT_ONCE = 300


@dataclass(frozen=True, slots=True)
class Broken:
    """A message that a policy would act on."""

    message_id: int
    group_id: int
    identity_id: int
    member_id: int
    sent_ms: int
    kind: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a policy would have done: how often each step, for how many people and messages.

    `examples` are the newest, each with its step. `until` is when the talk ended, where that was
    before the days up to now: then the last days of the talk were tried.
    """

    steps: Mapping[Step, int]
    kinds: Mapping[str, int]
    people: int
    messages: int
    examples: list[tuple[Broken, Rung]]
    until: datetime | None


def try_out(viewer: Actor, policy: Policy, days: int = TRIED_DAYS) -> Tried:
    """What the policy would have done in the last days; of an old export, in its last days."""
    viewer.require(Right.SEE_MEMBERS)
    end = _newest_ms(policy)
    is_old = end is not None and end < now_ms() - days * DAY_MS
    since = (end if end is not None and is_old else now_ms()) - days * DAY_MS
    found = {one.message_id: one for one in _noisy(policy, since)}
    # What looks like junk stays junk.
    found |= {one.message_id: one for one in _doubted(policy, since)}
    broken = sorted(found.values(), key=lambda one: (one.sent_ms, one.message_id))
    rungs = _rungs(policy, broken)
    steps = Counter(rung.step for _one, rung in rungs)
    kinds = Counter(one.kind for one in broken)
    members = len({one.member_id for one in broken})
    until = datetime.fromtimestamp(end / 1000, UTC) if end is not None and is_old else None
    return Tried(steps, kinds, members, len(broken), rungs[-EXAMPLES:][::-1], until)


def _groups(policy: Policy) -> list[int]:
    """The groups of the community whose talk is looked at."""
    groups = Group.objects.filter(
        workspace_id=policy.workspace_id, community_id=policy.community_id
    )
    return list(groups.order_by("pk").values_list("pk", flat=True)[:MOST_GROUPS])


def _newest_ms(policy: Policy) -> int | None:
    """When the community talked last (UTC ms); None where it never did."""
    return max((last for _first, last in spans_of(_groups(policy)).values()), default=None)


def _doubted(policy: Policy, since: int) -> Iterable[Broken]:
    """What was doubted and would be acted on without asking."""
    acting = [kind for kind in Doubt.Kind.values if policy.terms(kind).acts]
    sure = Q(score__gte=policy.certainty) | Q(kind__in=[Doubt.Kind.ABUSE])
    rows = Doubt.objects.filter(
        sure,
        workspace_id=policy.workspace_id,
        group__community_id=policy.community_id,
        sent_ms__gte=since,
        kind__in=acting,
    ).exclude(Q(state=Doubt.State.FINE) | Q(kind=Doubt.Kind.REPORTED))
    columns = rows.order_by("sent_ms", "pk").values_list(
        "pk", "group_id", "identity_id", "identity__member_id", "sent_ms", "kind"
    )
    return (
        Broken(pk, group_id, identity_id, member_id, sent_ms, kind)
        for pk, group_id, identity_id, member_id, sent_ms, kind in columns[:MOST_TRIED]
    )


def _noisy(policy: Policy, since: int) -> Iterable[Broken]:
    """Bursts and calls to everybody that would be acted on, of people who are not trusted."""
    flood, call = policy.terms(Doubt.Kind.FLOOD).acts, policy.terms(Doubt.Kind.CALL_ALL).acts
    if not (flood or call):
        return
    known = people(policy.workspace_id)
    left = MOST_HEARD
    for pk in _groups(policy):
        said = read_timeline(pk, since, now_ms() + DAY_MS)
        said = said.rows(max(len(said) - left, 0), len(said))
        left -= len(said)
        yield from _noise_of(pk, said, known, flood=flood, call=call)
        if left <= 0:
            return


def _noise_of(
    group_id: int, said: Timeline, known: People, *, flood: bool, call: bool
) -> Iterable[Broken]:
    if not len(said):
        return
    members = known.of_array(said.identity)
    trusted = np.isin(members, list(known.staff | known.bots))
    loud = np.zeros(len(said), dtype=bool)
    if flood:
        loud = bursts(members, said.sent_ms) | _said_again(members, said.text)
    calls = calls_all(join(list(said.text)), said.text) if call else np.zeros_like(loud)
    for row in np.flatnonzero((loud | calls) & ~trusted).tolist():
        kind = Doubt.Kind.CALL_ALL if calls[row] else Doubt.Kind.FLOOD
        yield Broken(
            int(said.id[row]),
            group_id,
            int(said.identity[row]),
            int(members[row]),
            int(said.sent_ms[row]),
            kind.value,
        )


def _said_again(members: npt.NDArray[np.int64], texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Messages with which somebody says the very same too often in a row; in order of time."""
    own = np.zeros(len(texts), dtype=np.int64)
    last: dict[int, tuple[str, int]] = {}
    for row, (who, text) in enumerate(zip(members.tolist(), texts, strict=True)):
        before, times = last.get(who, ("", 0))
        own[row] = times + 1 if text == before and len(text) >= LEAST_REPEAT else 0
        last[who] = (text, int(own[row]))
    return again_too_often(own)


def _rungs(policy: Policy, broken: Sequence[Broken]) -> list[tuple[Broken, Rung]]:
    """What each leads to, in order of time; what goes on with a burst leads to nothing more."""
    settled = _settled(policy, sorted({one.identity_id for one in broken}))
    supports = supports_of({one.group_id for one in broken})
    terms = {kind: policy.terms(kind) for kind in Doubt.Kind.values}
    history: dict[tuple[int, str], list[datetime]] = {}
    found = []
    for one in broken:
        mine = terms[one.kind]
        at = datetime.fromtimestamp(one.sent_ms / 1000, UTC)
        earlier = history.setdefault((one.member_id, mine.pool), [])
        if goes_on(earlier, at):
            continue
        rung = next_rung(mine.ladder, earlier, Case(at, one.identity_id in settled), mine.window)
        earlier.append(at)
        found.append((one, possible(rung, supports.get(one.group_id, {}))))
    return found


def _settled(policy: Policy, identity_ids: Sequence[int]) -> set[int]:
    """Which of these have written enough in a group of the community to belong there."""
    found: set[int] = set()
    for at in range(0, len(identity_ids), _AT_ONCE):
        rows = Participation.objects.filter(
            group__community_id=policy.community_id,
            messages__gt=SETTLED_MESSAGES,
            identity_id__in=identity_ids[at : at + _AT_ONCE],
        )
        found.update(rows.values_list("identity_id", flat=True))
    return found


def names_for(broken: Iterable[Broken]) -> tuple[dict[int, str], dict[int, str]]:
    """What the people and the groups of some messages are called: by identity, by group."""
    rows = list(broken)
    called = Identity.objects.filter(pk__in=[one.identity_id for one in rows])
    groups = Group.objects.filter(pk__in=[one.group_id for one in rows])
    return dict(called.values_list("pk", "name")), dict(groups.values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Done:
    """How a rung is done in a place: `rung` is what it becomes there, `support` by whom."""

    wanted: Rung
    rung: Rung
    support: Support


@dataclass(frozen=True, slots=True)
class Place:
    """Groups of one platform where every step is done in the same way."""

    platform: Platform
    groups: tuple[str, ...]
    steps: tuple[Done, ...]


def compiled(viewer: Actor, policy: Policy) -> list[Place]:
    """Every step the policy holds, by groups in which it is done alike; most groups first."""
    viewer.require(Right.SEE_MEMBERS)
    groups = list(
        Group.objects.filter(workspace_id=viewer.workspace_id, community_id=policy.community_id)
        .order_by("name")
        .values_list("pk", "name", "platform")[:MOST_GROUPS]
    )
    supports = supports_of({pk for pk, _name, _platform in groups})
    rungs = _all_rungs(policy)
    alike: dict[tuple[str, tuple[Done, ...]], list[str]] = {}
    for pk, name, platform in groups:
        steps = tuple(done_as(rung, supports.get(pk, {})) for rung in rungs)
        alike.setdefault((platform, steps), []).append(name)
    places = [
        Place(Platform(platform), tuple(names), steps) for (platform, steps), names in alike.items()
    ]
    return sorted(places, key=lambda one: -len(one.groups))


def _all_rungs(policy: Policy) -> list[Rung]:
    """Every different rung of the usual ladder and of the rules' own, in order."""
    found = dict.fromkeys(parse(policy.ladder))
    for kind in policy.rules:
        terms = policy.terms(kind)
        if terms.pool:
            found |= dict.fromkeys(terms.ladder)
    return list(found)


def done_as(rung: Rung, supports: dict[Ability, Support]) -> Done:
    """How a rung is done where these abilities are there."""
    became = possible(rung, supports)
    need = NEEDS[DEEDS.get(became.step, Deed.SEND)]
    return Done(rung, became, supports.get(need, Support.BY_HAND))
