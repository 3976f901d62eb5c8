"""A small export format and helpers: what is stored and counted, by names instead of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from weilu.chat.imports.actions import create_import, start_import
from weilu.chat.imports.look import look
from weilu.chat.models import Import, ImportBundle, Message
from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Inbound,
    Kind,
    Platform,
    Portion,
    Survey,
)
from weilu.communities.models import Community
from weilu.core.access import Actor, system
from weilu.core.models import Workspace
from weilu.groups.models import Group, Participation
from weilu.insight.models import CommunityDay, GroupDay
from weilu.insight.packing import people_array, unpack_hours, unpack_numbers, unpack_people
from weilu.members.models import Identity

START_MS = 1_767_225_600_000  # 2026-01-01 00:00 UTC
MINUTE_MS = 60_000
KINDS = {"says": Kind.MESSAGE, "joins": Kind.JOIN, "leaves": Kind.LEAVE}


class PlainFormat:
    """Lines `second group sender says|joins|leaves id text`; "-" is no id; portions of three."""

    name = "plain"
    label = "Plain"
    portion = 3
    head = b"PLAIN\n"
    has_accounts = True
    step_ms = 1000

    def recognise(self, entry: Entry) -> int:
        return 100 if entry.head.startswith(self.head) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        return [Bundle(self.name, e.path, (e,)) for e in entries]

    def survey(self, bundle: Bundle) -> Survey:
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        with bundle.entries[0].open() as stream:
            lines = stream.read().decode().splitlines()[1:]
        items: list[tuple[str, Inbound]] = [self._record(line) for line in lines]
        for first in range(0, len(items), self.portion):
            some = items[first : first + self.portion]
            for group in sorted({g for g, _ in some}):
                chat = ChatRef(Platform.OTHER, "", group)
                done = (first + len(some)) / len(items)
                yield Portion(chat, [i for g, i in some if g == group], done=done)

    def _record(self, line: str) -> tuple[str, Inbound]:
        second, group, sender, verb, external, text = line.split(" ", 5)
        sent = START_MS + int(second) * 1000
        return group, Inbound(
            KINDS[verb],
            sent - sent % self.step_ms,
            f"id-{sender}" if self.has_accounts else "",
            sender,
            text,
            external_id="" if external == "-" else external,
        )


class MinuteFormat(PlainFormat):
    """The same by the minute and with names only."""

    name = "minutes"
    label = "Minutes"
    head = b"MINUTES\n"
    has_accounts = False
    step_ms = MINUTE_MS


TALK = [
    f"{second} {group} {sender} {verb} {external} {text}"
    for second, group, sender, verb, external, text in [
        (0, "tea", "nine", "joins", "-", "in"),
        (5, "tea", "nine", "says", "m1", "morning"),
        (6, "tea", "ten", "says", "m2", "morning"),
        (7, "tea", "ten", "says", "m3", "ok"),
        (8, "tea", "ten", "says", "m4", "ok"),
        (90, "snow", "nine", "says", "m5", "https://example.org/"),
        (91, "tea", "elf", "says", "m6", "ok"),
        (90_000, "tea", "elf", "says", "m7", "the next day"),
        (90_001, "snow", "ten", "says", "m8", "also"),
        (90_002, "tea", "elf", "leaves", "-", "out"),
    ]
]


def community_of(name: str = "Tea house") -> Community:
    """A community in a workspace of its own, on UTC."""
    workspace = Workspace.objects.create(name=name)
    return Community.objects.create(workspace=workspace, name=name, time_zone="UTC")


def prepare(
    community: Community, folder: Path, lines: Sequence[str], head: bytes = PlainFormat.head
) -> Import:
    """An import of these lines, looked at and started, not yet read in."""
    actor: Actor = system(community.workspace_id)
    path = folder / f"{Import.objects.count()}.txt"
    path.write_bytes(head + "\n".join(lines).encode() + b"\n")
    run = create_import(actor, paths=[path], zone="UTC", community=community)
    assert look(run, lambda _done: True)
    Import.objects.filter(pk=run.pk).update(state=Import.State.READY)
    start_import(actor, run=run, community=community)
    run.refresh_from_db()
    return run


def counts(run: Import) -> tuple[int, int]:
    """(stored, duplicates) of an import."""
    bundles = ImportBundle.objects.filter(run=run)
    return sum(b.stored for b in bundles), sum(b.duplicates for b in bundles)


def snapshot(community: Community) -> dict[str, Any]:
    """Everything stored and counted of a community, ids replaced by names."""
    groups = {g.pk: g.name for g in Group.objects.filter(community=community)}
    people = dict(Identity.objects.filter(workspace=community.workspace).values_list("pk", "name"))
    messages = Message.objects.filter(group_id__in=groups)
    columns = ("group_id", "identity_id", "kind", "flags", "sent_ms", "text", "external_id")
    return {
        "messages": sorted(
            (groups[g], people.get(who, ""), *rest[:-1], rest[-1] or "")
            for g, who, *rest in messages.values_list(*columns)
        ),
        "groups": {
            (groups[d.group_id], d.day): _day(d, people)
            for d in GroupDay.objects.filter(group_id__in=groups)
        },
        "community": {
            d.day: _day(d, people) for d in CommunityDay.objects.filter(community=community)
        },
        "participation": {
            (groups[p.group_id], people[p.identity_id]): (
                p.messages,
                p.joins,
                p.leaves,
                p.joined_ms,
                p.last_left_ms,
                p.spoke_ms,
                p.last_spoke_ms,
                p.first_seen_ms,
            )
            for p in Participation.objects.filter(group_id__in=groups)
        },
    }


def _day(day: GroupDay | CommunityDay, people: dict[int, str]) -> tuple[Any, ...]:
    who = [people[int(pk)] for pk in people_array(unpack_people(day.people))]
    said = dict(zip(who, unpack_numbers(day.counts).tolist(), strict=True))
    hours = unpack_hours(day.hours).tolist()
    return day.messages, day.joins, day.leaves, day.links, said, hours


class Crash(BaseException):
    """The process dies."""


def crash_at(number: int) -> Callable[..., Any]:
    """A wrapper that dies at the n-th statement from now on, once."""
    remaining = [number]

    def wrapper(execute: Callable[..., Any], *args: Any) -> Any:
        remaining[0] -= 1
        if remaining[0] == 0:
            # With a process goes the cursor it was about to use.
            args[-1]["cursor"].close()
            raise Crash
        return execute(*args)

    return wrapper
