"""A plain look at one member, from the rows alone and without any of the conditions' code."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from weilu.chat.columns import DAY_MS
from weilu.chat.models import Message
from weilu.core.clock import now
from weilu.groups.models import Group, JoinLink, KnownJoin, Participation
from weilu.insight.models import Influence, MemberTotals
from weilu.insight.people.stages import stages_of
from weilu.insight.worth.booking import today_of
from weilu.members.models import (
    Alias,
    Circle,
    CircleMember,
    Company,
    Consent,
    Customer,
    Fact,
    Field,
    Goodwill,
    Identity,
    Member,
    Note,
    OwnStage,
    PrizeLook,
    PrizeVerdict,
    Staying,
    Tag,
    Tagging,
    Tier,
    TierPlace,
    TierWord,
)
from weilu.members.rules.goodwill import points_of
from weilu.members.rules.levels import Level
from weilu.members.segments.registry import CONDITIONS
from weilu.members.segments.trees import Branch, Leaf, Node


def holds(leaf: Leaf, member: Member, today_ms: int) -> bool:
    """Whether a condition holds for a member."""
    ids = list(Identity.objects.filter(member=member).values_list("pk", flat=True))
    return bool(LOOKS[leaf.kind](leaf.values, member, ids, today_ms))


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


def _was_seen(member: Member) -> bool:
    """Whether they were in any group; a customer of a list need not have been."""
    return MemberTotals.objects.filter(pk=member.pk).exists()


def _stage(values: Any, member: Member, _ids: list[int], today: int) -> bool:
    _messages, *moments = _totals(member)
    (stage,) = stages_of([(moments[0], moments[1], moments[2])], today)
    return _was_seen(member) and stage in values["stage"]


def _group(values: Any, _member: Member, ids: list[int], _today: int) -> bool:
    for one in Participation.objects.filter(identity_id__in=ids, group_id__in=values["group"]):
        gone = (one.last_left_ms or 0) > max(one.last_spoke_ms or 0, one.last_joined_ms or 0)
        if values["when"] == "ever" or not gone:
            return True
    return False


def _role(values: Any, member: Member, _ids: list[int], _today: int) -> bool:
    return ("staff" if member.is_staff else member.nature) in values["role"]


def _points(member: Member) -> float | None:
    one = Goodwill.objects.filter(pk=member.pk).first()
    return points_of(one.base, today_of(member.workspace_id).day) if one else None


def _level(values: Any, member: Member, _ids: list[int], _today: int) -> bool:
    one = Goodwill.objects.filter(pk=member.pk).first()
    could = member.nature == Member.Nature.PERSON and not member.is_staff
    level = one.level if one else 0 if could else -1
    return level >= 0 and Level(level).name.lower() in values["level"]


def _mover(values: Any, member: Member, _ids: list[int], _today: int) -> bool:
    one = Influence.objects.filter(pk=member.pk).first()
    return one is not None and (one.is_fan if values["mover"] == "fan" else one.is_koc)


def _prizes(_values: Any, member: Member, ids: list[int], _today: int) -> bool:
    said = PrizeVerdict.objects.filter(identity_id__in=ids, withdrawn_at=None).first()
    if said is not None:
        return said.is_hunter
    return PrizeLook.objects.filter(pk=member.pk, score__gte=0.7).exists()


def _tier(values: Any, member: Member, ids: list[int], _today: int) -> bool:
    said = TierWord.objects.filter(identity_id__in=ids, withdrawn_at=None).first()
    place = TierPlace.objects.filter(pk=member.pk).first()
    return (said.tier if said else place.tier if place else "") in values["tier"]


LOOKS: dict[str, Any] = {
    "goodwill": lambda v, m, _i, _t: _in(_points(m), v),
    "level": _level,
    "prizes": _prizes,
    "tier": _tier,
    "own_stage": lambda v, _m, ids, _t: Staying.objects.filter(
        identity_id__in=ids, stage_id__in=v["own_stage"], ended_at=None
    ).exists(),
    "company": lambda v, _m, ids, _t: Company.objects.filter(
        identity_id__in=ids, mode__in=v["mode"], ended_at=None
    ).exists(),
    "guide": lambda v, _m, ids, _t: any(
        str(one.guide_id or 0) in v["guide"]
        for one in Company.objects.filter(identity_id__in=ids, ended_at=None)
    ),
    "customer": lambda _v, _m, ids, _t: Customer.objects.filter(identity_id__in=ids).exists(),
    "circle": lambda v, _m, ids, _t: CircleMember.objects.filter(
        identity_id__in=ids, circle_id__in=v["circle"], left_at=None
    ).exists(),
    "mover": _mover,
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
    "quiet": lambda v, m, _i, t: _was_seen(m) and _totals(m)[2] <= t - int(v["days"]) * DAY_MS,
    "newcomer": lambda v, m, _i, t: _totals(m)[1] > t - int(v["days"]) * DAY_MS,
    "messages": lambda v, m, _i, _t: _was_seen(m) and _in(float(_totals(m)[0]), v),
    "first_seen": lambda v, m, _i, _t: (
        _was_seen(m) and _in(datetime.fromtimestamp(_totals(m)[1] / 1000, UTC).date(), v)
    ),
    "left": lambda _v, m, _i, _t: _totals(m)[3] > 0,
    "platform": lambda v, _m, ids, _t: Identity.objects.filter(
        pk__in=ids, platform__in=v["platform"]
    ).exists(),
    "join_link": lambda v, _m, ids, _t: any(
        str(one.link_id) in v["link"] for one in KnownJoin.objects.filter(identity_id__in=ids)
    ),
    "join_source": lambda v, _m, ids, _t: any(
        one.link.source in v["place"] for one in KnownJoin.objects.filter(identity_id__in=ids)
    ),
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
    links = [str(pk) for pk in JoinLink.objects.order_by("pk").values_list("pk", flat=True)]
    offered = CONDITIONS["guide"].params[0].options
    assert offered is not None
    guides = [one.value for one in offered(halls[0].workspace_id)]
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
        "prizes": {},
        "tier": {"tier": chance.sample(Tier.values, 2)},
        "own_stage": {"own_stage": [str(OwnStage.objects.get().pk)]},
        "company": {"mode": chance.sample(Company.Mode.values, 2)},
        "guide": {"guide": chance.sample(guides, chance.randint(1, len(guides)))},
        "customer": {},
        "circle": {"circle": [str(Circle.objects.get().pk)]},
        "goodwill": {"from": chance.choice(("", "20")), "to": chance.choice(("", "120"))},
        "level": {"level": chance.sample([one.name.lower() for one in Level], 2)},
        "mover": {"mover": chance.choice(("koc", "fan"))},
        "platform": {"platform": ["wechat"]},
        "source": {"source": ["0"]},
        "join_link": {"link": chance.sample(links, chance.randint(1, 2))},
        "join_source": {"place": chance.sample(["store", "parcel", "sms"], 2)},
    }  # fmt: skip
    return values[kind]


def some_tree(
    chance: random.Random,
    halls: list[Group],
    depth: int = 0,
    kinds: Collection[str] = CONDITIONS,
) -> Node:
    """A random tree over conditions."""
    negated = chance.random() < 0.3
    if depth and (depth == 3 or chance.random() < 0.55):
        kind = chance.choice(sorted(kinds))
        return Leaf(kind, some_values(kind, chance, halls), negated)
    parts = tuple(some_tree(chance, halls, depth + 1, kinds) for _ in range(chance.randint(0, 3)))
    return Branch(chance.random() < 0.5, parts, negated)
