"""From a new owner's plan to a member who wants to be forgotten, in a real browser.

The plan, whether the product suits, where it lives, the rules, the kit, the list before the launch;
a connected app, a join link, three phones of which the first fills a group; who arrives says by
which link, has a page, is found by a segment, takes a copy along, and is erased from every table.
"""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import Visitor, visitor
from weilu.api.tests.calls import headers
from weilu.chat.models import Message
from weilu.communities.models import Community, KitPiece, Rules
from weilu.core.clock import now
from weilu.core.people import create_first_link
from weilu.core.worker import drain
from weilu.groups.models import Group, JoinTarget, Scan
from weilu.insight.people.tests.searching import left_of, rows_with
from weilu.members.models import Identity, Member, Segment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Nowhere but in what is of or about the person who is erased in the end.
GUEST, ACCOUNT, SAID, NOTED = "羽毛笔小姐", "quill-4711", "zebrafish", "quill-note"
PHONE = "Mozilla/5.0 (Linux; Android 14; {}) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"


def test_from_the_plan_to_the_erasure(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> None:
    settings.PUBLIC_URL = live_server.url
    one = visitor(browser, live_server.url, locale="zh-CN", width=1440)
    one.go(f"/start/{create_first_link()}")
    plan(one)
    tea = Community.objects.get()
    ready(one, tea)
    hook = connect(one)
    first, second = arrive(hook)
    code = open_the_door(one, first, second)
    letters = scan_with_three_phones(browser, live_server, code, first, second)
    come_in(hook, letters)
    see_who_came(one, code)
    look_at_them(one)
    find_by_a_segment(one)
    take_a_copy_and_go(one)
    assert not one.faults, "\n".join(one.faults)
    one.page.close()


def plan(one: Visitor) -> None:
    """From the empty first page to a whole plan, whether it suits, and a platform."""
    page = one.page
    page.locator("main a[href='/blueprints/new/']").click()
    page.fill("[name=name]", "巷口茶铺")
    page.locator("main .btn-primary").click()
    page.locator(".trade[value=food]").click()
    page.locator(".keep .btn").click()
    page.locator("main a[href$='/fit/']").first.click()
    expect(page.locator(".question")).to_have_count(9)
    for question in page.locator(".question").all():
        question.locator("input").last.check()
    page.locator("main form .btn-primary").click()
    expect(page.locator(".verdict.tone-good")).to_be_visible()
    one.look("the verdict")
    onward(page, "/blueprint/platform/")
    page.locator(".wishes .btn-primary").click()
    page.locator(".ranked .btn-primary").first.click()
    expect(page.locator(".ranked h2 .badge")).to_have_count(1)
    onward(page, "/rules/")


def onward(page: Page, ending: str) -> None:
    """Follow what the page says comes next; it leads to an address with this in it."""
    page.locator(".launch-step .btn").click()
    page.wait_for_url(lambda address: ending in address)


def ready(one: Visitor, tea: Community) -> None:
    """Rules from a set to begin with, posts, the kit in one's own words; what is still missing."""
    page = one.page
    page.locator("main a[href='?start=shop']").click()
    page.locator("main form .btn-primary").click()
    expect(page.locator("#rules-link")).to_contain_text("/r/")
    assert Rules.objects.get().community == tea
    onward(page, "/structure/")
    one.go(f"/communities/{tea.pk}/kit/")
    page.fill("[name=announcement]", "今晚八点开门，先泡一壶再聊。")
    page.locator("button[value=save]").click()
    expect(page.locator("[name=announcement]")).to_have_value("今晚八点开门，先泡一壶再聊。")
    assert KitPiece.objects.filter(community=tea, text__startswith="今晚八点").exists()
    page.locator(".launch-step a").first.click()
    page.wait_for_url("**/launch/")
    expect(page.locator(".entries .entry")).to_have_count(5)
    one.look("before the launch")


def connect(one: Visitor) -> tuple[str, str]:
    """Connect one's own app by the form; the path of its hook and the secret, as shown once."""
    page = one.page
    page.locator(".entry a[href^='/connections/']").click()
    page.locator("main a[href^='/connections/new/webhook/']").click()
    page.fill("[name=name]", "小程序")
    expect(page.locator("[name=community] option:checked")).to_have_text("巷口茶铺")
    page.locator("main form .btn-primary").click()
    path = urlsplit(page.locator("#hook-address").inner_text()).path
    secret = page.locator("#made-1").inner_text()
    one.look("the secret")
    page.locator("main .btn-primary").click()
    return path, secret


def work_a_minute() -> None:
    """What is due, and what comes to be due within a minute; nobody waits for it."""
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(12):
            drain()
            clock.shift(timedelta(seconds=5))


def push(hook: tuple[str, str], *events: dict[str, object]) -> None:
    """Events of the app, signed, and counted by the worker."""
    path, secret = hook
    body = json.dumps({"events": events}).encode()
    answer = Client().post(
        f"{path.rstrip('/')}/events",
        body,
        content_type="application/json",
        headers=headers(secret, body),
    )
    assert answer.status_code == 200, answer.content
    work_a_minute()


def event(kind: str, number: str, group: int, **more: object) -> dict[str, object]:
    """An event of one of the two groups, as long ago as its number says, in minutes."""
    at = now().astimezone(UTC).replace(microsecond=0) - timedelta(minutes=int(number))
    base: dict[str, object] = {
        "type": kind,
        "id": f"e-{number}",
        "time": at.isoformat(),
        "group": {"id": f"g-{group}", "name": f"巷口茶铺 {group} 群"},
        "member": {"id": "lin", "name": "林掌柜"},
    }
    return base | more


def arrive(hook: tuple[str, str]) -> tuple[Group, Group]:
    """Two groups appear with the first words in them."""
    push(
        hook, event("message", "90", 1, text="开门了"), event("message", "89", 2, text="二群也开门")
    )
    first, second = Group.objects.order_by("name")
    assert first.community == second.community == Community.objects.get()
    return first, second


def open_the_door(one: Visitor, first: Group, second: Group) -> str:
    """A join link that leads one visitor to the first group, and then to the second."""
    page = one.page
    one.go(f"/communities/{first.community_id}/launch/")
    page.locator(".entry a[href^='/links/']").click()
    page.locator("main .btn-primary").first.click()
    page.fill("[name=name]", "柜台")
    page.fill("[name=words]", "每周三一起试新茶。")
    page.locator("details.later > summary").click()
    page.check("[name=asks_code]")
    expect(page.locator("[name=community] option:checked")).to_have_text("巷口茶铺")
    page.locator("main form .btn-primary").click()
    for group, most in ((first, 1), (second, 50)):
        page.locator("main .btn-primary").first.click()
        page.select_option("[name=group]", label=group.name)
        page.fill("[name=address]", f"https://tea.example/{group.pk}")
        page.fill("[name=most]", str(most))
        page.locator("main form .btn-primary").click()
        page.wait_for_url(re.compile(r"/links/\d+/$"))
    expect(page.locator(".entries .entry")).to_have_count(2)
    one.look("a link")
    return urlsplit(page.locator("#join-url").inner_text()).path


def scan_with_three_phones(
    browser: Browser, live_server: LiveServer, code: str, first: Group, second: Group
) -> list[str]:
    """Each phone sees where there is room; the letters each is asked to write."""
    letters = []
    wanted = (("zh-CN", first), ("en-GB", second), ("zh-CN", second))
    for number, (locale, group) in enumerate(wanted):
        agent = PHONE.format(f"phone {number}")
        phone = visitor(browser, live_server.url, locale=locale, width=360, agent=agent)
        phone.go(code)
        expect(phone.page.locator("h1")).to_contain_text(group.name)
        expect(phone.page.locator("a.button")).to_have_attribute(
            "href", f"https://tea.example/{group.pk}"
        )
        phone.look(f"phone {number}")
        letters.append(phone.page.locator(".says strong").inner_text())
        # Who looks again is led to where they were led before.
        phone.page.reload()
        expect(phone.page.locator("h1")).to_contain_text(group.name)
        assert not phone.faults, "\n".join(phone.faults)
        phone.page.close()
    assert list(JoinTarget.objects.order_by("position").values_list("shown", flat=True)) == [1, 2]
    assert Scan.objects.filter(is_bot=False, is_repeat=False).count() == len(set(letters)) == 3
    return letters


def come_in(hook: tuple[str, str], letters: list[str]) -> None:
    """Two of the three join; the guest writes the letters, and talks; a neighbour answers."""
    guest = {"id": ACCOUNT, "name": GUEST}
    bo = {"id": "bo", "name": "老薄"}
    push(
        hook,
        event("join", "20", 2, member=guest),
        event("message", "19", 2, member=guest, text=letters[1]),
        event("join", "18", 2, member=bo),
        event("message", "17", 2, member=guest, text=f"{SAID}茶有人喝过吗？"),
        event("message", "16", 2, member=bo, text=f"@{GUEST} 喝过，挺甜的"),
        event("message", "15", 2, member=guest, text=f"{SAID}配什么点心"),
    )
    assert Message.objects.filter(text__contains=SAID).count() == 2


def see_who_came(one: Visitor, code: str) -> None:
    """The link tells how many looked, and who said that they came by it."""
    page = one.page
    assert Scan.objects.exclude(declared_by=None).count() == 1
    one.go("/links/")
    expect(page.locator(".join-came dd").nth(1)).to_have_text("3")
    page.locator(".entry h2 a").click()
    expect(page.locator("#join-url")).to_contain_text(code)


def look_at_them(one: Visitor) -> None:
    """The guest is in the list; their page says what is known; staff note something."""
    page = one.page
    one.go("/members/")
    one.look("members")
    page.get_by_role("link", name=GUEST, exact=True).click()
    page.wait_for_url(re.compile(r"/members/\d+/$"))
    expect(page.locator("main")).to_contain_text("巷口茶铺 2 群")
    page.locator("form[action$='/notes/'] textarea").fill(f"{NOTED}：想要白茶")
    page.locator("form[action$='/notes/'] button").click()
    expect(page.locator("main")).to_contain_text(NOTED)
    one.look("profile")


def find_by_a_segment(one: Visitor) -> None:
    """Those who spoke three times lately, counted while it is built, and kept."""
    page = one.page
    one.go("/members/segments/")
    page.locator("main a[href='/members/segments/new/']").first.click()
    everybody = page.locator("#builder h2")
    expect(everybody).to_have_text("3 人中有 3 人符合。")
    page.select_option("[name=new_0]", "spoke")
    page.locator("button[value='add:0']").click()
    times = page.locator("input[name$='_times']")
    times.fill("3")
    times.blur()
    expect(everybody).to_have_text("3 人中有 1 人符合。")
    expect(page.locator("#builder aside")).to_contain_text(GUEST)
    one.look("builder")
    page.fill("#name", "爱聊的新人")
    page.locator("button[value=save]").click()
    page.wait_for_url(re.compile(r"/segments/\d+/$"))
    expect(page.locator("main")).to_contain_text(GUEST)
    assert Segment.objects.get().members == 1
    one.look("segment")


def take_a_copy_and_go(one: Visitor) -> None:
    """The guest gets all that is held of them, and is then erased from every table."""
    page = one.page
    member = Member.objects.get(name=GUEST)
    people = {member.pk, *Identity.objects.filter(member=member).values_list("pk", flat=True)}
    assert left_of((GUEST, ACCOUNT, SAID, NOTED))
    assert rows_with(people)
    page.get_by_role("link", name=GUEST, exact=True).first.click()
    with zipfile.ZipFile(one.download("a[href$='/copy/']").path()) as archive:
        assert SAID in archive.read("messages.jsonl").decode()
        assert NOTED in archive.read("rows.json").decode()
    page.locator("a[href$='/erase/']").first.click()
    one.look("erase")
    page.fill("[name=name]", GUEST)
    page.locator("main form .btn-danger").click()
    page.wait_for_url("**/members/erased/")
    # Whoever listens to live groups is given half a minute to forget whom they knew.
    work_a_minute()
    page.reload()
    expect(page.locator(".entry .badge.tone-good")).to_have_count(1)
    one.look("erased")
    assert not left_of((GUEST, ACCOUNT, SAID, NOTED))
    assert not rows_with(people)
    one.go("/members/")
    expect(page.get_by_role("link", name="老薄", exact=True)).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(GUEST)
