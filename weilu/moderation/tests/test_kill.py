"""Gateway and worker killed by the system in the middle of a burst, with orders under way."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from weilu.chat.models import Batch, Message, Outgoing
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.rebuild import rebuild
from weilu.chat.tests.live import connected, wait_for
from weilu.chat.tests.platform import RecordingPlatform
from weilu.chat.tests.story import snapshot
from weilu.communities.models import Community
from weilu.core.clock import now, now_ms
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection
from weilu.moderation.models import Violation
from weilu.moderation.policies import Wish, set_policy
from weilu.moderation.rules.ladder import USUAL, stored
from weilu.moderation.tests.process import start

pytestmark = pytest.mark.django_db(transaction=True)
AD = "日赚五百兼职刷单，加微信 abc12345 拉你进群"
MESSAGES, EVERY = 240, 40


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that are gone when the test is over."""
    made: list[subprocess.Popen[bytes]] = []
    yield made
    for one in made:
        one.kill()
        one.wait()


def kill(one: subprocess.Popen[bytes]) -> None:
    assert one.poll() is None
    one.kill()
    assert one.wait() == -signal.SIGKILL
    # Nobody waits in a test until the leases of a dead process are over.
    Connection.objects.update(leased_until=now())
    Outgoing.objects.exclude(lease="").update(leased_until=now())


def tell_story(folder: Path) -> None:
    """What the platform has to tell: talk, and one who advertises again and again."""
    begin = now_ms() - 3_600_000
    with (folder / "said").open("w", encoding="utf-8") as out:
        for n in range(MESSAGES):
            is_ad = n % EVERY == EVERY - 1
            who, text = ("spam", f"{AD}{n}") if is_ad else (f"u{n % 7}", f"message {n}")
            out.write(f"{begin + n * 1000} {who} {text}\n")


def is_stored(count: int) -> bool:
    return Message.objects.count() >= count


def is_all_done() -> bool:
    """Everything is counted, and what may leave has left."""
    leaving = Outgoing.objects.filter(state=Outgoing.State.WAITING, due_at__lte=now())
    return not Batch.objects.filter(staged=False).exists() and not leaving.exists()


def run_and_kill(folder: Path, running: list[subprocess.Popen[bytes]]) -> None:
    """A gateway killed twice and a worker once, and others until all is done."""
    worker = start("worker", folder)
    running.append(worker)
    for some in (MESSAGES // 5, MESSAGES // 2):
        gateway = start("gateway", folder)
        running.append(gateway)
        wait_for(partial(is_stored, some))
        kill(gateway)
    running.append(start("gateway", folder))
    wait_for(lambda: Batch.objects.filter(staged=True).exists())
    kill(worker)
    running.append(start("worker", folder))
    wait_for(partial(is_stored, MESSAGES))
    wait_for(is_all_done)


@pytest.mark.long
def test_killed_in_a_burst_everything_is_there_once(
    owner: Person,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    running: list[subprocess.Popen[bytes]],
) -> None:
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    connected(owner.actor, platform)
    community = Community.objects.get()
    wish = Wish(is_on=True, ladder=stored(USUAL), window_days=30, recalls=True)
    set_policy(owner.actor, community=community, wish=wish)
    tell_story(tmp_path)
    run_and_kill(tmp_path, running)

    ids = Counter(Message.objects.values_list("external_id", flat=True))
    assert ids == Counter(f"$e{n}" for n in range(MESSAGES))
    assert Connection.objects.get().cursor == {"at": str(MESSAGES)}
    steps = list(Violation.objects.order_by("pk").values_list("step", flat=True))
    assert len(steps) == MESSAGES // EVERY
    assert steps[:4] == ["remind", "warn", "mute", "remove"]
    done = Counter((tmp_path / "done").read_text(encoding="utf-8").split())
    # What a gateway was killed over is done again where that changes nothing; a word is not.
    words = {key: times for key, times in done.items() if key.endswith("-word")}
    assert words
    assert set(words.values()) == {1}
    assert max(done.values()) <= 3
    assert set(done) <= set(Outgoing.objects.values_list("key", flat=True))
    counted = snapshot(community)
    assert sum(day[0] for day in counted["community"].values()) == MESSAGES
    rebuild(community, lambda _done: None)
    assert snapshot(community) == counted
