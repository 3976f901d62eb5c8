"""`weilu bench groups`: diagnosis facts and room of one community with ten thousand groups.

Made-up roll-ups of eight weeks; a few statements for each hundred groups, whatever they hold.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from bench.setting import database

if TYPE_CHECKING:
    from weilu.insight.models import GroupDay

GROUPS = 10_000
DAYS, PEOPLE, AT_ONCE = 56, 12, 50_000
FIRST_DAY = 20_000


def run(
    count: int = GROUPS, address: str = "", say: Callable[[str], None] = print
) -> dict[str, float]:
    """Gather facts and room of `count` groups; returns seconds and statements."""
    from weilu.communities.models import Community  # noqa: PLC0415 - Django is set up only now
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.insight.facts import facts_of  # noqa: PLC0415 - as above
    from weilu.insight.pages.capacity import capacity  # noqa: PLC0415 - as above
    from weilu.insight.pages.look import place_of  # noqa: PLC0415 - as above

    with database(address):
        _fill(count)
        community = Community.objects.get()
        actor = system(community.workspace_id)
        facts_s, asked = _timed(lambda: sum(1 for _one in facts_of(community)))
        say(f"facts of {count:,} groups     {facts_s:7.1f} s   {asked:,} statements")
        room_s, asked_room = _timed(lambda: capacity(actor, place_of(actor, community.pk)))
        say(f"room of {count:,} groups      {room_s:7.1f} s   {asked_room:,} statements")
    return {
        "facts_s": facts_s, "facts_statements": asked,
        "room_s": room_s, "room_statements": asked_room,
    }  # fmt: skip


def _timed(work: Callable[[], object]) -> tuple[float, int]:
    """Processor seconds, and how many statements it took."""
    from django.db import connection  # noqa: PLC0415 - as above

    asked = 0

    def count(execute: Callable[..., object], *rest: object) -> object:
        nonlocal asked
        asked += 1
        return execute(*rest)

    began = time.process_time()
    with connection.execute_wrapper(count):
        work()
    return time.process_time() - began, asked


def _fill(groups: int) -> None:
    """A community whose groups each talked for eight weeks."""
    from django.db import transaction  # noqa: PLC0415 - as above

    from weilu.communities.models import Community  # noqa: PLC0415 - as above
    from weilu.core.clock import now  # noqa: PLC0415 - as above
    from weilu.core.models import Workspace  # noqa: PLC0415 - as above
    from weilu.groups.models import Group  # noqa: PLC0415 - as above
    from weilu.insight.models import CommunityDay, GroupDay, MoveDay, Standing  # noqa: PLC0415 - as above

    space = Workspace.objects.create(name="bench")
    place = Community.objects.create(workspace=space, name="bench", time_zone="Asia/Shanghai")
    Group.objects.bulk_create(
        [
            Group(workspace=space, community=place, platform="wechat", name=f"group {n}")
            for n in range(groups)
        ],
        batch_size=500,
    )
    ids = list(Group.objects.values_list("pk", flat=True))
    Standing.objects.bulk_create(
        [Standing(community=place, group_id=pk, present=300, at=now()) for pk in ids],
        batch_size=500,
    )
    MoveDay.objects.bulk_create(
        [MoveDay(group_id=pk, day=FIRST_DAY + DAYS - 7 * w, joins=4) for pk in ids for w in (1, 2)],
        batch_size=500,
    )
    days = _days(ids)
    with transaction.atomic():
        while some := list(islice(days, AT_ONCE)):
            GroupDay.objects.bulk_create(some, batch_size=500)
    CommunityDay.objects.create(
        community=place, day=FIRST_DAY + DAYS - 1, messages=1, people=b"", counts=b"", hours=b""
    )


def _days(ids: list[int]) -> Iterator[GroupDay]:
    from weilu.insight.models import GroupDay  # noqa: PLC0415 - as above
    from weilu.insight.packing import pack_numbers, pack_people  # noqa: PLC0415 - as above

    counts = pack_numbers(np.full(PEOPLE, 3, dtype=np.int64))
    hours = pack_numbers(np.full(24, 2, dtype=np.int64))
    for pk in ids:
        people = pack_people(pk * 100 + np.arange(PEOPLE, dtype=np.int64))
        for day in range(DAYS):
            yield GroupDay(
                group_id=pk, day=FIRST_DAY + day, messages=PEOPLE * 3, people=people,
                counts=counts, hours=hours,
            )  # fmt: skip
