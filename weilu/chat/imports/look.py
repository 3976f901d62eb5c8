"""Looking at files before anything is stored: what they hold, what must be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from weilu.chat.columns import DAY_MS, HOUR_MS
from weilu.chat.imports.kept import begin, keeping
from weilu.chat.imports.moving import Trail, moved
from weilu.chat.imports.naming import name_from_path
from weilu.chat.models import Import, ImportBundle
from weilu.chat.ports import (
    FORMATS,
    Answers,
    Bundle,
    ChatRef,
    DayOrder,
    Inbound,
    Kind,
    Portion,
    Problem,
    Question,
    Survey,
    Unreadable,
)
from weilu.core.clock import now, now_ms, today

PROBLEMS_KEPT = 200
# What an import says in which nothing could be read.
NOTHING_READ = "nothing_to_import"
# People counted one by one up to here for the preview; more are shown as "more than".
PEOPLE_COUNTED = 200_000

Progress = Callable[[float], bool]


@dataclass
class ChatFound:
    """What a file holds of one group."""

    platform: str
    key: str
    name: str
    messages: int = 0
    joins: int = 0
    leaves: int = 0
    others: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    people: set[str] = field(default_factory=set)
    trail: Trail = field(default_factory=Trail)

    def add(self, items: Sequence[Inbound]) -> None:
        """Count a portion's records."""
        kinds = Counter([i.kind for i in items])
        self.messages += kinds[Kind.MESSAGE]
        self.joins += kinds[Kind.JOIN]
        self.leaves += kinds[Kind.LEAVE]
        self.others += len(items) - kinds[Kind.MESSAGE] - kinds[Kind.JOIN] - kinds[Kind.LEAVE]
        if items:
            self.trail.add(items)
            times = [i.sent_ms for i in items]
            low, high = min(times), max(times)
            self.first_ms = low if self.first_ms is None else min(self.first_ms, low)
            self.last_ms = high if self.last_ms is None else max(self.last_ms, high)
        if len(self.people) < PEOPLE_COUNTED:
            self.people.update([i.account or i.name for i in items])
            self.people.discard("")

    def as_json(self) -> dict[str, Any]:
        """Plain values, people as their number."""
        plain = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in {"people", "trail"}
        }
        return {**plain, "people": len(self.people)}


def zone_of(run: Import) -> str:
    """The zone to read local times in: what was answered, else the community's, else ours."""
    if run.zone:
        return run.zone
    return run.community.time_zone if run.community else run.workspace.time_zone


def answers_of(one: ImportBundle, zone: str) -> Answers:
    """What the reader is told: the operator's answers over the survey's guesses."""
    said = {**one.guesses, **one.answers}
    order = said.get("day_order") or None
    first_day = said.get("first_day") or None
    return Answers(
        zone=ZoneInfo(said.get("zone") or zone),
        day_order=DayOrder(order) if order else None,
        first_day=date.fromisoformat(first_day) if first_day else None,
        columns=tuple(sorted((said.get("columns") or {}).items())),
    )


def open_drop(run: Import) -> tuple[list[Bundle], list[Problem]]:
    """The exports in an import's files, in a fixed order, and what no reader takes."""
    paths = [Path(p) for p in run.paths]
    found = FORMATS.open_as(paths, run.format) if run.format else FORMATS.open(paths)
    return list(found.bundles), list(found.problems)


def look(run: Import, progress: Progress) -> bool:
    """Find the bundles of an import and count what they hold; False when told to stop.

    Writes ImportBundle rows anew, with what was answered before; nothing else is stored.
    """
    begin(run)
    bundles, problems = open_drop(run)
    run.problems = [asdict(p) for p in problems[:PROBLEMS_KEPT]]
    run.save(update_fields=["problems"])
    said = {
        (b.position, b.format): b for b in ImportBundle.objects.filter(run=run).order_by("position")
    }
    ImportBundle.objects.filter(run=run).delete()
    total = sum(b.size for b in bundles) or 1
    before = 0
    for position, bundle in enumerate(bundles):
        share = bundle.size / total

        def so_far(done: float, base: float = before / total, share: float = share) -> bool:
            return progress(base + done * share)

        one = look_at(run, position, bundle, so_far, said.get((position, bundle.format)))
        if one is None:
            return False
        before += bundle.size
    return True


def end_look(run: Import) -> bool:
    """Have an import that was looked at wait for answers; False where nothing in it is readable.

    Then it ends here: there is nothing to answer.
    """
    readable = ImportBundle.objects.filter(run=run).exclude(state=ImportBundle.State.FAILED)
    is_readable = readable.exists()
    looked = Import.objects.filter(pk=run.pk, state=Import.State.LOOKING)
    if is_readable:
        looked.update(state=Import.State.READY)
    else:
        looked.update(state=Import.State.FAILED, finished_at=now(), error=NOTHING_READ)
    return is_readable


def look_at(
    run: Import,
    position: int,
    bundle: Bundle,
    progress: Progress,
    before: ImportBundle | None = None,
) -> ImportBundle | None:
    """One bundle's row with its survey and counts; None when told to stop."""
    one = ImportBundle(
        run=run,
        position=position,
        format=bundle.format,
        label=bundle.label[:300],
        size=bundle.size,
        answers=before.answers if before else {},
        found={"files": len(bundle.entries), "first_file": bundle.entries[0].path},
    )
    try:
        survey = FORMATS.formats[bundle.format].survey(bundle)
        fill_survey(one, survey)
        if not count(one, bundle, zone_of(run), progress):
            return None
        one.state = ImportBundle.State.READY
        if before is not None:
            keep_said(one, before)
    except Unreadable as error:
        # A table nobody has told the columns of is not broken: it waits for an answer.
        waits = Question.COLUMNS in one.asks
        one.state = ImportBundle.State.READY if waits else ImportBundle.State.FAILED
        if waits and not one.answers.get("columns"):
            one.save()
            return one
        one.problems = [*one.problems, asdict(error.problem)]
        one.problem_count += 1
    one.save()
    return one


def keep_said(one: ImportBundle, before: ImportBundle) -> None:
    """Keep what was said of a bundle before it was looked at anew: left out, and group by group."""
    if before.state == ImportBundle.State.SKIPPED:
        one.state = before.state
    said = {(c["platform"], c["key"], c["name"]): c for c in before.chats}
    for chat in one.chats:
        old = said.get((chat["platform"], chat["key"], chat["name"]))
        if old is not None:
            chat.update(group=old["group"], group_id=old["group_id"])


def fill_survey(one: ImportBundle, survey: Survey) -> None:
    """Keep what must be asked and what is guessed."""
    one.asks = sorted(survey.asks)
    one.guesses = {
        "day_order": survey.day_order or "",
        "first_day": _first_day(survey),
        "columns": dict(survey.guesses),
        "headings": list(survey.columns),
        "rows": [list(r) for r in survey.rows],
    }


def _first_day(survey: Survey) -> str:
    """The day a file without any is guessed to begin on; today when nothing tells; else ""."""
    if Question.FIRST_DAY not in survey.asks:
        return ""
    return (survey.first_day or today()).isoformat()


def count(one: ImportBundle, bundle: Bundle, zone: str, progress: Progress) -> bool:
    """Read a bundle once and keep what it holds; False when told to stop."""
    chats: dict[ChatRef, ChatFound] = {}
    problems: list[Problem] = []
    total = read = 0
    answers, latest = answers_of(one, zone), latest_timely()
    portions = FORMATS.formats[bundle.format].read(bundle, answers)
    for portion in keeping(one, bundle, answers, portions):
        if not progress(portion.done):
            return False
        items = timely(portion.items, latest)
        places = list(portion.problems)
        if len(items) < len(portion.items):
            places += untimely(portion, bundle, read, problems)
        read += len(portion.items)
        _count_portion(portion.chat, items, chats)
        total += len(places)
        problems += places[: max(0, PROBLEMS_KEPT - len(problems))]
    one.problem_count = total
    one.problems = [asdict(p) for p in sorted(problems, key=lambda p: (p.path, p.number))]
    held = [c for c in chats.values() if c.first_ms is not None]
    found = [c.as_json() for c in held]
    people = {who for c in chats.values() for who in c.people}
    one.found = {**one.found, "chats": found, "people": len(people)}
    one.chats = [
        {
            "platform": c["platform"],
            "key": c["key"],
            "name": c["name"],
            "group": c["name"] or name_from_path(bundle.entries[0].path),
            "group_id": moved(one.run.workspace_id, c["platform"], c["key"], whole.trail),
            "trail": asdict(whole.trail),
        }
        for c, whole in zip(found, held, strict=True)
    ]
    if any(not c["name"] for c in one.chats) and Question.GROUP not in one.asks:
        one.asks = sorted([*one.asks, Question.GROUP])
    return True


def is_timely(item: Inbound, latest_ms: int) -> bool:
    """Whether a record's time can be true: not before 1970, not after tomorrow."""
    return 0 <= item.sent_ms <= latest_ms


def timely(items: Sequence[Inbound], latest_ms: int) -> Sequence[Inbound]:
    """The records whose time can be true; nearly always all of them."""
    moments = [i.sent_ms for i in items]
    if not moments or (min(moments) >= 0 and max(moments) <= latest_ms):
        return items
    return [i for i in items if is_timely(i, latest_ms)]


def latest_timely() -> int:
    """The last believable moment; an hour of grace beyond a day, because clocks differ."""
    return now_ms() + DAY_MS + HOUR_MS


def untimely(
    portion: Portion, bundle: Bundle, before: int, known: Sequence[Problem]
) -> list[Problem]:
    """One problem for each record that is kept out for its time.

    `before` records were read before; `known` and the portion's own problems are of records that
    could not be read, and count where the place is told. Of several files only the folder is
    named: records do not say which of them they are from.
    """
    latest = latest_timely()
    unread = sorted(p.number for p in (*known, *portion.problems) if p.unit == "record")
    late = [(k, i) for k, i in enumerate(portion.items, before + 1) if not is_timely(i, latest)]
    path, is_alone = bundle.entries[0].path, len(bundle.entries) == 1
    folder = path.rpartition("/")[0]
    return [
        Problem("time_range", path, "record", _place(k, unread), (item.text or item.name)[:80])
        if is_alone
        else Problem("time_range", folder or path, "byte", 1, (item.text or item.name)[:80])
        for k, item in late
    ]


def _place(ordinal: int, unread: Sequence[int]) -> int:
    """Which record of the file is the one read as this; `unread` are places of others, in order."""
    for place in unread:
        ordinal += place <= ordinal
    return ordinal


def _count_portion(
    chat: ChatRef, items: Sequence[Inbound], chats: dict[ChatRef, ChatFound]
) -> None:
    found = chats.get(chat)
    if found is None:
        found = chats[chat] = ChatFound(str(chat.platform), chat.key, chat.name)
    found.add(items)
