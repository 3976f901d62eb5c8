"""The live loop, end to end: a real Matrix server, a real browser, a gateway that is killed.

Connected by the form; a guest comes and is greeted; an advertisement is taken away with a warning,
the second mutes; the guest asks for a second look on the public page, the operator grants it, and
the guest may write again.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import Visitor as Reader
from tests.browser.visitor import visitor
from weilu.chat.models import Message, Outgoing
from weilu.chat.tests.live import wait_for
from weilu.connectors.matrix.tests.conftest import _fresh_numbers, synapse  # noqa: F401 - fixtures
from weilu.connectors.matrix.tests.homeserver import Homeserver
from weilu.connectors.matrix.tests.house import is_heard, killed_in_the_end
from weilu.connectors.matrix.tests.room import Visitor, open_room
from weilu.core.clock import now
from weilu.core.codes import code_of
from weilu.core.models import Job
from weilu.core.people import create_first_link
from weilu.core.worker import drain
from weilu.groups.models import Group
from weilu.moderation.models import Violation
from weilu.moderation.speaking import APPEAL

pytestmark = [
    pytest.mark.browser, pytest.mark.synapse, pytest.mark.django_db(transaction=True),
]  # fmt: skip
AD = "日赚五百兼职刷单，加微信 abc1234{} 拉你进群，名额有限"


def test_from_the_connection_to_the_second_look(
    browser: Browser,
    live_server: LiveServer,
    synapse: Homeserver,  # noqa: F811 - the fixture
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.PUBLIC_URL = live_server.url
    monkeypatch.setenv("WEILU_PUBLIC_URL", live_server.url)
    keeper, bot = Visitor(synapse, "keeper"), Visitor(synapse, "weilu")
    guest = Visitor(synapse, "guest")
    room = open_room(keeper, bot)
    one = visitor(browser, live_server.url, locale="en-GB", width=1440)
    sign_in(one)
    connect(one, bot)
    with killed_in_the_end():
        keeper.say(room, "good evening, everybody")
        wait_for(lambda: is_heard("good evening, everybody"))
    settle(one, Group.objects.select_related("community").get(external_key=room))
    welcome_and_warn(keeper, bot, guest, room)
    steps = Violation.objects.order_by("at").values_list("step", flat=True)
    assert list(steps) == ["warn", "mute"]
    ask_for_a_second_look(browser, live_server, code_in(keeper, room, bot))
    grant(one)
    with killed_in_the_end():
        wait_for(lambda: guest.may_say(room, "thank you"))
    keys = list(Outgoing.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))
    assert Message.objects.filter(text__startswith="日赚五百").count() == 2
    assert not one.faults, "\n".join(one.faults)


def welcome_and_warn(keeper: Visitor, bot: Visitor, guest: Visitor, room: str) -> None:
    """A guest comes, is greeted, and advertises twice; the gateway dies in between."""
    with killed_in_the_end():
        guest.join(room)
        wait_for(lambda: Job.objects.filter(name="greet").exists())
        Job.objects.filter(name="greet").update(due_at=now() - timedelta(seconds=1))
        drain()
        wait_for(lambda: bool(said_by(keeper, room, bot, "Welcome, ")))
        first = guest.say(room, AD.format(1))
        wait_for(lambda: keeper.event(room, first)["content"] == {})
    # Nobody listens when the second one is written; it is dealt with all the same.
    second = guest.say(room, AD.format(2))
    with killed_in_the_end():
        wait_for(lambda: keeper.event(room, second)["content"] == {})
        wait_for(lambda: not guest.may_say(room))


def sign_in(one: Reader) -> None:
    """The first link, without choosing a password yet."""
    one.go(f"/start/{create_first_link()}")


def connect(one: Reader, bot: Visitor) -> None:
    """Connect the account by the form, and let the doctor look at it."""
    one.go("/connections/new/matrix/")
    page = one.page
    page.fill("[name=name]", "Tea house")
    page.fill("[name=setting-homeserver]", bot.server.url)
    page.fill("[name=setting-token]", bot.token)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/connections/\d+/"))
    one.look("connection")
    assert bot.token not in page.content()
    # The page loads itself anew once the connection is open, whatever else is on the way.
    one.go("/connections/")


def settle(one: Reader, group: Group) -> None:
    """Rules, a policy that warns and then mutes, and a greeting, each by its page."""
    page, place = one.page, f"/communities/{group.community_id}"
    one.go(f"{place}/rules/?start=shop")
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("#rules-link")).to_contain_text("/r/")
    one.look("rules")
    one.go(f"{place}/policy/")
    page.check("[name=is_on]")
    for n, value in enumerate(("warn", "mute-60", "remove", "")):
        page.select_option(f"[name=rung{n}]", value)
    page.locator("button[value=save]").click()
    expect(page.locator(".sentence").first).to_contain_text("On.")
    one.look("policy")
    one.go(f"{place}/welcome/")
    page.check("[name=is_on]")
    page.fill("[name=gather_s]", "5")
    page.get_by_role("button", name="Save").click()
    one.look("welcome")
    # No quiet hours: the test may run at night.
    type(group.community).objects.update(quiet_from="00:00", quiet_until="00:00")


def said_by(reader: Visitor, room: str, who: Visitor, start: str) -> str:
    """What an account said that holds these words, "" when it has not."""
    for event in reader.messages(room):
        body = str(dict(event.get("content") or {}).get("body", ""))  # type: ignore[call-overload]
        if event["sender"] == who.user_id and start in body:
            return body
    return ""


def code_in(keeper: Visitor, room: str, bot: Visitor) -> str:
    """The address of the second look, as the warning names it."""
    warning = said_by(keeper, room, bot, "/a/")
    found = re.search(r"/a/\w+/", warning)
    assert found, warning
    return found[0]


def ask_for_a_second_look(browser: Browser, live_server: LiveServer, address: str) -> None:
    """The guest's own phone, not signed in: the latest step is what they ask about."""
    phone = visitor(browser, live_server.url, locale="zh-CN", width=360)
    phone.go(address)
    phone.look("second look")
    # The warning led here; the mute is asked about the same way.
    mute = Violation.objects.get(step="mute")
    phone.go(_address_of(mute))
    phone.page.fill("[name=words]", "我以为这里可以发")
    phone.page.get_by_role("button", name="提交申诉").click()
    expect(phone.page.locator("main")).to_contain_text("我以为这里可以发")
    phone.look("second look, asked")
    phone.go(f"/r/{mute.community.code}/")
    phone.look("rules for members")
    phone.page.fill("[name=name]", "guest")
    phone.page.get_by_role("button", name="我看过了").click()
    expect(phone.page.locator("#read")).to_contain_text("谢谢")
    assert not phone.faults, "\n".join(phone.faults)
    phone.page.close()


def _address_of(violation: Violation) -> str:
    return f"/a/{code_of(APPEAL, violation.pk)}/"


def grant(one: Reader) -> None:
    """The operator sees it on Today and takes the mute back."""
    one.go("/")
    one.look("today")
    page = one.page
    page.locator("a[href='/cleanup/appeals/']").last.click()
    one.look("second looks")
    page.locator("button[value=grant]").click()
    expect(page.locator("main")).to_contain_text("Nobody asks for a second look")
