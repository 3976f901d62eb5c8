"""`weilu bench segments`: three nested segments over a million members, count and full list.

Whom they find is compared with what the arrays say that the rows were made of.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from bench.setting import database
from bench.traffic import START_MS

TAGS_EACH = 4
TAGS = 40
SPOKEN_EACH = 5
GROUPS, DAYS = 50, 60
ROUNDS = 5
AIM_MS = 500.0
_DAY_MS = 86_400_000
_AT_ONCE = 50_000

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class People:
    """The arrays that rows are made of: member k + 1 stands at place k."""

    def __init__(self, count: int) -> None:
        rng = np.random.default_rng(5)
        self.count = count
        self.tag = rng.zipf(1.4, (count, TAGS_EACH)) % TAGS
        self.last = START_MS + (DAYS - rng.integers(0, 400, count)) * _DAY_MS
        self.first = self.last - rng.integers(0, 300, count) * _DAY_MS
        self.messages = np.minimum(rng.zipf(1.7, count), 5000)
        self.number = rng.integers(0, 1000, count)
        events = count * SPOKEN_EACH
        self.who = rng.integers(0, count, events)
        self.day = rng.integers(0, DAYS, events)
        self.group = self.who % GROUPS

    def has(self, tag: int) -> Bools:
        """Who has a tag."""
        return (self.tag == tag).any(axis=1)

    def spoke(self, times: int, days: int, group: int | None = None) -> Bools:
        """Who said so much in the last days, in one group or all."""
        fits = self.day >= DAYS - days
        if group is not None:
            fits &= self.group == group
        said: Bools = np.bincount(self.who[fits], minlength=self.count) >= times
        return said


def run(
    count: int = 1_000_000, address: str = "", say: Callable[[str], None] = print
) -> dict[str, float]:
    """Fill a fresh database, ask; returns medians in ms by segment. `address`: a PostgreSQL."""
    from weilu.core.access import system  # noqa: PLC0415 - Django is set up only now
    from weilu.insight.people.segments import find  # noqa: PLC0415 - as above
    from weilu.members.segments.trees import read  # noqa: PLC0415 - as above

    people = People(count)
    with database(address):
        began = time.perf_counter()
        workspace_id, tags, field, groups = _fill(people)
        say(f"filled in {time.perf_counter() - began:.0f} s")
        viewer, found = system(workspace_id), dict[str, float]()
        for name, tree, truth in _segments(people, tags, field, groups):
            times, work = list[float](), list[float]()
            for _ in range(ROUNDS):
                began, halfway = time.perf_counter(), time.process_time()
                ids = find(viewer, read(tree), sample=0).ids
                times.append((time.perf_counter() - began) * 1000)
                work.append((time.process_time() - halfway) * 1000)
            same = np.array_equal(np.array(ids, dtype=np.int64), np.flatnonzero(truth) + 1)
            found[name] = statistics.median(times)
            say(
                f"{name:22} {len(ids):9,} members, {'the same' if same else 'NOT THE SAME'}"
                f"   {found[name]:7.1f} ms   {found[name] / AIM_MS:.2f} of the aim,"
                f" {statistics.median(work) / AIM_MS:.2f} by processor time"
            )
        return found


def _segments(
    people: People, tags: Sequence[int], field: int, groups: Sequence[int]
) -> list[tuple[str, dict[str, object], Bools]]:
    """Three nested segments: a name, the tree, whom it must find."""

    def tag(*numbers: int) -> dict[str, object]:
        return {"is": "tag", "values": {"tag": [str(tags[n]) for n in numbers]}}

    def spoke(times: int, days: int, group: int | None = None) -> dict[str, object]:
        place = "" if group is None else str(groups[group])
        values = {"times": str(times), "days": str(days), "group": place}
        return {"is": "spoke", "values": values}

    def quiet(days: int) -> tuple[dict[str, object], Bools]:
        newest = int(people.last.max())
        return {
            "is": "quiet",
            "values": {"days": str(days)},
        }, people.last <= newest - days * _DAY_MS

    silent, is_silent = quiet(90)
    number = {"is": "field_number", "values": {"field": str(field), "from": "900", "to": ""}}
    many = {"is": "messages", "values": {"from": "5", "to": ""}}
    return [
        (
            "tags and talk",
            {"op": "and", "of": [tag(3, 7), {**tag(12), "not": True}, spoke(2, 14), many]},
            (people.has(3) | people.has(7))
            & ~people.has(12)
            & people.spoke(2, 14)
            & (people.messages >= 5),
        ),
        (
            "either, in a group",
            {
                "op": "or",
                "of": [
                    {"op": "and", "of": [tag(1), spoke(1, 30, 4)]},
                    {"op": "and", "of": [tag(2), {**silent, "not": True}, number]},
                ],
            },
            (people.has(1) & people.spoke(1, 30, 4))
            | (people.has(2) & ~is_silent & (people.number >= 900)),
        ),
        (
            "lapsed, not of these",
            {
                "op": "and",
                "of": [
                    silent,
                    {"op": "or", "not": True, "of": [tag(1), tag(5), number]},
                    {"op": "or", "of": [many, tag(20)]},
                ],
            },
            is_silent
            & ~(people.has(1) | people.has(5) | (people.number >= 900))
            & ((people.messages >= 5) | people.has(20)),
        ),
    ]


def _fill(people: People) -> tuple[int, list[int], int, list[int]]:
    """The rows; ids of the workspace, the tags, the field and the groups."""
    from weilu.communities.models import Community  # noqa: PLC0415 - as above
    from weilu.core.clock import now  # noqa: PLC0415 - as above
    from weilu.core.models import Workspace  # noqa: PLC0415 - as above
    from weilu.groups.models import Group  # noqa: PLC0415 - as above
    from weilu.members.models import Deed, Field, Tag  # noqa: PLC0415 - as above

    space = Workspace.objects.create(name="bench")
    place = Community.objects.create(workspace=space, name="bench", time_zone="UTC")
    groups = [
        Group.objects.create(
            workspace=space, community=place, platform="other", name=f"group {n}"
        ).pk
        for n in range(GROUPS)
    ]
    tags = [Tag.objects.create(workspace=space, name=f"tag {n}").pk for n in range(TAGS)]
    deed = Deed.objects.create(workspace=space, kind="tag", tag_id=tags[0], at=now()).pk
    field = Field.objects.create(workspace=space, name="number", kind=Field.Kind.NUMBER).pk
    _fill_people(people, space.pk)
    _fill_known(people, space.pk, tags, (deed, field))
    _fill_days(people, groups)
    return space.pk, tags, field, groups


def _insert(table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    from django.db import connection, transaction  # noqa: PLC0415 - as above

    from weilu.core.bulk import upsert  # noqa: PLC0415 - as above

    for at in range(0, len(rows), _AT_ONCE):
        with transaction.atomic():
            upsert(
                connection, table, columns.split(), rows[at : at + _AT_ONCE], conflict="DO NOTHING"
            )


def _fill_people(people: People, space: int) -> None:
    ids = range(1, people.count + 1)
    _insert(
        "members_member",
        "id workspace_id name name_folded nature nature_source nature_reasons is_staff"
        " staff_source staff_reasons",
        [(k, space, f"m{k}", f"m{k}", "person", "", "[]", False, "", "[]") for k in ids],
    )
    _insert(
        "members_identity",
        "id workspace_id member_id platform scope account name",
        [(k, space, k, "other", 0, f"a{k}", f"m{k}") for k in ids],
    )
    rows = zip(
        ids, people.messages.tolist(), people.first.tolist(), people.last.tolist(), strict=True
    )
    _insert(
        "insight_membertotals",
        "member_id workspace_id messages groups first_ms last_ms left_ms",
        [(k, space, said, 1, first, last, 0) for k, said, first, last in rows],
    )


def _fill_known(people: People, space: int, tags: list[int], others: tuple[int, int]) -> None:
    from django.db import connection  # noqa: PLC0415 - as above

    from weilu.core.clock import now  # noqa: PLC0415 - as above

    deed, field = others
    pairs = np.unique(
        people.tag.astype(np.int64) * people.count
        + np.arange(people.count, dtype=np.int64)[:, None]
    )
    _insert(
        "members_tagging",
        "workspace_id tag_id identity_id deed_id removed_id expires_at",
        [
            (space, tags[key // people.count], key % people.count + 1, deed, None, None)
            for key in pairs.tolist()
        ],
    )
    moment = connection.ops.adapt_datetimefield_value(now())
    _insert(
        "members_fact",
        "workspace_id field_id identity_id text number at",
        [
            (space, field, k, "", float(n), moment)
            for k, n in enumerate(people.number.tolist(), start=1)
        ],
    )


def _fill_days(people: People, groups: list[int]) -> None:
    """What was said as a day of each group holds it."""
    from weilu.insight.packing import pack_numbers, pack_people  # noqa: PLC0415 - as above

    newest = int(people.last.max()) // _DAY_MS
    rows = []
    order = np.lexsort((people.who, people.day, people.group))
    key = people.group[order] * DAYS + people.day[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    for low, high in zip(starts, [*starts[1:], len(key)], strict=True):
        ids, counts = np.unique(people.who[order[low:high]] + 1, return_counts=True)
        group, day = divmod(int(key[low]), DAYS)
        rows.append(
            (groups[group], newest - DAYS + 1 + day, int(counts.sum()), 0, 0, 0, 0,
             pack_people(ids.astype(np.int64)), pack_numbers(counts.astype(np.int64)), b"")
        )  # fmt: skip
    _insert(
        "insight_groupday",
        "group_id day messages joins leaves links questions people counts hours",
        rows,
    )
