"""`weilu bench segments`: three nested segments over a million members, by SQL and by the mirror.

Whom they find is compared with what the arrays say that the rows were made of. Then members change
in batches, and who came into the segments and who left them is worked out.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bench.setting import database
from bench.traffic import START_MS

TAGS_EACH = 4
TAGS = 40
SPOKEN_EACH = 5
GROUPS, DAYS = 50, 60
ROUNDS = 5
BATCHES, BATCH_ROUNDS = (100, 1_000), 9
# Clocks are too coarse for one turn; of all turns the one counts that was disturbed least.
JUDGED_TIMES = 10
AIM_MS = 500.0
if TYPE_CHECKING:
    from weilu.members.models import Segment
    from weilu.members.scope import Scope
    from weilu.members.segments.columnar import Kept

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
        found: Bools = (self.tag == tag).any(axis=1)
        return found

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
    """Fill a fresh database, ask it and the mirror; returns ratios and µs by what they are of.

    `address`: a PostgreSQL.
    """
    from django.conf import settings  # noqa: PLC0415 - Django is set up only now

    people = People(count)
    settings.MIRROR_FROM = min(settings.MIRROR_FROM or count, count)
    with database(address):
        began = time.perf_counter()
        workspace_id, tags, field, groups = _fill(people)
        say(f"filled in {time.perf_counter() - began:.0f} s")
        segments = _segments(people, tags, field, groups)
        found = {}
        for name, tree, truth in segments:
            found[name] = _ask_both(workspace_id, name, (tree, truth), say)
        _tell_memory(workspace_id, say)
        _save(workspace_id, segments)
        for size in BATCHES:
            found[f"{size} changed"] = _follow(workspace_id, (tags[3], count), size, say)
        return found


def _spent(do: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds that it took, and of this process's processor."""
    began, halfway = time.perf_counter(), time.process_time()
    do()
    return (time.perf_counter() - began) * 1000, (time.process_time() - halfway) * 1000


def _ask_both(
    workspace_id: int, name: str, asked: tuple[object, Bools], say: Callable[[str], None]
) -> float:
    """Ask for a segment in turns; how many times faster the mirror answered."""
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.insight.people.segments import asking  # noqa: PLC0415 - as above
    from weilu.members.segments.trees import read  # noqa: PLC0415 - as above

    tree, viewer, answers = read(asked[0]), system(workspace_id), {}
    times: dict[bool, list[tuple[float, float]]] = {True: [], False: []}

    def ask(*, by_sql: bool) -> None:
        found = asking(viewer)
        found.by_sql = by_sql
        answers[by_sql] = found.members(tree)

    first, _work = _spent(lambda: ask(by_sql=False))
    for _ in range(ROUNDS):
        for by_sql in (True, False):
            times[by_sql].append(_spent(partial(ask, by_sql=by_sql)))
    sql, sql_work = (statistics.median(one) for one in zip(*times[True], strict=True))
    fast, fast_work = (statistics.median(one) for one in zip(*times[False], strict=True))
    expected = np.flatnonzero(asked[1]) + 1
    same = all(np.array_equal(np.array(one, dtype=np.int64), expected) for one in answers.values())
    say(
        f"{name:20} {len(answers[True]):9,} members, {'the same' if same else 'NOT THE SAME'}"
        f"   SQL {sql:6.1f} ms, {sql / AIM_MS:.2f} of the aim ({sql_work / AIM_MS:.2f} by processor"
        f" time)   mirror {fast:6.2f} ms, {sql / fast:.0f} times ({sql_work / fast_work:.0f})"
        f"   read at first in {first:.0f} ms"
    )
    return float(sql / fast)


def _tell_memory(workspace_id: int, say: Callable[[str], None]) -> None:
    from weilu.members.mirror.keeping import borrowed  # noqa: PLC0415 - as above

    with borrowed(workspace_id) as mirror:
        if mirror is not None:
            each = mirror.nbytes / mirror.places.size
            say(f"memory: {each:.0f} bytes a member in {len(mirror.columns)} columns")


def _save(workspace_id: int, segments: Sequence[tuple[str, dict[str, object], Bools]]) -> None:
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.insight.people.segments import recount  # noqa: PLC0415 - as above
    from weilu.members.actions.segments import save_segment  # noqa: PLC0415 - as above

    for name, tree, _truth in segments:
        recount(system(workspace_id), save_segment(system(workspace_id), name=name, tree=tree))


def _follow(
    workspace_id: int, asked: tuple[int, int], size: int, say: Callable[[str], None]
) -> float:
    """Put a tag on some and work out who came and who left; µs of judging for each of them."""
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.insight.people.segments import asking  # noqa: PLC0415 - as above
    from weilu.members.actions.segments import count_segment  # noqa: PLC0415 - as above
    from weilu.members.actions.tags import put_on, take_off  # noqa: PLC0415 - as above
    from weilu.members.mirror.keeping import borrowed  # noqa: PLC0415 - as above
    from weilu.members.segments.columnar import answer_again  # noqa: PLC0415 - as above

    actor, (tag, count), found = system(workspace_id), asked, {}
    rng, reading, judging, same = np.random.default_rng(size), [], [], True

    def read_anew() -> None:
        with borrowed(workspace_id):
            pass

    def judge(scope: Scope, kept: Sequence[Kept]) -> None:
        for _ in range(JUDGED_TIMES):
            found.update(answer_again(scope, kept))

    for n in range(BATCH_ROUNDS):
        whom = (rng.choice(count, size, replace=False) + 1).tolist()
        (take_off if n % 2 else put_on)(actor, tag_id=tag, member_ids=whom)
        rows, scope = _stored(workspace_id), asking(actor).scope
        kept = [one for _row, one in rows]
        reading.append(_spent(read_anew))
        judging.append(_spent(partial(judge, scope, kept)))
        for row, one in rows:
            by_sql = asking(actor)
            by_sql.by_sql = True
            same = same and found[one.id].ids == by_sql.members(one.node)
            count_segment(row, found[one.id].ids)
            found[one.id].keep(row.pk, row.version)
    each = [min(one) * 1000 / size / JUDGED_TIMES for one in zip(*judging, strict=True)]
    read = [statistics.median(one) * 1000 / size for one in zip(*reading, strict=True)]
    say(
        f"{size:5,} changed: judged for {len(rows)} segments in {each[0]:.2f} µs a member, "
        f"{each[1]:.2f} by processor time (aim 1.5); read anew before in {read[0]:.1f} µs"
        f" ({read[1]:.1f});"
        f" {'the same as SQL' if same else 'NOT THE SAME'}"
    )
    return float(each[0])


def _stored(workspace_id: int) -> list[tuple[Segment, Kept]]:
    from weilu.members.actions.segments import held_in  # noqa: PLC0415 - as above
    from weilu.members.models import Segment  # noqa: PLC0415 - as above
    from weilu.members.segments.columnar import Kept  # noqa: PLC0415 - as above
    from weilu.members.segments.trees import read  # noqa: PLC0415 - as above

    rows = Segment.objects.filter(workspace_id=workspace_id).order_by("pk")
    return [(one, Kept(one.pk, one.version, read(one.tree), held_in(one))) for one in rows]


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
