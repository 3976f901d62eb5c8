"""In which groups an import looks for what others brought already."""

from __future__ import annotations

import pytest

from weilu.chat.imports import run as running
from weilu.chat.imports.run import _Places
from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Batch
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.core.clock import now_ms
from weilu.core.tests.cast import Person

pytestmark = pytest.mark.django_db


def test_live_talk_nobody_counted_yet_concerns_its_own_group_only(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    line = connected(owner.actor, platform)
    heard = group_of(line)
    item = Inbound(Kind.MESSAGE, now_ms(), "lan", "Lan", "fresh oolong", "$1")
    Arrivals().store([(line.pk, Parcel([Arrival(GROUP, item)]))])
    assert Batch.objects.filter(staged=False).count() == 1
    other = ChatRef(Platform.QQ, "1", "Another group")
    chosen = {(str(GROUP.platform), GROUP.key, GROUP.name): {"group_id": heard.pk}}

    def with_history() -> set[int]:
        places = _Places(owner.actor, heard.community, 9, chosen)
        for chat in (other, GROUP):
            places.of(chat)
        return places.with_history

    assert with_history() == {heard.pk}
    # Where more waits to be counted than is looked through, every group may be meant.
    monkeypatch.setattr(running, "FEW_ROWS", 0)
    assert len(with_history()) == 2
