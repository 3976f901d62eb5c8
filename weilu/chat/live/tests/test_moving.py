"""A group whose platform gives it another id goes on as the same group, live."""

from __future__ import annotations

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message
from weilu.chat.ports import ChatRef, Inbound, Kind, Platform
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.tests.live import connected
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.access import system
from weilu.core.models import Workspace
from weilu.groups.models import Group

pytestmark = pytest.mark.django_db

AT = 1_772_000_000_000
OLD = ChatRef(Platform.MATRIX, "4321", "Tea")
NEW = ChatRef(Platform.MATRIX, "99", "Tea")
MOVED = ChatRef(Platform.MATRIX, "99", "Tea", former="4321")


def said(number: int) -> Inbound:
    return Inbound(Kind.MESSAGE, AT + number, "user1", "Ann", "hi", external_id=f"{number}")


def moved(number: int) -> Inbound:
    return Inbound(Kind.NOTICE, AT + number, "user1", "Ann", "supergroup", external_id=f"{number}")


@pytest.mark.parametrize("at_once", [True, False])
def test_history_goes_on_under_the_new_id(platform: RecordingPlatform, at_once: bool) -> None:
    line = connected(system(Workspace.objects.create(name="w").pk), platform)
    told = [(OLD, said(1)), (MOVED, moved(2)), (MOVED, moved(3)), (NEW, said(4))]
    keep = Arrivals()
    for _ in range(2):
        parts = [told] if at_once else [[one] for one in told]
        for part in parts:
            keep.store([(line.pk, Parcel([Arrival(chat, item) for chat, item in part]))])
        group = Group.objects.get()
        assert (group.external_key, group.name) == ("99", "Tea")
        assert Message.objects.filter(group=group, kind=Kind.MESSAGE).count() == 2
        told = told[1:]


def test_where_both_are_known_already_both_stay(platform: RecordingPlatform) -> None:
    line = connected(system(Workspace.objects.create(name="w").pk), platform)
    keep = Arrivals()
    for chat, item in [(OLD, said(1)), (NEW, said(2)), (MOVED, moved(3))]:
        keep.store([(line.pk, Parcel([Arrival(chat, item)]))])
    assert sorted(Group.objects.values_list("external_key", "name")) == [
        ("4321", "Tea"),
        ("99", "Tea (2)"),
    ]
