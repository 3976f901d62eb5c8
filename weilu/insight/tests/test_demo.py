"""The demo community: made, alive, and gone again without a trace in any page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from weilu.chat.demo import demo_community, make_demo
from weilu.chat.imports.actions import undo_import
from weilu.chat.models import Import, Message
from weilu.chat.ports import DEMO, ChatRef, Inbound, Platform, Portion
from weilu.communities.blueprint.models import CanvasVersion
from weilu.communities.models import Community, Rules
from weilu.communities.rulebook import rules_in
from weilu.core.access import system
from weilu.core.models import Workspace
from weilu.core.worker import drain
from weilu.groups.models import Group
from weilu.insight.models import MemberTotals

pytestmark = pytest.mark.django_db


def story(until: date) -> Iterator[Portion]:
    chat = ChatRef(Platform.WECHAT, "demo-1", "茶友群")
    start = 1_700_000_000_000
    yield Portion(
        chat,
        [Inbound(0, start + k * 60_000, f"demo-{k % 3}", f"茶{k % 3}", "早") for k in range(30)],
        done=1.0,
    )


def test_the_demo_is_made_once_and_can_be_removed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DEMO, "tell", story)
    actor = system(Workspace.objects.create(name="w").pk)
    for _ in range(2):
        make_demo(actor, lambda _done: None)
        drain()
        assert Message.objects.count() == 30
        assert MemberTotals.objects.count() == 3
        assert CanvasVersion.objects.count() == 1
        assert len(rules_in(Rules.objects.get())) == len(DEMO.rules[1]) > 3
    undo_import(actor, run=Import.objects.get())
    drain()
    assert Message.objects.count() == 0
    assert MemberTotals.objects.count() == 0
    assert Community.objects.count() == 0
    assert Group.objects.count() == 0
    assert demo_community(actor) is None
    make_demo(actor, lambda _done: None)
    drain()
    assert Message.objects.count() == 30
