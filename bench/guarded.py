"""The way in as a gateway goes it: judged and greeted in the transaction that stores (B-5, H-1).

Groups are connected, a policy acts on what is certain, newcomers are greeted, signs of trouble are
kept; one message in a hundred is an advertisement. What was stored is counted in the same run, as
a worker counts it. The groups have been listened to before, as those of a running gateway have.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from bench.setting import Pace, database, settle_memory, thaw
from bench.traffic import Event, Wire, wire

PLATFORM = "matrix"
COUNT_EVERY = 10
# One part in so many goes before the clock starts.
WARM = 10


def guarded_path(made: Sequence[Event], groups: int, address: str) -> Pace:
    """How fast events are decoded, stored, judged, acted on and counted; all known before."""
    from weilu.chat.accept import Acceptor  # noqa: PLC0415 - needs Django set up
    from weilu.chat.ports import Inbound  # noqa: PLC0415 - as above
    from weilu.chat.staging import count_waiting  # noqa: PLC0415 - as above
    from weilu.moderation import live  # noqa: PLC0415 - as above

    live.forget()
    with database(address):
        workspace, places = _house(groups)
        acceptor = Acceptor(workspace, PLATFORM, is_live=True)
        decoder = msgspec.json.Decoder(list[Wire])

        def take(payload: Sequence[bytes]) -> None:
            for number, body in enumerate(payload, start=1):
                found = decoder.decode(body)
                acceptor.accept(
                    [places[w.group] for w in found],  # type: ignore[misc]  # dict of places
                    [Inbound(w.kind, w.sent_ms, w.account, w.name, w.text, w.id) for w in found],
                )
                if number % COUNT_EVERY == 0:
                    count_waiting()
            while count_waiting():
                pass

        _warm(acceptor, made)
        take(wire([*_first_words(made), *made[: len(made) // WARM]]))
        fresh = made[len(made) // WARM :]
        payload = wire(fresh)
        settle_memory()
        start, busy = time.perf_counter(), time.process_time()
        take(payload)
        took, busy = time.perf_counter() - start, time.process_time() - busy
        thaw()
        _check()
    live.forget()
    return Pace(len(fresh) / took, busy / len(fresh) * 1e6)


def _warm(acceptor: object, made: Sequence[Event]) -> None:
    """Let everybody be known before, as in `bench.accept`."""
    from django.db import transaction  # noqa: PLC0415 - needs Django set up

    from weilu.members.resolve import Sighting  # noqa: PLC0415 - needs Django set up

    people = {e.item.account: e.item for e in made}
    with transaction.atomic():
        acceptor.resolver.learn(  # type: ignore[attr-defined]  # an Acceptor
            Sighting(i.account, 0, i.name, i.sent_ms, is_bot=False) for i in people.values()
        )


def _first_words(made: Sequence[Event]) -> list[Event]:
    """A message in every group, an hour before the rest: from then on each is listened to."""
    groups = {e.group: e for e in made}
    return [
        Event(
            group,
            msgspec.structs.replace(
                e.item,
                kind=0,
                text="大家早上好",
                sent_ms=e.item.sent_ms - 3_600_000,
                external_id=f"first-{group}",
            ),
        )
        for group, e in groups.items()
    ]


def _check() -> None:
    """Nothing was measured unless something was judged, acted on and counted."""
    from weilu.chat.models import Batch, Outgoing, StageDebt  # noqa: PLC0415 - needs Django
    from weilu.core.models import Job  # noqa: PLC0415 - as above
    from weilu.moderation.models import Violation  # noqa: PLC0415 - as above

    if StageDebt.objects.exists() or Batch.objects.filter(staged=False).exists():
        raise AssertionError("a stage failed, or something was not counted")
    if not (Violation.objects.exists() and Outgoing.objects.exists()):
        raise AssertionError("nothing was judged")
    if not Job.objects.filter(name="greet").exists():
        raise AssertionError("nobody is greeted")


def _house(groups: int) -> tuple[int, dict[int, object]]:
    """A workspace with connected groups, a policy that is on and a greeting: its id, the places."""
    from weilu.communities.models import Community  # noqa: PLC0415 - needs Django set up
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.core.clock import now  # noqa: PLC0415 - as above
    from weilu.core.people import home_workspace  # noqa: PLC0415 - as above
    from weilu.groups.models import Connection, Group  # noqa: PLC0415 - as above
    from weilu.groups.queries import GroupPlace  # noqa: PLC0415 - as above
    from weilu.moderation.policies import Wish, set_policy  # noqa: PLC0415 - as above
    from weilu.moderation.rules.ladder import USUAL, stored  # noqa: PLC0415 - as above
    from weilu.service.greetings import Wish as Hello  # noqa: PLC0415 - as above
    from weilu.service.greetings import set_greeting  # noqa: PLC0415 - as above

    workspace = home_workspace()
    community = Community.objects.create(
        workspace=workspace, name="bench", time_zone="Asia/Shanghai"
    )
    actor = system(workspace.pk)
    wish = Wish(is_on=True, ladder=stored(USUAL), window_days=30, recalls=True)
    set_policy(actor, community=community, wish=wish)
    hello = Hello(is_on=True, text="Welcome, {names}")
    set_greeting(actor, community=community, group=None, wish=hello)
    line = Connection.objects.create(
        workspace=workspace, community=community, connector=PLATFORM, name="bench", hook="bench",
        since=now(), created_at=now(),
    )  # fmt: skip
    Group.objects.bulk_create(
        [
            Group(
                workspace=workspace, community=community, platform=PLATFORM, name=f"g{k}",
                external_key=f"!g{k}", connection=line,
            )
            for k in range(groups)
        ]
    )  # fmt: skip
    ids = Group.objects.order_by("pk").values_list("pk", flat=True)
    return workspace.pk, {
        k: GroupPlace(pk, community.pk, community.time_zone) for k, pk in enumerate(ids)
    }
