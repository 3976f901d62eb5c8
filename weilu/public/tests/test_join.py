"""The page behind a join link, as visitors on phones see it."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from PIL import Image

from weilu.communities.models import Community
from weilu.communities.rulebook import Rule, Text, publish
from weilu.core.access import Role
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.joining.counting import worries, yields_of
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.models import Group, JoinLink, JoinTarget, Participation, Scan
from weilu.groups.rules.choosing import Closed
from weilu.members.models import Identity, Member

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (iPhone) MicroMessenger/8.0"
LIGHT = 60_000


@pytest.fixture
def groups(workspace: Workspace) -> list[Group]:
    """Two groups of a community."""
    community = Community.objects.create(workspace=workspace, name="Tea", time_zone="Asia/Shanghai")
    return [
        Group.objects.create(
            workspace=workspace, community=community, platform="wechat", name=f"Group {n}"
        )
        for n in (1, 2)
    ]


@pytest.fixture
def link(operator: Person, groups: list[Group]) -> JoinLink:
    """A link of the counter, to one group and then the other."""
    words = LinkWords("counter", "store", words="Tea every <b>evening</b>")
    made = save_link(operator.actor, words, community=groups[0].community)
    for n, group in enumerate(groups, start=1):
        address = f"https://example.org/{n}"
        save_target(
            operator.actor, made, TargetWords(group.pk, position=n, address=address, most=2)
        )
    return made


def come(link: JoinLink, visitor: int = 1, agent: str = PHONE, query: str = "") -> str:
    client = Client(REMOTE_ADDR=f"198.51.100.{visitor}")
    headers = {"User-Agent": agent, "Accept-Language": "en"}
    answer = client.get(f"/j/{link.code}/{query}", headers=headers)
    assert answer.status_code == 200
    assert len(answer.content) < LIGHT
    return answer.content.decode()


def picture(colour: str = "red") -> tuple[io.BytesIO, int]:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), colour).save(out, "PNG")
    size = out.tell()
    out.seek(0)
    return out, size


def test_when_one_group_is_full_the_next_takes_over_and_then_a_kind_page(link: JoinLink) -> None:
    assert "Come into Group 1" in come(link, 1)
    assert "https://example.org/1" in come(link, 2)
    assert "Come into Group 2" in come(link, 3)
    assert "Come into Group 2" in come(link, 4)
    assert "full just now" in come(link, 5)
    assert list(JoinTarget.objects.order_by("pk").values_list("shown", flat=True)) == [2, 2]


def test_who_comes_again_and_machines_take_no_room(link: JoinLink, operator: Person) -> None:
    for _again in range(3):
        come(link, 1)
    for agent in ("TelegramBot (like TwitterBot)", "WhatsApp/2.23", "curl/8.0", ""):
        come(link, 9, agent)
    assert JoinTarget.objects.order_by("pk")[0].shown == 1
    came = yields_of(operator.actor, [link])[link.pk]
    assert (came.scans, came.visitors, came.bots) == (3, 1, 4)


def test_words_are_escaped_and_nothing_of_the_visitor_is_kept(link: JoinLink) -> None:
    page = come(link, 7)
    assert "Tea every &lt;b&gt;evening&lt;/b&gt;" in page
    scan = Scan.objects.get()
    assert len(scan.visitor) == 16
    assert "198.51" not in str(vars(scan))
    assert "MicroMessenger" not in str(vars(scan))


def test_a_question_is_asked_where_groups_differ_by_it(
    link: JoinLink, operator: Person, groups: list[Group]
) -> None:
    asked = LinkWords("counter", "store", question="Which shop?")
    save_link(operator.actor, asked, community=groups[0].community, pk=link.pk)
    link.refresh_from_db()
    own = TargetWords(groups[1].pk, address="https://example.org/east", answer="East & West")
    save_target(operator.actor, link, own)
    page = come(link)
    assert "Which shop?" in page
    assert "?a=East%20%26%20West" in page
    assert not Scan.objects.exists()
    assert "https://example.org/east" in come(link, query="?a=East%20%26%20West")
    assert Scan.objects.get().answer == "East & West"
    assert "Which shop?" in come(link, query="?a=made-up")


def test_a_group_code_is_shown_as_a_picture_and_a_new_one_begins_anew(
    link: JoinLink, operator: Person, groups: list[Group], tmp_path: object, settings: object
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    first = JoinTarget.objects.order_by("pk")[0]
    words = TargetWords(groups[0].pk, most=200)
    save_target(operator.actor, link, words, pk=first.pk, picture=picture())
    page = come(link)
    assert f"/j/{link.code}/{first.pk}.jpg" in page
    answer = Client().get(f"/j/{link.code}/{first.pk}.jpg")
    assert b"".join(answer)[:2] == b"\xff\xd8"
    first.refresh_from_db()
    old = first.picture
    assert first.shown == 1
    save_target(operator.actor, link, words, pk=first.pk, picture=picture("blue"))
    first.refresh_from_db()
    assert first.shown == 0
    assert first.picture != old
    assert Client().get(f"/j/{link.code}/999999.jpg").status_code == 404


def test_a_closed_link_and_a_guessed_code_lead_nowhere(link: JoinLink) -> None:
    JoinLink.objects.update(is_on=False)
    for code in (link.code, "nobodyknows"):
        assert Client().get(f"/j/{code}/").status_code == 404


def test_who_joins_after_a_visit_is_counted_once_and_whether_they_stay(
    link: JoinLink, operator: Person, groups: list[Group], workspace: Workspace
) -> None:
    come(link, 1)
    come(link, 2)
    long_ago = now() - timedelta(days=20)
    Scan.objects.update(at=long_ago)
    joined_ms = int(long_ago.timestamp() * 1000) + 60_000
    for n in range(3):
        member = Member.objects.create(
            id=n + 1, workspace=workspace, name=f"m{n}", name_folded=f"m{n}"
        )
        identity = Identity.objects.create(
            id=n + 1, workspace=workspace, member=member, platform="wechat", account=f"a{n}",
            name=f"m{n}",
        )  # fmt: skip
        Participation.objects.create(
            group=groups[0], identity=identity, joined_ms=joined_ms + n, first_seen_ms=joined_ms,
            last_left_ms=now_ms() - 19 * 86_400_000 if n == 0 else None,
        )  # fmt: skip
    link.cost = Decimal(30)
    came = yields_of(operator.actor, [link])[link.pk]
    assert came.joined == 2
    assert came.stayed_7 == (1, 2)
    assert came.cost_per_stayed == 30


def test_links_that_need_a_hand_are_told(link: JoinLink, operator: Person) -> None:
    assert [(w.why, w.room) for w in worries(operator.actor)] == [(Closed.FULL, 4)]
    JoinTarget.objects.update(most=500)
    assert worries(operator.actor) == []
    JoinTarget.objects.update(expires_at=now() + timedelta(hours=5))
    assert [w.why for w in worries(operator.actor)] == [Closed.EXPIRED]
    JoinTarget.objects.update(expires_at=now() - timedelta(hours=5))
    assert [w.why for w in worries(operator.actor)] == [None]


def test_what_cannot_be_a_link_is_refused(
    link: JoinLink, operator: Person, groups: list[Group]
) -> None:
    community = groups[0].community
    with pytest.raises(Invalid):
        save_link(operator.actor, LinkWords(" ", "store"), community=community)
    with pytest.raises(Invalid):
        save_link(operator.actor, LinkWords("x", "moon"), community=community)
    with pytest.raises(Conflict):
        save_link(operator.actor, LinkWords("counter", "store"), community=community)
    for address in ("javascript:alert(1)", "ftp://x", "https://", "http://[::1"):
        with pytest.raises(Invalid):
            save_target(operator.actor, link, TargetWords(groups[0].pk, address=address))
    with pytest.raises(Invalid):
        save_target(operator.actor, link, TargetWords(groups[0].pk))
    other = person(Workspace.objects.create(name="other"), "sue", Role.OWNER)
    with pytest.raises(NotFound):
        save_target(other.actor, link, TargetWords(groups[0].pk, address="https://x.org"))
    assert yields_of(other.actor, [link])[link.pk].scans == 0


def test_who_cannot_come_in_is_told_why_and_until_when(link: JoinLink) -> None:
    JoinTarget.objects.update(expires_at=now() - timedelta(minutes=1))
    assert "The way in is being renewed" in come(link, 1)
    hour = now().astimezone(ZoneInfo("Asia/Shanghai"))
    opens = (hour + timedelta(hours=2)).time().replace(second=0, microsecond=0)
    closes = (hour + timedelta(hours=3)).time()
    JoinTarget.objects.filter(position=2).update(expires_at=None, opens=opens, closes=closes)
    page = come(link, 2)
    assert f"You can come in from {opens:%H:%M} on" in page
    assert Scan.objects.filter(target=None).count() == 2


def test_a_page_without_words_of_its_own_still_welcomes(link: JoinLink) -> None:
    JoinLink.objects.update(words="")
    assert "Good to have you here" in come(link)


def test_the_rules_are_one_click_away_once_there_are_any(link: JoinLink, operator: Person) -> None:
    address = f"/r/{link.community.code}/"
    assert address not in come(link)
    text = Text("", (Rule("Be kind", ""),), "Lin")
    publish(operator.actor, community=link.community, text=text)
    assert address in come(link)
    assert Client().get(address).status_code == 200
