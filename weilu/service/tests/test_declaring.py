"""Who says by which link they come is known, over the live path of any connector."""

from __future__ import annotations

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import StageDebt
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, JoinRequest, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.core.clock import now, now_ms
from weilu.core.tests.cast import Person
from weilu.groups.joining.visiting import visit
from weilu.groups.models import Connection, JoinAsk, JoinLink, JoinTarget, KnownJoin
from weilu.members.models import Identity
from weilu.service.declaring import forget_links

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection with one group."""
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    forget_links()
    return connected(owner.actor, platform)


@pytest.fixture
def link(line: Connection) -> JoinLink:
    """A link into the group that gives letters."""
    group = group_of(line)
    made = JoinLink.objects.create(
        workspace_id=line.workspace_id, community=group.community, name="海报A", source="poster",
        asks_code=True, created_at=now(),
    )  # fmt: skip
    JoinTarget.objects.create(
        link=made, group=group, address="https://x.example.org/1", code_set_at=now()
    )
    return made


def store(line: Connection, parcel: Parcel) -> None:
    Arrivals().store([(line.pk, parcel)])


def event(kind: Kind, who: str, text: str = "") -> Arrival:
    return Arrival(GROUP, Inbound(kind, now_ms(), who, who, text, f"${kind.name}{who}{text}"))


def known() -> list[tuple[str, str]]:
    rows = KnownJoin.objects.order_by("pk").values_list("identity_id", "how")
    names = dict(Identity.objects.values_list("pk", "account"))
    return [(names[who], how) for who, how in rows]


def test_asked_said_and_signalled(line: Connection, link: JoinLink) -> None:
    says = [visit(link, visitor=f"v{n}", answer="", is_bot=False).says for n in range(3)]
    asks = [
        JoinRequest(GROUP, "r1", "ada", "Ada", now_ms(), f"我是从海报A来的 / code {says[0]}"),
        JoinRequest(GROUP, "r2", "bo", "Bo", now_ms(), "问题：海报A？\n答案：海报A"),
        JoinRequest(GROUP, "r3", "cy", "Cy", now_ms(), "问题：海报A？\n答案：朋友"),
    ]
    for _twice in range(2):
        store(line, Parcel(requests=asks))
    assert list(JoinAsk.objects.order_by("pk").values_list("link_id", flat=True)) == [
        link.pk, link.pk, None,
    ]  # fmt: skip
    assert known() == []
    joins = [event(Kind.JOIN, who) for who in ("ada", "bo", "cy", "di")]
    store(line, Parcel([*joins, event(Kind.JOIN, "ed", f"扫码 · {link.code}")]))
    assert known() == [("ada", "asked"), ("bo", "asked"), ("ed", "signal")]
    store(line, Parcel([event(Kind.MESSAGE, "di", f"大家好，{says[2]}")]))
    store(line, Parcel([event(Kind.MESSAGE, "cy", "这是我从海报A看到的")]))
    assert known()[3:] == [("di", "said"), ("cy", "said")]
    assert not StageDebt.objects.exists()


def test_groups_no_link_leads_into_are_not_listened_to(line: Connection, link: JoinLink) -> None:
    JoinTarget.objects.all().delete()
    visit(link, visitor="v", answer="", is_bot=False)
    store(line, Parcel([event(Kind.MESSAGE, "di", "从海报A来 ABCD")]))
    assert known() == []
