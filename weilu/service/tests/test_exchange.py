"""What is stored of exchange by day."""

from __future__ import annotations

import numpy as np
import pytest

from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.members.rules.exchange import ROW, Exchange, nothing, unpack_day
from weilu.service.exchange import store_exchange
from weilu.service.models import ExchangeDay


@pytest.mark.django_db
def test_a_stretch_in_which_nothing_is_left(workspace: Workspace) -> None:
    place = Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")
    group = Group.objects.create(workspace=workspace, community=place, platform="irc", name="Hall")
    rows = np.array([(7, Exchange.PRESENT, 100, group.pk, 0, 1)], dtype=ROW)
    store_exchange(group, rows, (90, 110))
    stored = ExchangeDay.objects.get()
    assert len(unpack_day(stored.body, group=group.pk, day=100)) == 1
    store_exchange(group, nothing(), (90, 110))
    stored.refresh_from_db()
    assert bytes(stored.body) == b""
    # Still to be taken out of what was booked, or never booked at all.
    assert stored.before is not None
