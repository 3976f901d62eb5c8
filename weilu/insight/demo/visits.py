"""Join links of the demo, and who came by them: as many as came into the group, and some more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from weilu.communities.models import Community
from weilu.core.access import Actor
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.groups.joining.conditions import JOINS
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.models import Group, JoinLink, JoinTarget, KnownJoin, Participation, Scan
from weilu.insight.demo import words

DAYS = 90
# Two of three say by which link they came; of the rest it is found out by the time alone.
SAY_SO = 3
# A code of WeChat's holds for a week: this one has to be hung up anew within two days.
ENDS_AFTER = timedelta(hours=40)


def hang_up_links(actor: Actor, community: Community, group: Group) -> None:
    """Make the links that lead into a group, with the visits of the last three months."""
    targets = [_hang_up(actor, community, group, one) for one in words.LINKS]
    shares = [one.in_ten for one in words.LINKS]
    # The same story each time it is told.
    random = Random(group.pk * 7 + 1)  # noqa: S311 - a story, not a secret
    visits: list[Scan] = []
    known: list[KnownJoin] = []
    since = now() - timedelta(days=DAYS)
    for at, identity_id in _came(group, since):
        target = random.choices([*targets, None], [*shares, 10 - sum(shares)])[0]
        if target is None:
            continue
        before = at - timedelta(minutes=random.uniform(1, 9))
        visits += _visits(random, target, before)
        if random.randrange(SAY_SO):
            known.append(_known(target, identity_id, at))
    Scan.objects.bulk_create(sorted(visits, key=lambda one: one.at))
    KnownJoin.objects.bulk_create(known, ignore_conflicts=True)
    note_change(actor.workspace_id, JOINS.name, ids=[one.identity_id for one in known])
    shown = Counter(one.target_id for one in visits if not (one.is_repeat or one.is_bot))
    for target in targets:
        JoinTarget.objects.filter(pk=target.pk).update(shown=shown[target.pk])
    JoinLink.objects.filter(pk__in=[one.link_id for one in targets]).update(created_at=since)


def _hang_up(actor: Actor, community: Community, group: Group, said: words.Link) -> JoinTarget:
    link = save_link(
        actor,
        LinkWords(said.name, said.source, said.cost, said.words),
        community=community,
    )
    ends = now() + ENDS_AFTER if said.source == JoinLink.Source.STORE else None
    address = words.ADDRESS.format(group=group.pk)
    return save_target(
        actor, link, TargetWords(group.pk, address=address, most=10_000, expires_at=ends)
    )


def _came(group: Group, since: datetime) -> Iterator[tuple[datetime, int]]:
    """When somebody came into the group for the first time, and who."""
    since_ms = int(since.timestamp() * 1000)
    rows = Participation.objects.filter(group=group, joined_ms__gte=since_ms).order_by("joined_ms")
    for joined_ms, identity_id in rows.values_list("joined_ms", "identity_id"):
        yield datetime.fromtimestamp((joined_ms or 0) / 1000, UTC), identity_id


def _visits(random: Random, target: JoinTarget, at: datetime) -> Sequence[Scan]:
    """The visit of somebody who came in; some look twice, and some others look and stay out."""
    found = [_scan(random, target, at)]
    if random.random() < 0.25:
        again = at + timedelta(seconds=random.uniform(10, 50))
        found.append(_scan(random, target, again, visitor=found[0].visitor))
    found += [
        _scan(random, target, at - timedelta(hours=random.uniform(1, 30)))
        for _ in range(random.randrange(3))
    ]
    if random.random() < 0.1:
        found.append(_scan(random, target, at - timedelta(hours=2), is_bot=True))
    return found


def _scan(
    random: Random, target: JoinTarget, at: datetime, *, visitor: str = "", is_bot: bool = False
) -> Scan:
    return Scan(
        link_id=target.link_id,
        target=target,
        visitor=visitor or f"{random.getrandbits(64):016x}",
        is_repeat=bool(visitor),
        is_bot=is_bot,
        at=at,
    )


def _known(target: JoinTarget, identity_id: int, at: datetime) -> KnownJoin:
    return KnownJoin(
        link_id=target.link_id, group_id=target.group_id, identity_id=identity_id,
        how=KnownJoin.How.SAID, at=at,
    )  # fmt: skip
