"""Planning in a real browser: what is written is never lost, with scripts, offline and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import Visitor, visitor
from weilu.communities.blueprint.queries import sheet_of
from weilu.communities.models import Community
from weilu.core.people import create_first_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_plan_from_the_trade_to_the_platform(browser: Browser, live_server: LiveServer) -> None:
    one = visitor(browser, live_server.url, locale="zh-CN", width=360)
    page = one.page
    one.go(f"/start/{create_first_link()}")
    one.go("/blueprints/new/")
    one.look("new")
    page.fill("[name=name]", "Tea house")
    page.locator("main .btn-primary").click()
    page.wait_for_url("**/blueprint/")
    one.look("nothing written")
    page.click(".trade[value=food]")
    expect(page.locator(".keep")).to_be_visible()
    one.look("filled")
    tea = Community.objects.get()
    base = f"/communities/{tea.pk}/blueprint"
    write(one, base, tea)
    page.goto(f"{live_server.url}{base}/")
    page.locator(".keep .btn").click()
    one.go(f"{base}/step/tone/")
    page.fill("[name=tone]", "Dry as paper")
    page.locator("button[value=on]").click()
    page.wait_for_url("**/blueprint/")
    one.go(f"{base}/versions/")
    expect(page.locator(".is-other")).to_have_count(1)
    one.look("versions")
    judge(one, base)
    choose(one, base)
    assert not one.faults, "\n".join(one.faults)
    page.close()


def write(one: Visitor, base: str, tea: Community) -> None:
    """Saved while one writes, when one leaves at once, and once the line is back."""
    page = one.page
    one.go(f"{base}/step/audience/")
    one.look("a step")
    page.fill("[name=audience]", "Neighbours")
    saved = page.locator(".saved").get_attribute("data-saved") or "?"
    expect(page.locator(".saved")).to_have_text(saved)
    assert sheet_of(tea).audience == "Neighbours"
    page.fill("[name=audience]", "Neighbours who brew")
    page.locator(".stops a").first.click()
    page.wait_for_url("**/step/positioning/")
    expect(page.locator("[name=purpose]")).not_to_be_empty()
    one.go(f"{base}/step/audience/")
    expect(page.locator("[name=audience]")).to_have_value("Neighbours who brew")
    page.context.set_offline(True)
    page.fill("[name=audience]", "Neighbours who brew at home")
    expect(page.locator(".saved.is-bad")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".saved.is-bad")).not_to_be_visible(timeout=15_000)
    expect(page.locator(".saved")).to_have_text(saved)
    assert sheet_of(tea).audience == "Neighbours who brew at home"
    come_back(page, f"{one.base}{base}/step/audience/")
    assert sheet_of(tea).audience == "Neighbours, and their guests"
    # The browser itself complains of the line that was cut.
    one.faults = [fault for fault in one.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def come_back(page: Page, address: str) -> None:
    """A page that is shut without a line loses nothing: its next opening puts back and saves."""
    assert page.context.browser
    device = page.context.browser.new_context(storage_state=page.context.storage_state())
    shut = device.new_page()
    shut.goto(address)
    device.set_offline(True)
    shut.fill("[name=audience]", "Neighbours, and their guests")
    expect(shut.locator(".saved.is-bad")).to_be_visible()
    shut.close()
    device.set_offline(False)
    later = device.new_page()
    later.goto(address)
    expect(later.locator("[name=audience]")).to_have_value("Neighbours, and their guests")
    expect(later.locator(".saved")).to_have_text(
        later.locator(".saved").get_attribute("data-saved") or "?"
    )
    device.close()


def judge(one: Visitor, base: str) -> None:
    """Nine answers, and the working."""
    page = one.page
    one.go(f"{base}/fit/")
    one.look("questions")
    for question in page.locator(".question").all():
        question.locator("input").first.check()
    page.locator("main form .btn-primary").click()
    expect(page.locator(".verdict.tone-bad")).to_be_visible()
    one.look("verdict")


def choose(one: Visitor, base: str) -> None:
    """Six answers, the ranking, the choice."""
    page = one.page
    one.go(f"{base}/platform/")
    one.look("wishes")
    page.locator(".wishes .btn-primary").click()
    expect(page.locator(".ranked")).to_have_count(13)
    page.locator(".ranked summary").first.click()
    one.look("ranking")
    page.locator(".ranked .btn-primary").click()
    expect(page.locator(".ranked .badge.tone-good, .ranked h2 .badge")).not_to_have_count(0)
    one.go(f"{base}/paper/")
    one.look("paper")


def test_without_scripts_each_step_is_saved_by_its_button(
    browser: Browser, live_server: LiveServer
) -> None:
    tea = visitor(browser, live_server.url, locale="en-GB", width=1024)
    tea.go(f"/start/{create_first_link()}")
    state = tea.page.context.storage_state()
    context = browser.new_context(storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/blueprints/new/")
    page.fill("[name=name]", "Tea house")
    page.locator("main .btn-primary").click()
    community = Community.objects.get()
    page.goto(f"{live_server.url}/communities/{community.pk}/blueprint/step/values/")
    page.check("[name=trust]")
    page.fill("[name=how_trust]", "Bad goods go back")
    page.locator("button[value=on]").click()
    page.wait_for_url("**/step/type/")
    assert sheet_of(community).promises == {"trust": "Bad goods go back"}
    context.close()
    tea.page.close()
