"""Codes in pictures, cards, edits and new names, over the live path."""

from __future__ import annotations

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message, Outgoing, Picture, StageDebt
from weilu.chat.pictures.tests.drawn import drawn
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Form, Inbound, Kind
from weilu.chat.tests.live import connected, run_gateway
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.communities.models import Community
from weilu.core.clock import now_ms
from weilu.core.models import LogRow
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.events.chat import NamesChanged
from weilu.groups.models import Connection
from weilu.members.models import Member
from weilu.moderation import live
from weilu.moderation.actions import decide
from weilu.moderation.aside import judge_picture
from weilu.moderation.models import Doubt, Violation
from weilu.moderation.policies import Wish, set_policy
from weilu.moderation.reactions import judge_new_names
from weilu.moderation.tests.story import TALK

pytestmark = pytest.mark.django_db(transaction=True)
AD = "日赚五百兼职刷单，加微信 abc12345 拉你进群"
INVITE = "https://weixin.qq.com/g/AwYAAexample"
START = now_ms() - 5 * 86_400_000


@pytest.fixture(autouse=True)
def _fresh() -> None:
    live.forget()


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> RecordingPlatform:
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    return one


@pytest.fixture
def line(platform: RecordingPlatform, owner: Person) -> Connection:
    """A connected group with talk of some days and a policy that mutes."""
    made = connected(owner.actor, platform)
    hear(made, *[said(n, f"u{n % 4}", TALK[n % 6], START + n * 3_600_000) for n in range(96)])
    wish = Wish(is_on=True, ladder=[["mute", 60]], window_days=30, recalls=True)
    set_policy(owner.actor, community=Community.objects.get(), wish=wish)
    return made


def said(number: int, who: str, text: str, at: int, **more: object) -> Inbound:
    return Inbound(Kind.MESSAGE, at, who, str(more.pop("name", who)), text, f"$e{number}", **more)  # type: ignore[arg-type]


def hear(line: Connection, *items: Inbound) -> None:
    arrivals = Arrivals()
    arrivals.store([(line.pk, Parcel([Arrival(GROUP, item) for item in items]))])
    drain()


def picture(line: Connection, platform: RecordingPlatform, who: str, code: str) -> Picture:
    number = 500 + Picture.objects.count()
    platform.stage.pictures[f"p{number}"] = drawn(code)
    hear(line, said(number, who, "", now_ms() - 1000, form=Form.PICTURE, media=f"p{number}"))
    run_gateway(lambda: not Picture.objects.filter(state="waiting").exists())
    drain()
    return Picture.objects.get(external_id=f"$e{number}")


def test_a_code_in_a_newcomers_picture_is_judged_like_a_link(
    line: Connection, platform: RecordingPlatform
) -> None:
    one = picture(line, platform, "spam", INVITE)
    assert (one.state, one.codes) == ("read", [INVITE])
    doubt = Doubt.objects.get()
    assert (doubt.kind, doubt.seen, doubt.spans) == ("qr", INVITE, [])
    assert doubt.reasons[0] == ["code", 1.0]
    violation = Violation.objects.get()
    assert (violation.pk, violation.kind, violation.step) == (doubt.pk, "qr", "mute")
    assert set(Outgoing.objects.values_list("deed", flat=True)) >= {"recall", "mute"}
    assert judge_picture(one) == 1
    assert (Doubt.objects.count(), Violation.objects.count()) == (1, 1)


def test_the_same_file_is_read_once(line: Connection, platform: RecordingPlatform) -> None:
    first = picture(line, platform, "spam", INVITE)
    Picture.objects.filter(pk=first.pk).update(codes=["known"])
    assert picture(line, platform, "other", INVITE).codes == ["known"]


def test_a_picture_of_somebody_who_belongs_waits_and_a_harmless_one_is_none(
    line: Connection, platform: RecordingPlatform
) -> None:
    picture(line, platform, "u1", INVITE)
    assert (Doubt.objects.get().state, Violation.objects.count()) == ("open", 0)
    picture(line, platform, "new", "Table 12")
    assert Doubt.objects.count() == 1


def test_a_picture_that_is_gone_is_given_up(line: Connection, platform: RecordingPlatform) -> None:
    hear(line, said(700, "new", "", now_ms(), form=Form.PICTURE, media="lost"))
    run_gateway(lambda: Picture.objects.filter(state="failed").exists())
    assert platform.stage.fetched == ["lost"]
    hear(line, said(700, "new", "", now_ms(), form=Form.PICTURE, media="lost"))
    assert Picture.objects.count() == 1


def test_a_contact_card_draws_members_away(line: Connection) -> None:
    hear(line, said(600, "new", "小美", now_ms() - 5000, form=Form.CARD))
    doubt = Doubt.objects.get()
    assert (doubt.kind, doubt.reasons[0]) == ("contact", ["card", 1.0])
    assert Violation.objects.get().kind == "contact"
    hear(line, said(601, "u2", "老王", now_ms(), form=Form.CARD))
    assert Doubt.objects.filter(state="open").count() == 2
    assert Violation.objects.count() == 1


def edit(line: Connection, number: int, who: str, text: str, at: int) -> None:
    hear(line, Inbound(Kind.EDIT, at, who, who, text, f"$e{number}"))


def test_a_harmless_message_that_becomes_an_ad_is_caught(line: Connection, owner: Person) -> None:
    at = now_ms() - 60_000
    hear(line, said(800, "u1", "今天的茶不错", at))
    assert not Doubt.objects.exists()
    edit(line, 800, "u1", "今天的茶真不错", at + 10_000)
    assert not Doubt.objects.exists()
    edit(line, 800, "u1", AD, at + 20_000)
    original = Message.objects.get(external_id="$e800")
    doubt = Doubt.objects.get()
    assert (doubt.pk, doubt.reasons[0]) == (original.pk, ["edited", 1.0])
    assert Violation.objects.get().pk == original.pk
    recall = Outgoing.objects.get(deed="recall")
    assert recall.message_id == original.pk
    edit(line, 800, "u1", AD, at + 20_000)
    assert (Doubt.objects.count(), Violation.objects.count()) == (1, 1)
    assert not StageDebt.objects.exists()


def test_what_was_called_fine_and_changed_then_waits_again(line: Connection, owner: Person) -> None:
    at = now_ms() - 60_000
    hear(line, said(801, "new", "加微信吗大家", at))
    Doubt.objects.all().delete()
    pk = Message.objects.get(external_id="$e801").pk
    edit(line, 801, "new", "我的微信 abc12345", at + 1000)
    decide(owner.actor, message_ids=[pk], state=Doubt.State.FINE)
    edit(line, 801, "new", AD, at + 2000)
    assert Doubt.objects.get(pk=pk).state == "open"
    decide(owner.actor, message_ids=[pk], state=Doubt.State.JUNK)
    edit(line, 801, "new", AD + "！", at + 3000)
    assert Doubt.objects.get(pk=pk).state == "junk"


def test_nobody_edits_what_somebody_else_said(line: Connection) -> None:
    hear(line, said(802, "u1", "今天的茶不错", now_ms() - 9000))
    edit(line, 802, "spam", AD, now_ms())
    assert not Doubt.objects.exists()


def test_a_name_that_becomes_an_ad_is_caught(line: Connection) -> None:
    hear(line, said(900, "u1", "早上好大家", now_ms() - 5000, name="加微信abc12345看片"))
    doubt = Doubt.objects.get()
    assert doubt.pk == Message.objects.get(external_id="$e900").pk
    assert (doubt.seen, doubt.reasons[0]) == ("加微信abc12345看片", ["renamed", 1.0])
    assert Violation.objects.get().step == "mute"
    assert not Outgoing.objects.filter(deed="recall").exists()
    # What somebody took for a name is not said again by us.
    assert Outgoing.objects.get(deed="send").text.startswith("u1, this is against")
    hear(line, said(901, "u1", "谢谢你的分享", now_ms(), name="加微信abc12345看片"))
    assert Doubt.objects.count() == 1


def test_a_told_rename_is_judged_at_once_and_staff_may_be_called_what_they_like(
    line: Connection,
) -> None:
    name = "代理招商加V abc12345"
    hear(line, Inbound(Kind.RENAME, now_ms() - 9000, "u2", "u2", "", "$n1", target=name))
    assert Doubt.objects.get().seen == name
    hear(line, said(902, "u2", "早上好大家", now_ms() - 5000, name=name))
    assert Doubt.objects.count() == 1
    Member.objects.filter(name="u3").update(is_staff=True)
    hear(line, said(903, "u3", "早上好大家", now_ms(), name=name))
    assert Doubt.objects.count() == 1


SPAM_NAME = "加微信abc12345看片"


def join(line: Connection, number: int, who: str, name: str, at: int) -> None:
    hear(line, Inbound(Kind.JOIN, at, who, name, "", f"$j{number}"))


def test_whoever_joins_with_a_name_that_advertises_is_seen_at_once(line: Connection) -> None:
    join(line, 1, "n1", "小美", now_ms())
    join(line, 2, "n2", "老王 13800138000", now_ms())
    assert not Doubt.objects.exists()
    join(line, 3, "n3", SPAM_NAME, now_ms())
    doubt = Doubt.objects.get()
    assert doubt.pk == Message.objects.get(external_id="$j3").pk
    assert (doubt.seen, doubt.reasons[0]) == (SPAM_NAME, ["named", 1.0])
    assert Violation.objects.get().pk == doubt.pk
    assert not Outgoing.objects.filter(deed="recall").exists()
    # Once, whatever they say under it or however often they come.
    hear(line, said(910, "n3", "早上好大家", now_ms() + 1, name=SPAM_NAME))
    join(line, 4, "n3", SPAM_NAME, now_ms() + 2)
    drain()
    assert (Doubt.objects.count(), Violation.objects.count()) == (1, 1)


def test_a_name_that_only_leads_somewhere_waits_for_a_person(line: Connection) -> None:
    join(line, 5, "n5", "加V领红包 abc123", now_ms())
    assert Doubt.objects.get().state == "open"
    assert not Violation.objects.exists()


def test_who_joined_long_ago_is_no_news(line: Connection) -> None:
    join(line, 6, "n6", SPAM_NAME, now_ms() - 2 * 86_400_000)
    drain()
    assert not Doubt.objects.exists()


def test_who_writes_without_having_been_seen_to_join_is_judged_by_name_too(
    line: Connection,
) -> None:
    hear(line, said(920, "n7", "早上好大家", now_ms() - 5000, name=SPAM_NAME))
    hear(line, said(921, "n8", "今天的茶不错", now_ms() - 4000, name="茶友小李"))
    hear(line, said(922, "n9", "我用盖碗", now_ms() - 3000, name=SPAM_NAME, is_bot=True))
    drain()
    doubt = Doubt.objects.get()
    assert doubt.pk == Message.objects.get(external_id="$e920").pk
    assert (doubt.seen, doubt.reasons[0][0]) == (SPAM_NAME, "named")
    for row in LogRow.objects.filter(name="NamesChanged"):
        judge_new_names([NamesChanged(**row.payload)])
    assert Doubt.objects.count() == 1
