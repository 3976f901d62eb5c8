"""Segments: what a tree finds is what a plain look at everybody finds (C-9)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from weilu.chat.columns import DAY_MS
from weilu.chat.models import Message
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.groups.models import Group, Participation
from weilu.insight.models import MemberTotals
from weilu.insight.people.listing import Listing, Wanted, newest_ms, stages_of
from weilu.insight.people.segments import (
    asking,
    find,
    keep_counting,
    members_of,
    moves_of,
    recount,
    would_change,
)
from weilu.insight.people.tests.history import came, left, make_group, said, tell
from weilu.members.actions import mark, merge
from weilu.members.actions.facts import add_field, set_fact
from weilu.members.actions.notes import Agreed, give_consent, withdraw_consent, write_note
from weilu.members.actions.segments import keep_tag, remove_segment, save_segment
from weilu.members.actions.tags import named_tag, put_on, take_off
from weilu.members.models import (
    Alias,
    Consent,
    Fact,
    Field,
    Identity,
    Member,
    Note,
    Segment,
    SegmentMove,
    Tag,
    Tagging,
)
from weilu.members.queries.known import worn_by
from weilu.members.segments.registry import CONDITIONS
from weilu.members.segments.trees import Branch, Leaf, Node, leaves, plain, read

pytestmark = pytest.mark.django_db

PEOPLE = 30


@pytest.fixture
def crowd(workspace: Workspace, owner: Person, stranger: Person) -> list[Group]:
    """Thirty people in two halls with everything conditions ask for, some merged, by chance."""
    chance = random.Random(7)
    halls = [make_group(workspace, "North"), make_group(workspace, "South")]
    for hall in halls:
        tell(hall, sorted(_talk(chance), key=lambda one: one.sent_ms))
    tell(make_group(stranger.seat.workspace, "Elsewhere"), [said("p1", "2024-03-30 08:00", "x")])
    actor = owner.actor
    ids = list(Member.objects.filter(workspace=workspace).values_list("pk", flat=True))
    tags = [named_tag(actor, name) for name in ("red", "green", "old")]
    fields = [
        add_field(actor, name=kind.value, kind=kind, choices=("east", "west"))
        for kind in (Field.Kind.TEXT, Field.Kind.NUMBER, Field.Kind.DAY, Field.Kind.CHOICE,
                     Field.Kind.YES_NO)
    ]  # fmt: skip
    for pk in ids:
        _write_of(actor, pk, tags, fields, chance)
    mark(actor, member_ids=ids[:3], is_staff=True)
    mark(actor, member_ids=ids[2:5], nature=Member.Nature.BOT)
    for kept, absorbed in ((ids[5], ids[6]), (ids[7], ids[8]), (ids[5], ids[9])):
        merge(actor, kept_id=kept, absorbed_id=absorbed)
    drain()
    return halls


def _talk(chance: random.Random) -> Iterator[Any]:
    for n in range(PEOPLE):
        who = f"p{n}"
        if chance.random() < 0.6:
            yield came(who, f"2024-0{chance.randint(1, 3)}-{chance.randint(1, 28):02d} 06:00")
        for _ in range(chance.choice((0, 0, 1, 3, 9))):
            when = f"2024-0{chance.randint(1, 3)}-{chance.randint(1, 29):02d}"
            yield said(who, f"{when} {chance.randint(7, 23):02d}:{chance.randint(0, 59):02d}", who)
        if chance.random() < 0.3:
            yield left(who, f"2024-03-{chance.randint(1, 29):02d} 23:59")


def _write_of(
    actor: Any, pk: int, tags: list[Tag], fields: list[Field], chance: random.Random
) -> None:
    for tag in tags:
        _tag_some(actor, pk, tag, chance)
    typed = (
        chance.choice(("Tea 50%", "milk_tea", "TEA", "")), str(chance.randint(-3, 3)),
        f"2024-01-{chance.randint(1, 9):02d}", chance.choice(("east", "west")),
        chance.choice(("1", "0")),
    )  # fmt: skip
    for field, value in zip(fields, typed, strict=True):
        # Some are taken away again, some never written.
        for text in (value, "")[: chance.choice((0, 1, 1, 1, 2))]:
            set_fact(actor, member_id=pk, field_id=field.pk, typed=text)
    if chance.random() < 0.3:
        write_note(actor, member_id=pk, text=chance.choice(("likes Oolong", "50% off!", "x")))
    for purpose in (Consent.Purpose.CONTACT, Consent.Purpose.MARKETING):
        _agree_some(actor, pk, purpose, chance)


def _tag_some(actor: Any, pk: int, tag: Tag, chance: random.Random) -> None:
    if chance.random() < 0.4:
        until = now() + timedelta(days=1) if chance.random() < 0.3 else None
        put_on(actor, tag_id=tag.pk, member_ids=[pk], expires_at=until)
        if chance.random() < 0.2:
            take_off(actor, tag_id=tag.pk, member_ids=[pk])


def _agree_some(actor: Any, pk: int, purpose: Consent.Purpose, chance: random.Random) -> None:
    if chance.random() < 0.4:
        agreed = Agreed(purpose, Consent.Way.CHAT, "may we?", date(2024, 1, 1))
        one = give_consent(actor, agreed, member_id=pk, today=date(2024, 2, 1))
        if chance.random() < 0.4:
            withdraw_consent(actor, consent_id=one.pk, today=date(2024, 2, 2))


# A plain look at one member, from the rows alone and without any of the conditions' code.


def holds(leaf: Leaf, member: Member, today_ms: int) -> bool:
    """Whether a condition holds for a member."""
    ids = list(Identity.objects.filter(member=member).values_list("pk", flat=True))
    return bool(_LOOKS[leaf.kind](leaf.values, member, ids, today_ms))


def _fact(values: Any, ids: list[int]) -> list[Fact]:
    rows = Fact.objects.filter(identity_id__in=ids, field_id=int(values["field"]))
    return [one for one in rows if one.replaced_at is None]


def _in(value: Any, values: Any) -> bool:
    if value is None:
        return False
    low, high = values.get("from", ""), values.get("to", "")
    kind = type(value)
    read_bound = date.fromisoformat if kind is date else float
    return (not low or read_bound(low) <= value) and (not high or value <= read_bound(high))


def _tag(values: Any, _member: Member, ids: list[int], _today: int) -> bool:
    rows = Tagging.objects.filter(identity_id__in=ids, tag_id__in=values["tag"])
    return any(
        one.removed_id is None and (one.expires_at is None or one.expires_at > now())
        for one in rows
    )


def _spoke(values: Any, _member: Member, ids: list[int], today: int) -> bool:
    rows = Message.objects.filter(identity_id__in=ids, kind=0)
    if values.get("group"):
        rows = rows.filter(group_id=values["group"])
    # Days in the community's zone, eight hours ahead of UTC.
    day = (today + 8 * 3_600_000) // DAY_MS
    days = [(one.sent_ms + 8 * 3_600_000) // DAY_MS for one in rows]
    return sum(day - int(values["days"]) < d <= day for d in days) >= int(values["times"])


def _totals(member: Member) -> tuple[int, int, int, int]:
    one = MemberTotals.objects.filter(pk=member.pk).first()
    return (one.messages, one.first_ms, one.last_ms, one.left_ms) if one else (0, 0, 0, 0)


def _stage(values: Any, member: Member, _ids: list[int], today: int) -> bool:
    _messages, *moments = _totals(member)
    (stage,) = stages_of([(moments[0], moments[1], moments[2])], today)
    return MemberTotals.objects.filter(pk=member.pk).exists() and stage in values["stage"]


def _group(values: Any, _member: Member, ids: list[int], _today: int) -> bool:
    for one in Participation.objects.filter(identity_id__in=ids, group_id__in=values["group"]):
        gone = (one.last_left_ms or 0) > max(one.last_spoke_ms or 0, one.last_joined_ms or 0)
        if values["when"] == "ever" or not gone:
            return True
    return False


def _role(values: Any, member: Member, _ids: list[int], _today: int) -> bool:
    return ("staff" if member.is_staff else member.nature) in values["role"]


_LOOKS: dict[str, Any] = {
    "tag": _tag,
    "spoke": _spoke,
    "stage": _stage,
    "group": _group,
    "role": _role,
    "consent": lambda v, _m, ids, _t: Consent.objects.filter(
        identity_id__in=ids, purpose=v["purpose"], withdrawn_on=None
    ).exists(),
    "note": lambda v, _m, ids, _t: any(
        v["words"].lower() in one.text.lower() for one in Note.objects.filter(identity_id__in=ids)
    ),
    "field_text": lambda v, _m, ids, _t: any(
        v["words"].lower() in one.text.lower() for one in _fact(v, ids)
    ),
    "field_number": lambda v, _m, ids, _t: any(_in(one.number, v) for one in _fact(v, ids)),
    "field_day": lambda v, _m, ids, _t: any(_in(one.day, v) for one in _fact(v, ids)),
    "field_yes": lambda v, _m, ids, _t: any(
        one.number == (v["answer"] == "yes") for one in _fact(v, ids)
    ),
    "name": lambda v, _m, ids, _t: any(
        v["words"].lower() in one.name.lower() for one in Alias.objects.filter(identity_id__in=ids)
    ),
    "quiet": lambda v, m, _i, t: _totals(m)[2] <= t - int(v["days"]) * DAY_MS,
    "newcomer": lambda v, m, _i, t: _totals(m)[1] > t - int(v["days"]) * DAY_MS,
    "messages": lambda v, m, _i, _t: _in(float(_totals(m)[0]), v),
    "first_seen": lambda v, m, _i, _t: _in(
        datetime.fromtimestamp(_totals(m)[1] / 1000, UTC).date(), v
    ),
    "left": lambda _v, m, _i, _t: _totals(m)[3] > 0,
    "platform": lambda v, _m, ids, _t: Identity.objects.filter(
        pk__in=ids, platform__in=v["platform"]
    ).exists(),
    "source": lambda v, _m, ids, _t: Alias.objects.filter(
        identity_id__in=ids, source_id__in=v["source"]
    ).exists(),
}


def naive(node: Node, member: Member, today_ms: int) -> bool:
    """Whether a tree holds for a member."""
    if isinstance(node, Leaf):
        found = holds(node, member, today_ms)
    elif not node.of:
        found = True
    else:
        parts = [naive(one, member, today_ms) for one in node.of]
        found = all(parts) if node.every else any(parts)
    return found != node.negated


def some_values(kind: str, chance: random.Random, halls: list[Group]) -> dict[str, Any]:
    """Values that a condition accepts."""
    fields = {one.kind: str(one.pk) for one in Field.objects.all()}
    tags = [str(pk) for pk in Tag.objects.values_list("pk", flat=True)]
    low = chance.randint(-3, 2)
    values: dict[str, dict[str, Any]] = {
        "tag": {"tag": chance.sample(tags, chance.randint(1, len(tags)))},
        "spoke": {
            "times": str(chance.randint(1, 4)), "days": str(chance.choice((1, 7, 30, 60))),
            "group": chance.choice(["", str(halls[0].pk)]),
        },
        "stage": {"stage": chance.sample(["newcomer", "active", "cooling", "silent", "lost"], 2)},
        "group": {"group": [str(halls[1].pk)], "when": chance.choice(("now", "ever"))},
        "role": {"role": chance.sample(["person", "staff", "bot"], chance.randint(1, 3))},
        "consent": {"purpose": chance.choice(("contact", "marketing"))},
        "note": {"words": chance.choice(("", "oolong", "%", "x"))},
        "field_text": {
            "field": fields[chance.choice(("text", "choice"))],
            "words": chance.choice(("", "tea", "_", "50%", "west")),
        },
        "field_number": {
            "field": fields["number"], "from": chance.choice(("", str(low))),
            "to": chance.choice(("", str(low + 2))),
        },
        "field_day": {
            "field": fields["day"], "from": chance.choice(("", "2024-01-03")),
            "to": chance.choice(("", "2024-01-06")),
        },
        "field_yes": {"field": fields["yes_no"], "answer": chance.choice(("yes", "no"))},
        "name": {"words": chance.choice(("p", "p1", "P2", "%"))},
        "quiet": {"days": str(chance.choice((1, 14, 60)))},
        "newcomer": {"days": str(chance.choice((7, 40, 80)))},
        "messages": {"from": chance.choice(("", "2")), "to": chance.choice(("", "9"))},
        "first_seen": {
            "from": chance.choice(("", "2024-01-20")), "to": chance.choice(("", "2024-02-20")),
        },
        "left": {},
        "platform": {"platform": ["wechat"]},
        "source": {"source": ["0"]},
    }  # fmt: skip
    return values[kind]


def some_tree(chance: random.Random, halls: list[Group], depth: int = 0) -> Node:
    """A random tree over all conditions."""
    negated = chance.random() < 0.3
    if depth and (depth == 3 or chance.random() < 0.55):
        kind = chance.choice(sorted(CONDITIONS))
        return Leaf(kind, some_values(kind, chance, halls), negated)
    parts = tuple(some_tree(chance, halls, depth + 1) for _ in range(chance.randint(0, 3)))
    return Branch(chance.random() < 0.5, parts, negated)


def test_every_condition_is_looked_at() -> None:
    assert set(_LOOKS) == set(CONDITIONS)


def test_the_count_is_that_of_a_plain_look(crowd: list[Group], owner: Person) -> None:
    today = newest_ms(owner.actor)
    everybody = list(Member.objects.filter(workspace_id=owner.actor.workspace_id, merged_into=None))
    seen: set[str] = set()
    sizes: set[int] = set()

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.integers(0, 2**32))
    def check(seed: int) -> None:
        tree = some_tree(random.Random(seed), crowd)
        found = find(owner.actor, read(plain(tree)))
        expected = {one.pk for one in everybody if naive(tree, one, today)}
        assert set(found.ids) == expected
        assert found.everybody == len(everybody)
        seen.update(leaf.kind for leaf in leaves(tree))
        sizes.add(len(expected))

    check()
    # Chance went everywhere, and trees do tell people apart.
    assert seen == set(CONDITIONS)
    assert len(sizes) > 8


@pytest.mark.parametrize("kind", sorted(CONDITIONS))
def test_each_condition_by_itself(crowd: list[Group], owner: Person, kind: str) -> None:
    today = newest_ms(owner.actor)
    everybody = Member.objects.filter(workspace_id=owner.actor.workspace_id, merged_into=None)
    for seed in range(8):
        leaf = Leaf(kind, some_values(kind, random.Random(seed), crowd))
        expected = {one.pk for one in everybody if holds(leaf, one, today)}
        assert set(asking(owner.actor).find(leaf)) == expected, leaf


def work() -> None:
    """Work for a while."""
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            drain()
            clock.shift(timedelta(seconds=5))


def tagged(tag: Tag) -> dict[str, Any]:
    return {"op": "and", "of": [{"is": "tag", "values": {"tag": [str(tag.pk)]}}]}


def test_the_sample_says_why(crowd: list[Group], owner: Person) -> None:
    red = Tag.objects.get(name="red")
    tree = Branch(True, (Leaf("tag", {"tag": [str(red.pk)]}), Leaf("left", {}, True)))
    found = find(owner.actor, tree, sample=5)
    assert len(found.sample) == 5
    assert all(one.holds == tree.of for one in found.sample)
    either = Branch(False, tree.of)
    holding = {one.id: one.holds for one in find(owner.actor, either, sample=30).sample}
    assert {len(reasons) for reasons in holding.values()} == {1, 2}


def test_a_segment_keeps_who_came_and_who_left(crowd: list[Group], owner: Person) -> None:
    actor, red = owner.actor, Tag.objects.get(name="red")
    one = save_segment(actor, name=" Reds ", tree=tagged(red))
    recount(actor, one)
    one.refresh_from_db()
    first = set(BitMap.deserialize(bytes(one.ids)))
    assert one.members == len(first) == len(members_of(actor, one.pk))
    gone = min(first)
    take_off(actor, tag_id=red.pk, member_ids=[gone])
    new = next(pk for pk in members_of(actor, one.pk) ^ asking(actor).everybody() if pk != gone)
    put_on(actor, tag_id=red.pk, member_ids=[new])
    work()
    newest, oldest = moves_of(actor, one.pk)
    assert (oldest.entered_members, oldest.left_members, oldest.was_edited) == (len(first), 0, True)
    full = SegmentMove.objects.get(pk=newest.pk)
    assert list(BitMap.deserialize(bytes(full.entered))) == [new]
    assert list(BitMap.deserialize(bytes(full.left))) == [gone]
    assert LogRow.objects.filter(name="SegmentChanged").count() == 2
    # Twice is once: nothing changed, nothing is told.
    keep_counting(actor.workspace_id)
    work()
    assert LogRow.objects.filter(name="SegmentChanged").count() == 2


def test_whoever_was_overtaken_writes_nothing(crowd: list[Group], owner: Person) -> None:
    red = Tag.objects.get(name="red")
    one = save_segment(owner.actor, name="Reds", tree=tagged(red))
    stale = Segment.objects.get(pk=one.pk)
    recount(owner.actor, one)
    recount(owner.actor, stale)
    assert SegmentMove.objects.count() == 1


def test_time_alone_moves_people(crowd: list[Group], owner: Person) -> None:
    """Tags fall off; an hour later nobody in the segment has a tag that is over."""
    red = Tag.objects.get(name="red")
    one = save_segment(owner.actor, name="Reds", tree=tagged(red))
    keep_counting(owner.actor.workspace_id)
    with time_machine.travel(now() + timedelta(minutes=1)):
        drain()
    before = Segment.objects.get(pk=one.pk).members
    with time_machine.travel(now() + timedelta(days=2)):
        drain()
    with time_machine.travel(now() + timedelta(days=2, hours=2)):
        drain()
    after = Segment.objects.get(pk=one.pk).members
    assert 0 < after < before


def test_a_tag_is_kept_by_a_segment(crowd: list[Group], owner: Person) -> None:
    actor, red, green = owner.actor, Tag.objects.get(name="red"), Tag.objects.get(name="green")
    one = save_segment(actor, name="Reds", tree=tagged(red))
    recount(actor, one)
    gaining, losing = would_change(actor, one.pk, green)
    assert gaining
    assert losing
    keep_tag(actor, segment_id=one.pk, tag_id=green.pk)
    assert would_change(actor, one.pk, green) == (BitMap(), BitMap())
    reds = set(members_of(actor, one.pk))
    take_off(actor, tag_id=red.pk, member_ids=[min(reds)])
    work()
    everybody = list(asking(actor).everybody())
    wear = {pk for pk, tags in worn_by(everybody).items() if green.pk in {t.tag_id for t in tags}}
    assert wear == reds - {min(reds)}


def test_a_tag_is_not_kept_in_a_circle(crowd: list[Group], owner: Person) -> None:
    actor = owner.actor
    red, green, old = (Tag.objects.get(name=name) for name in ("red", "green", "old"))
    one = save_segment(actor, name="Reds", tree=tagged(red))
    two = save_segment(actor, name="Greens", tree=tagged(green))
    keep_tag(actor, segment_id=one.pk, tag_id=green.pk)
    for segment, tag, code in ((one, red, "circle"), (two, red, "circle"), (two, green, "kept")):
        with pytest.raises(Conflict, match=code):
            keep_tag(actor, segment_id=segment.pk, tag_id=tag.pk)
    keep_tag(actor, segment_id=two.pk, tag_id=old.pk)
    with pytest.raises(Conflict, match="tag_in_circle"):
        save_segment(actor, name="Reds", tree=tagged(old), segment_id=one.pk)
    keep_tag(actor, segment_id=one.pk, tag_id=None)
    remove_segment(actor, segment_id=one.pk)
    assert Segment.objects.count() == 1


def test_the_list_shows_a_segment(crowd: list[Group], owner: Person) -> None:
    ids = members_of(owner.actor, save_segment(
        owner.actor, name="Reds", tree=tagged(Tag.objects.get(name="red"))
    ).pk)  # fmt: skip
    listing = Listing(owner.actor, Wanted(among=ids), newest_ms(owner.actor))
    assert BitMap(listing.ids(100)) == ids & BitMap(
        MemberTotals.objects.values_list("pk", flat=True)
    )
    assert listing.count() == len(listing.ids(100))
    nobody = Listing(owner.actor, Wanted(among=BitMap()), newest_ms(owner.actor))
    assert (nobody.count(), nobody.ids(9)) == (0, [])


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ([], "not_a_tree"),
        ({"op": "xor", "of": []}, "not_a_tree"),
        ({"op": "and", "of": []}, "no_conditions"),
        ({"op": "and", "of": [{"is": "unheard"}]}, "wrong_condition"),
        ({"op": "and", "of": [{"is": "tag", "values": {"tag": ["99999"]}}]}, "wrong_condition"),
        ({"op": "and", "of": [{"is": "quiet", "values": {"days": "0"}}]}, "wrong_condition"),
        ({"op": "and", "of": [{"is": "quiet", "values": {"days": "nan"}}]}, "wrong_condition"),
        ({"op": "and", "of": [{"is": "left"}] * 41}, "too_many_conditions"),
    ],
)
def test_what_is_no_segment(owner: Person, tree: object, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        save_segment(owner.actor, name="x", tree=tree)
    assert not Segment.objects.exists()


def test_too_deep_is_refused(owner: Person) -> None:
    tree: dict[str, Any] = {"is": "left"}
    for _ in range(7):
        tree = {"op": "and", "of": [tree]}
    with pytest.raises(Invalid, match="too_deep"):
        save_segment(owner.actor, name="x", tree=tree)


def test_strangers_and_analysts(
    crowd: list[Group], owner: Person, analyst: Person, stranger: Person
) -> None:
    red = Tag.objects.get(name="red")
    one = save_segment(owner.actor, name="Reds", tree=tagged(red))
    with pytest.raises(NotAllowed):
        save_segment(analyst.actor, name="x", tree=tagged(red))
    with pytest.raises(Invalid, match="wrong_condition"):
        save_segment(stranger.actor, name="x", tree=tagged(red))
    for act in (members_of, moves_of):
        with pytest.raises(NotFound):
            act(stranger.actor, one.pk)
    with pytest.raises(NotFound):
        keep_tag(stranger.actor, segment_id=one.pk, tag_id=None)
    with pytest.raises(NotFound):
        remove_segment(stranger.actor, segment_id=one.pk)
    # Whatever a stranger asks, only their own answer.
    ours = set(asking(owner.actor).everybody())
    for kind in CONDITIONS:
        leaf = Leaf(kind, some_values(kind, random.Random(1), crowd))
        assert not ours & set(asking(stranger.actor).find(leaf))
