"""From a message that breaks the rules to what follows: a violation and orders, once (B-6).

Everything is written in the caller's transaction under keys made of the message: however often
it is decided, one violation is there and each order leaves once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.live.ways import supports_of
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports import Kind
from weilu.chat.ports.abilities import NEEDS, Ability, Deed, Support
from weilu.communities.models import Rules
from weilu.communities.rulebook import in_force, titles_by_kind
from weilu.core.bulk import add_all
from weilu.core.clock import now
from weilu.core.log import announce_all
from weilu.core.lookup import Lookup
from weilu.events.moderation import ViolationFound
from weilu.groups.models import Participation
from weilu.members.models import Identity
from weilu.moderation.bans import ban
from weilu.moderation.models import Doubt, Policy, Violation
from weilu.moderation.rules.contacts import contacts
from weilu.moderation.rules.crowd import SETTLED_MESSAGES
from weilu.moderation.rules.disturbing import ABOUT_NAMES, is_again, is_burst
from weilu.moderation.rules.ladder import FINAL, Case, Rung, Step, goes_on, next_rung
from weilu.moderation.speaking import About, Words, order_key, words_for

DEEDS = {Step.MUTE: Deed.MUTE, Step.REMOVE: Deed.REMOVE, Step.BAN: Deed.BAN}
# Who has no rule against these has one against advertising.
WIDER = {Doubt.Kind.CONTACT.value: "ad", Doubt.Kind.QR.value: "ad"}
# Who is told the same step again within this long is not told twice.
QUIET = timedelta(minutes=10)
# What somebody wrote within a day before they were put out, and how much of it at most.
RECENT_MS, MOST_RECENT = 86_400_000, 50
_AT_ONCE = 300

_NAMES = Lookup(lambda ids: Identity.objects.filter(pk__in=ids).values_list("pk", "name"))
_KNOWN = Lookup(lambda ids: Violation.objects.filter(pk__in=ids).values_list("pk"))
_STANDING = Lookup(
    lambda community_id, ids: (
        Violation.objects.filter(
            community_id=community_id,
            member_id__in=ids,
            state=Violation.State.STANDS,
            counts=True,
        )
        .order_by("at")
        .values_list("member_id", "kind", "at", "group_id", "step", "pk")
    )
)


@dataclass(frozen=True, slots=True)
class Offence:
    """A message held to break the rules, and by whom; `reasons` as a Doubt keeps them."""

    message_id: int
    group_id: int
    identity_id: int
    member_id: int
    sent_ms: int
    kind: str
    is_settled: bool
    reasons: Sequence[Sequence[object]] = ()
    # The rule's title where a person said which; else it follows from the kind.
    rule: str = ""

    @property
    def is_about_name(self) -> bool:
        """Whether it is what somebody is called, rather than what they said."""
        return any(reason[0] in ABOUT_NAMES for reason in self.reasons)

    @property
    def is_burst(self) -> bool:
        """Whether it is held against somebody as one of many within seconds."""
        return is_burst(self.kind, self.reasons)

    @property
    def is_again(self) -> bool:
        """Whether it is held against somebody as said just before, too."""
        return is_again(self.reasons)


def enforce(policy: Policy, offences: Sequence[Offence], by_id: int | None = None) -> int:
    """Write what follows from offences, in order of time; returns how many were new.

    Must run in a transaction. Announces ViolationFound.
    """
    fresh = _unknown(offences)
    if not fresh:
        return 0
    course = _course(policy, fresh, by_id)
    violations, drafts = [], []
    for one in fresh:
        violation, orders = course.follow(one)
        violations.append(violation)
        drafts += orders
    add_all(violations)
    enqueue(policy.workspace_id, drafts, course.supports)
    led_on = [one for one in violations if one.counts]
    ban(policy, led_on)
    announce_all(
        [
            ViolationFound(
                workspace_id=policy.workspace_id, violation_id=one.pk, step=str(one.step)
            )
            for one in led_on
        ]
    )
    return len(violations)


@dataclass(frozen=True, slots=True)
class _Course:
    """What is known while offences are gone through in order of time.

    `history` is when each member broke the rules before, by what adds up, `steps` the last of these
    violations, and `words` when what was said about it left; `names` what people are called;
    `taken` the messages that are taken away already, or by their own violation.
    """

    policy: Policy
    by_id: int | None
    history: dict[tuple[int, str], list[datetime]]
    steps: dict[tuple[int, str], int]
    words: Words
    told: _Told
    supports: Mapping[int, dict[Ability, Support]]
    book: Rules | None
    titles: Mapping[str, str]
    names: Mapping[int, str]
    taken: set[int]

    def follow(self, one: Offence) -> tuple[Violation, list[Draft]]:
        """The violation that an offence is, and what is to be done about it."""
        terms = self.policy.terms(one.kind)
        at = datetime.fromtimestamp(one.sent_ms / 1000, UTC)
        pool = one.member_id, terms.pool
        earlier = self.history.setdefault(pool, [])
        counts = not self._goes_on(pool, one, at)
        before = earlier if counts else earlier[:-1]
        here = self.supports.get(one.group_id, {})
        case = Case(at, one.is_settled)
        rung = possible(next_rung(terms.ladder, before, case, terms.window), here)
        row = _violation(self.policy, one, rung, self.by_id)
        row.counts = counts
        row.rule = (
            one.rule or self.titles.get(one.kind) or self.titles.get(WIDER.get(one.kind, ""), "")
        )
        row.rules_version = self.book.version if self.book and row.rule else 0
        if not counts:
            return row, _recall(self.policy, one)
        earlier.append(at)
        self.steps[pool] = one.message_id
        is_told = self.told.again(one, rung, at)
        drafts = _orders(self.policy, one, rung, None if is_told else self._about(one, row.rule))
        if rung.step in FINAL and self.policy.recalls_recent:
            drafts += _recalls(one, here, self.taken)
        return row, drafts

    def _goes_on(self, pool: tuple[int, str], one: Offence, at: datetime) -> bool:
        """Whether somebody wrote before they can have read of the last step."""
        earlier = self.history[pool]
        if one.is_burst or not goes_on(earlier, at):
            return goes_on(earlier, at)
        told = self.words.left.get(order_key(self.steps[pool], "word"))
        return goes_on(earlier, at, told, again=one.is_again)

    def _about(self, one: Offence, rule: str) -> About:
        contact = self.book.contact if self.book else ""
        name = self.names.get(one.identity_id, "")
        return About(one.message_id, one.identity_id, rule, contact, name)


def _course(policy: Policy, fresh: Sequence[Offence], by_id: int | None) -> _Course:
    """What has to be known of some offences, read at once."""
    history, steps, told = _standing(policy, {one.member_id for one in fresh})
    book = in_force(policy.community_id)
    return _Course(
        policy=policy,
        by_id=by_id,
        history=history,
        steps=steps,
        words=Words(policy.workspace_id, tuple(steps.values())),
        told=told,
        supports=supports_of({one.group_id for one in fresh}),
        book=book,
        titles=titles_by_kind(book),
        names=_names_of({one.identity_id for one in fresh}),
        # What broke the rules by itself is taken back already, what else they wrote once.
        taken={one.message_id for one in fresh},
    )


def _names_of(identity_ids: Collection[int]) -> dict[int, str]:
    """What people are called, read at once; who took an address for a name is left out."""
    rows: list[tuple[int, str]] = []
    ids = sorted(identity_ids)
    for at in range(0, len(ids), _AT_ONCE):
        rows += _NAMES(ids[at : at + _AT_ONCE])
    leading = {one.text for one in contacts([name for _pk, name in rows])}
    return {pk: name for number, (pk, name) in enumerate(rows) if number not in leading}


def enforce_decided(workspace_id: int, message_ids: Sequence[int], by_id: int | None) -> int:
    """What follows from messages a person called junk, where a policy is on; how many were new.

    Only in groups that are live: nobody is warned about what stands in an old export.
    """
    done = 0
    for at in range(0, len(message_ids), _AT_ONCE):
        rows = Doubt.objects.filter(
            pk__in=message_ids[at : at + _AT_ONCE],
            workspace_id=workspace_id,
            state=Doubt.State.JUNK,
            group__connection__isnull=False,
        ).select_related("group", "identity")
        by_community: dict[int, list[Offence]] = {}
        for row in rows:
            by_community.setdefault(row.group.community_id, []).append(_decided(row))
        for community_id, offences in sorted(by_community.items()):
            policy = Policy.objects.filter(community_id=community_id, is_on=True).first()
            if policy is not None:
                done += enforce(policy, offences, by_id)
    return done


def _decided(row: Doubt) -> Offence:
    said = Participation.objects.filter(group_id=row.group_id, identity_id=row.identity_id)
    messages = said.values_list("messages", flat=True).first() or 0
    return Offence(
        message_id=row.pk,
        group_id=row.group_id,
        identity_id=row.identity_id,
        member_id=row.identity.member_id,
        sent_ms=row.sent_ms,
        kind=row.kind,
        is_settled=messages > SETTLED_MESSAGES,
        reasons=row.reasons,
    )


def possible(rung: Rung, supports: dict[Ability, Support]) -> Rung:
    """The rung, or a warning where the platform lets nobody do it (no mute on WeChat)."""
    deed = DEEDS.get(rung.step)
    if deed is None or supports.get(NEEDS[deed]) != Support.IMPOSSIBLE:
        return rung
    if rung.step == Step.BAN and supports.get(Ability.REMOVE) != Support.IMPOSSIBLE:
        return Rung(Step.REMOVE)
    return Rung(Step.WARN)


def _unknown(offences: Sequence[Offence]) -> list[Offence]:
    """Offences without a violation, each message once, in order of time."""
    by_message = {one.message_id: one for one in offences}
    ids = list(by_message)
    known: set[int] = set()
    for at in range(0, len(ids), _AT_ONCE):
        known.update(pk for (pk,) in _KNOWN(ids[at : at + _AT_ONCE]))
    fresh = [one for one in by_message.values() if one.message_id not in known]
    return sorted(fresh, key=lambda one: (one.sent_ms, one.message_id))


class _Told(dict[tuple[int, int, str], datetime]):
    """When each member was last told of a step in a group, as (member, group, step)."""

    def again(self, one: Offence, rung: Rung, at: datetime) -> bool:
        """Whether the same was said just now; if not, it is noted as said."""
        key = (one.member_id, one.group_id, rung.step.value)
        last = self.get(key)
        if last is not None and last <= at < last + QUIET:
            return True
        self[key] = at
        return False


def _standing(
    policy: Policy, member_ids: set[int]
) -> tuple[dict[tuple[int, str], list[datetime]], dict[tuple[int, str], int], _Told]:
    """When each member broke the rules before, by what adds up; the last time; what was said."""
    kinds = {kind: policy.terms(kind) for kind in Doubt.Kind.values}
    since = now() - max(terms.window for terms in kinds.values())
    found: dict[tuple[int, str], list[datetime]] = {}
    steps: dict[tuple[int, str], int] = {}
    told = _Told()
    ids = sorted(member_ids)
    for at in range(0, len(ids), _AT_ONCE):
        rows = _STANDING(policy.community_id, ids[at : at + _AT_ONCE])
        for member_id, kind, moment, group_id, step, pk in rows:
            if moment <= since:
                continue
            pool = kinds[kind].pool if kind in kinds else ""
            found.setdefault((member_id, pool), []).append(moment)
            steps[member_id, pool] = pk
            told[(member_id, group_id, step)] = moment
    return found, steps, told


def _violation(policy: Policy, one: Offence, rung: Rung, by_id: int | None) -> Violation:
    return Violation(
        id=one.message_id,
        workspace_id=policy.workspace_id,
        community_id=policy.community_id,
        group_id=one.group_id,
        identity_id=one.identity_id,
        member_id=one.member_id,
        kind=one.kind,
        step=rung.step.value,
        minutes=rung.minutes,
        reasons=list(one.reasons),
        policy_version=policy.version,
        at=datetime.fromtimestamp(one.sent_ms / 1000, UTC),
        by_id=by_id,
    )


def _orders(policy: Policy, one: Offence, rung: Rung, about: About | None) -> list[Draft]:
    """What is to be done, in the order in which it leaves; without `about` nothing is said."""
    draft = partial(_draft, one)
    orders = []
    if about is not None:
        text = words_for(policy, about, rung)
        # Words first: once the message is gone, an answer to it hangs in the air, and whoever is
        # put out reads nothing any more.
        orders.append(draft("word", Deed.SEND, text=text, message_id=one.message_id))
    orders += _recall(policy, one)
    if rung.step == Step.MUTE:
        orders.append(draft("mute", Deed.MUTE, seconds=rung.minutes * 60))
        # Not every platform ends a mute by itself; where it does, this changes nothing.
        end = now() + timedelta(minutes=rung.minutes)
        orders.append(draft("unmute", Deed.UNMUTE, due_at=end))
    elif rung.step in FINAL:
        orders.append(draft(rung.step.value, DEEDS[rung.step]))
    return orders


def _recall(policy: Policy, one: Offence) -> list[Draft]:
    """Take the message itself away, where the policy says so and it is one."""
    if not policy.recalls or one.is_about_name:
        return []
    return [_draft(one, "recall", Deed.RECALL, message_id=one.message_id)]


def _draft(one: Offence, what: str, deed: Deed, **more: object) -> Draft:
    return Draft(
        key=order_key(one.message_id, what),
        group_id=one.group_id,
        deed=deed,
        origin=Origin.MODERATION,
        origin_id=one.message_id,
        identity_id=one.identity_id,
        **more,  # type: ignore[arg-type]  # fields by name
    )


def _recalls(one: Offence, supports: dict[Ability, Support], taken: set[int]) -> list[Draft]:
    """Take back what else they wrote lately, where an interface does it by itself.

    Not what is `taken` already; what is now is added there.
    """
    if supports.get(Ability.RECALL) != Support.AUTOMATIC:
        return []
    since = one.sent_ms - RECENT_MS
    rows = Message.objects.filter(
        group_id=one.group_id,
        identity_id=one.identity_id,
        kind=int(Kind.MESSAGE),
        sent_ms__gte=since,
        sent_ms__lte=one.sent_ms,
        external_id__isnull=False,
    ).exclude(pk=one.message_id)
    ids = list(rows.order_by("-sent_ms").values_list("pk", flat=True)[:MOST_RECENT])
    # What broke the rules by itself is taken back already.
    known = {*Violation.objects.filter(pk__in=ids).values_list("pk", flat=True), *taken}
    # Whoever was put out before, and came back, had the rest taken away then.
    before = Outgoing.objects.filter(
        group_id=one.group_id, deed=Deed.RECALL, message_id__in=ids
    ).exclude(state=Outgoing.State.CANCELLED)
    known.update(pk for pk in before.values_list("message_id", flat=True) if pk)
    wanted = [pk for pk in ids if pk not in known]
    taken.update(wanted)
    return [_draft(one, f"recall-{pk}", Deed.RECALL, message_id=pk) for pk in wanted]
