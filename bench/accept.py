"""`weilu bench accept`: the whole way in, against bare inserts, an ORM loop and other bots."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import msgspec

from bench.guarded import guarded_path
from bench.peers import AIMS as PEER_AIMS
from bench.peers import paces
from bench.setting import Pace, database, settle_memory, thaw
from bench.traffic import BATCH, Event, Wire, events, wire, with_adverts

ROUNDS = 3
# Of bare inserts, on SQLite and on PostgreSQL.
AIMS = {"whole": (0.55, 0.40), "guarded": (0.50, 0.37)}
ORM_MESSAGES = 2000


def _groups(count: int) -> dict[int, object]:
    from weilu.communities.models import Community  # noqa: PLC0415 - needs Django set up
    from weilu.core.models import Workspace  # noqa: PLC0415 - as above
    from weilu.groups.models import Group  # noqa: PLC0415 - as above
    from weilu.groups.queries import GroupPlace  # noqa: PLC0415 - as above

    workspace = Workspace.objects.create(name="bench")
    community = Community.objects.create(
        workspace=workspace, name="bench", time_zone="Asia/Shanghai"
    )
    Group.objects.bulk_create(
        [
            Group(workspace=workspace, community=community, platform="wechat", name=f"g{k}")
            for k in range(count)
        ]
    )
    return {
        k: GroupPlace(pk, community.pk, community.time_zone)
        for k, pk in enumerate(Group.objects.order_by("pk").values_list("pk", flat=True))
    }


def whole_path(made: Sequence[Event], groups: int, address: str) -> Pace:
    """How fast it goes through decode, people, doubles, append, roll-ups and log row."""
    from weilu.chat.accept import Acceptor  # noqa: PLC0415 - needs Django set up
    from weilu.chat.ports import Inbound  # noqa: PLC0415 - as above

    payload = wire(made)
    decoder = msgspec.json.Decoder(list[Wire])
    with database(address):
        places = _groups(groups)
        acceptor = Acceptor(1 if not address else _workspace(), "wechat")
        _warm(acceptor, made, places)
        settle_memory()
        start, busy = time.perf_counter(), time.process_time()
        for body in payload:
            found = decoder.decode(body)
            acceptor.accept(
                [places[w.group] for w in found],  # type: ignore[misc]  # dict of places
                [Inbound(w.kind, w.sent_ms, w.account, w.name, w.text, w.id) for w in found],
            )
        acceptor.finish()
        took, busy = time.perf_counter() - start, time.process_time() - busy
        thaw()
    return Pace(len(made) / took, busy / len(made) * 1e6)


def _workspace() -> int:
    from weilu.core.models import Workspace  # noqa: PLC0415 - needs Django set up

    return int(Workspace.objects.values_list("pk", flat=True).get())


def _warm(acceptor: object, made: Sequence[Event], places: dict[int, object]) -> None:
    """Let everybody be known before: a running community meets few strangers."""
    from django.db import transaction  # noqa: PLC0415 - needs Django set up

    from weilu.members.resolve import Sighting  # noqa: PLC0415 - needs Django set up

    people = {e.item.account: e.item for e in made}
    with transaction.atomic():
        acceptor.resolver.learn(  # type: ignore[attr-defined]  # an Acceptor
            Sighting(i.account, 0, i.name, i.sent_ms, is_bot=False) for i in people.values()
        )
    assert places  # noqa: S101 - a bench without groups measures nothing


def bare(made: Sequence[Event], address: str) -> Pace:
    """How fast rows go into the same indexed table, nothing else done.

    On SQLite by executemany, the usual way; on PostgreSQL by COPY and ON CONFLICT, the fastest.
    """
    from django.db import connection, transaction  # noqa: PLC0415 - needs Django set up

    from weilu.chat.rows import MESSAGE_COLUMNS, insert_rows  # noqa: PLC0415 - as above

    names, slots = ", ".join(MESSAGE_COLUMNS), ", ".join(["%s"] * len(MESSAGE_COLUMNS))
    insert = f"INSERT INTO chat_message ({names}) VALUES ({slots}) ON CONFLICT DO NOTHING"
    with database(address):
        places = _groups(max(e.group for e in made) + 1)
        workspace = _workspace()
        person = {a: n for n, a in enumerate({e.item.account for e in made}, start=1)}
        rows = [
            (
                k,
                workspace,
                places[e.group].group_id,  # type: ignore[attr-defined]  # a GroupPlace
                person[e.item.account],
                e.item.kind,
                0,
                0,
                e.item.sent_ms,
                0,
                e.item.text,
                e.item.external_id,
                "",
            )
            for k, e in enumerate(made, start=1)
        ]
        parts = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
        columns = [list(zip(*part, strict=True)) for part in parts if address]
        settle_memory()
        start, busy = time.perf_counter(), time.process_time()
        for values in columns:
            with transaction.atomic():
                insert_rows(connection, values, values[0][0])
        for part in parts if not address else ():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(insert, part)
        took, busy = time.perf_counter() - start, time.process_time() - busy
        thaw()
    return Pace(len(rows) / took, busy / len(rows) * 1e6)


def orm_loop(made: Sequence[Event], address: str) -> float:
    """Messages a second the usual way: get_or_create and counters, one at a time."""
    from django.db import transaction  # noqa: PLC0415 - needs Django set up
    from django.db.models import F  # noqa: PLC0415 - as above

    from weilu.chat.models import Message  # noqa: PLC0415 - as above
    from weilu.groups.models import Participation  # noqa: PLC0415 - as above
    from weilu.insight.models import GroupDay  # noqa: PLC0415 - as above
    from weilu.members.resolve import Resolver, Sighting  # noqa: PLC0415 - as above

    some = made[:ORM_MESSAGES]
    with database(address):
        places = _groups(max(e.group for e in made) + 1)
        workspace = _workspace()
        resolver = Resolver(workspace, "wechat")
        with transaction.atomic():
            resolver.learn(
                Sighting(e.item.account, 0, e.item.name, e.item.sent_ms, is_bot=False) for e in some
            )
        start = time.perf_counter()
        for k, e in enumerate(some, start=1):
            group = places[e.group].group_id  # type: ignore[attr-defined]  # a GroupPlace
            who = resolver.known[(e.item.account, 0)]
            with transaction.atomic():
                _, new = Message.objects.get_or_create(
                    group_id=group,
                    external_id=e.item.external_id,
                    sent_ms=e.item.sent_ms,
                    defaults={
                        "id": k,
                        "workspace_id": workspace,
                        "identity_id": who,
                        "kind": e.item.kind,
                        "text": e.item.text,
                    },
                )
                if not new:
                    continue
                day = e.item.sent_ms // 86_400_000
                GroupDay.objects.get_or_create(group_id=group, day=day)
                GroupDay.objects.filter(group_id=group, day=day).update(messages=F("messages") + 1)
                Participation.objects.get_or_create(
                    group_id=group,
                    identity_id=who,
                    defaults={"first_seen_ms": e.item.sent_ms},
                )
                Participation.objects.filter(group_id=group, identity_id=who).update(
                    messages=F("messages") + 1, last_spoke_ms=e.item.sent_ms
                )
        took = time.perf_counter() - start
    return len(some) / took


def run(
    count: int = 200_000,
    address: str = "",
    say: Callable[[str], None] = print,
    rounds: int = ROUNDS,
) -> None:
    """Print medians of interleaved rounds and the ratios, each beside its aim.

    The ratios by processor time leave out waiting for the disk and for other work on the machine.
    """
    groups = 5000
    made = events(count, groups=groups)
    loud = with_adverts(made)
    runs: dict[str, list[Pace]] = {"bare": [], "whole": [], "guarded": []}
    slow: list[float] = []
    for _ in range(rounds):
        runs["bare"].append(bare(made, address))
        runs["whole"].append(whole_path(made, groups, address))
        runs["guarded"].append(guarded_path(loud, groups, address))
        slow.append(orm_loop(made, address))
    rate = {name: statistics.median(one.rate for one in many) for name, many in runs.items()}
    busy = {name: statistics.median(one.busy_us for one in many) for name, many in runs.items()}
    orm = statistics.median(slow)
    say(f"database                    {'PostgreSQL' if address else 'SQLite, FULL'}")
    say(f"bare inserts                {rate['bare']:>10,.0f} rows/s")
    say(f"accept                      {rate['whole']:>10,.0f} events/s")
    say(f"accept, judged and greeted  {rate['guarded']:>10,.0f} events/s")
    say(f"ORM, one at a time          {orm:>10,.0f} messages/s")
    for name, words in (("whole", "accept"), ("guarded", "judged")):
        aim = AIMS[name][1 if address else 0]
        say(f"{words} / bare {'':>13}{rate[name] / rate['bare']:>10.2f}   aim {aim:.2f}")
        say(f"{words} / bare, processor {'':>2}{busy['bare'] / busy[name]:>10.2f}")
    say(f"accept / ORM {'':>15}{rate['whole'] / orm:>10.0f}   aim 120")
    for name, pace in paces(loud).items():
        ratio, by_processor = rate["guarded"] / pace.rate, pace.busy_us / busy["guarded"]
        say(
            f"judged / {name:<19}{ratio:>10.1f}   aim {PEER_AIMS[name]:.0f}"
            f"   (by processor {by_processor:.1f}; {name} {pace.rate:,.0f} messages/s)"
        )
