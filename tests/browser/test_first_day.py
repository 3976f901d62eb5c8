"""The first day: link, welcome, import by drag and drop, community, finding, rows, download."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer
from python_calamine import CalamineWorkbook

from tests.browser.talk import NAMES, write_export
from tests.browser.visitor import Visitor, visitor
from weilu.chat.models import Message
from weilu.chat.ports import Kind
from weilu.communities.models import Community
from weilu.console.communities.registry import PARTS
from weilu.core.models import User
from weilu.core.people import create_first_link
from weilu.groups.models import Group
from weilu.insight.models import FindingRow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "seven cups by the stove"


@dataclass(frozen=True)
class Words:
    """What stands on the buttons in a language."""

    locale: str
    lang: str
    today: str
    save: str
    read_in: str
    open_community: str


WORDS = {
    "en": Words("en-GB", "en", "Today", "Save and begin", "Read in", "Open the community"),
    "zh": Words("zh-CN", "zh-hans", "今日", "保存并开始", "导入", "打开社群"),
}


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh", 360)])
def test_from_the_first_link_to_the_rows(
    browser: Browser, live_server: LiveServer, tmp_path: Path, language: str, width: int
) -> None:
    words = WORDS[language]
    one = visitor(browser, live_server.url, locale=words.locale, width=width)
    # Either language and either width is looked at by axe once.
    one.is_strict = (language, width) in {("en", 1440), ("zh", 360)}
    one.go(f"/start/{create_first_link()}")
    settle_in(one, words)
    count = bring_in(one, words, tmp_path)
    assert Message.objects.filter(kind=Kind.MESSAGE).count() == count
    see_community(one, count)
    follow_finding(one)
    look_around(one)
    refuse(one)
    sign_in_again(one, words)
    assert not one.faults, "\n".join(one.faults)
    one.page.close()


def settle_in(one: Visitor, words: Words) -> None:
    """First page: choose name and password, come back to it."""
    page = one.page
    one.look("first page")
    page.locator("a[href='/welcome']").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile(words.lang, re.IGNORECASE))
    one.look("welcome")
    page.fill("[name=username]", "keeper")
    page.fill("[name=email]", "keeper@example.org")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name=words.save).click()
    expect(page.locator("[aria-current=page]").first).to_contain_text(words.today)
    one.look("today, empty")
    assert User.objects.get().username == "keeper"


def bring_in(one: Visitor, words: Words, folder: Path) -> int:
    """Drop the export, see the preview, read it in; returns how many messages it has."""
    page = one.page
    path = folder / "result.json"
    count = write_export(path)
    one.go("/imports/")
    one.look("imports")
    one.drop(path)
    assert Message.objects.count() == 0
    one.work()
    expect(page.locator(".facts")).to_contain_text(f"{count}")
    assert page.locator("[name^=name]").first.input_value() == "读书 reading circle"
    assert Message.objects.count() == 0
    one.look("preview")
    page.get_by_role("button", name=words.read_in, exact=True).click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    one.work()
    one.look("imported")
    page.get_by_role("link", name=words.open_community).click()
    page.wait_for_url(re.compile(r"/communities/\d+/"))
    return count


def see_community(one: Visitor, count: int) -> None:
    """The community page has its numbers; its table and its report download."""
    page = one.page
    community = Community.objects.get()
    one.go(f"/communities/{community.pk}/?period=all")
    expect(page.locator(".tiles")).to_contain_text(f"{count}")
    one.look("community")
    expect(page.locator("[data-section]")).to_have_count(0)
    is_phone = page.evaluate("innerWidth") < 768
    assert one.height() < (4000 if is_phone else 8000)
    unfold(one, is_phone=is_phone)
    print_it(one)
    page.locator(".page-action .menu > summary").click()
    book = one.download("a[href*='numbers.xlsx']")
    assert CalamineWorkbook.from_path(book.path()).sheet_names
    page.locator(".tile-value a").first.click()
    page.wait_for_url(re.compile(r"/communities/\d+/rows/"))
    expect(page.locator("table tbody tr, .list tbody tr").first).to_be_visible()
    one.look("rows")


def unfold(one: Visitor, *, is_phone: bool) -> None:
    """Sections are closed on a phone until they are wanted, and open on a desk; links open them."""
    page = one.page
    hours = page.locator("#part-hours")
    expect(page.locator("details.part:not([open])")).to_have_count(len(PARTS) if is_phone else 0)
    page.locator(".index a[href='#part-hours']").click()
    expect(hours.locator("canvas").first).to_be_visible()
    expect(hours).to_be_in_viewport()
    if not is_phone:
        # A graph without room, as on paper, is one that ECharts fails on.
        page.locator("[data-chart=graph]").scroll_into_view_if_needed()
        expect(page.locator("[data-chart=graph] canvas").first).to_be_attached()
        page.emulate_media(media="print")
        page.emulate_media(media="screen")
    if is_phone:
        expect(page.locator("details.part[open]")).to_have_count(1)
        page.locator("details.part[open] > summary").click()
        expect(hours.locator("canvas").first).not_to_be_visible()
        page.set_viewport_size({"width": 800, "height": 360})
        expect(page.locator("details.part:not([open])")).to_have_count(0)
        page.set_viewport_size({"width": 360, "height": 900})
        expect(page.locator("details.part[open]")).to_have_count(0)


def print_it(one: Visitor) -> None:
    """On paper there is every section, and every chart as a picture, also before it was seen."""
    page = one.page
    held: list[Route] = []
    page.route("**/section/**", lambda route: held.append(route), times=1)  # noqa: PLW0108 - playwright marks the function
    page.reload()
    expect(page.locator("[data-section]").first).to_be_attached()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("[data-section]")).to_have_count(0)
    charts = page.locator("[data-chart]").count()
    assert charts > 4
    expect(page.locator("svg.drawing-paper")).to_have_count(charts)
    expect(page.locator("details.part:not([open])")).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("svg.drawing-paper")).to_have_count(0)
    held[0].continue_()


def follow_finding(one: Visitor) -> None:
    """Today names the group's trouble; its button leads to the place on the community page."""
    page = one.page
    group = Group.objects.get()
    assert FindingRow.objects.filter(group=group, check_code="carried_by_few").exists()
    one.go("/")
    expect(page.locator(".entry").first).to_be_visible()
    one.look("today")
    one.go(f"/findings/group/{group.pk}/")
    one.look("check-up")
    carried = page.locator(".entry", has_text="Lin").or_(page.locator(".entry")).first
    carried.locator("a.btn").click()
    page.wait_for_url(re.compile(r"/communities/\d+/\?group="))


def use_keys(page: Page) -> None:
    """Keys find, explain and go; in a field they write."""
    page.locator("h1").first.click()
    page.keyboard.press("/")
    sought = page.locator("input[type=search]:focus")
    expect(sought).to_have_count(1)
    page.keyboard.type("jk?")
    expect(sought).to_have_value("jk?")
    sought.fill("")
    page.locator("h1").first.click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
    expect(page).to_have_url(re.compile(r"/members/$"))


def refuse(one: Visitor) -> None:
    """What is refused opens at the field to be mended."""
    page = one.page
    one.go("/members/stages/")
    for _time in range(2):
        page.fill("[name=name]", "Council")
        page.locator("main form .btn-primary").click()
        expect(page.locator(".tag", has_text="Council")).to_have_count(1)
    expect(page.locator("[name=name]")).to_be_focused()
    expect(page.locator("[name=name]")).to_have_value("Council")
    expect(page.locator("[name=name]")).to_have_attribute("aria-invalid", "true")
    # The browser itself complains of the status of a refusal.
    one.faults = [fault for fault in one.faults if "422" not in fault]


def look_around(one: Visitor) -> None:
    """Members and their messages: everybody is there, words are found, the list downloads."""
    page = one.page
    one.go("/members/")
    for name in NAMES:
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
    one.look("members")
    page.keyboard.press("j")
    first = page.locator(".list-table tbody .name a").first
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(first).not_to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    use_keys(page)
    book = one.download("a[href*='format=xlsx']")
    rows = CalamineWorkbook.from_path(book.path()).get_sheet_by_index(0).to_python()
    assert set(NAMES) <= {str(row[0]) for row in rows}
    page.get_by_role("link", name="Lin", exact=True).first.click()
    page.wait_for_url(re.compile(r"/members/\d+/"))
    one.look("profile")
    if page.evaluate("innerWidth") < 768:
        assert one.height() < 3500
    one.go("/messages/?q=老地方")
    expect(page.locator(".said")).to_have_count(9)
    one.look("messages")
    page.locator(".said-around").first.click()
    page.wait_for_url(re.compile(r"/messages/\d+"))
    one.look("conversation")


def sign_in_again(one: Visitor, words: Words) -> None:
    """The password chosen on the first day opens the door on the second."""
    page = one.page
    page.context.clear_cookies()
    one.go("/")
    page.wait_for_url(re.compile(r"/account/login/"))
    one.look("login")
    page.fill("[name=login]", "keeper")
    page.fill("[name=password]", PASSWORD)
    page.locator("form [type=submit], form button.btn-primary").first.click()
    expect(page.locator("[aria-current=page]").first).to_contain_text(words.today)
