"""A tap in the first moments of a page is done once its script is there; none goes unasked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Dialog, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import Visitor, visitor
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.core.people import create_first_link
from weilu.members.models import OwnStage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Slow:
    """A visitor whose weilu.js waits until it is let come, or is refused."""

    def __init__(self, browser: Browser, base: str) -> None:
        """A signed-in owner of an empty workspace with a community."""
        self.one: Visitor = visitor(browser, base, locale="en-GB", width=1440)
        self.page = self.one.page
        self.waiting: list[Route] = []
        self.one.go(f"/start/{create_first_link()}")
        self.workspace = Workspace.objects.get()
        self.place = Community.objects.create(
            workspace=self.workspace, name="Tea house", time_zone="Asia/Shanghai"
        )

    def arrive(self, address: str) -> None:
        """Open an address; the page is there, its script is not."""
        self.page.route("**/console/weilu*.js", self.hold)
        self.page.goto(f"{self.one.base}{address}", wait_until="commit")

    def hold(self, route: Route) -> None:
        """Keep the script until it is asked for."""
        self.waiting.append(route)

    def let_come(self) -> None:
        """Let the script come, and run."""
        self.waiting.pop().continue_()
        self.page.wait_for_load_state("load")

    def refuse(self) -> None:
        """Let the script never come."""
        self.waiting.pop().abort()
        self.page.wait_for_load_state("load")
        self.one.faults.clear()


def test_an_early_tap_copies(browser: Browser, live_server: LiveServer) -> None:
    slow = Slow(browser, live_server.url)
    page = slow.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    slow.one.go(f"/communities/{slow.place.pk}/rules/?start=shop")
    page.get_by_role("button", name="Put in force").click()
    slow.arrive(f"/communities/{slow.place.pk}/rules/")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-copy]")).to_have_attribute("aria-busy", "true")
    slow.let_come()
    expect(page.locator("#notices")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#rules-link").inner_text()
    assert not slow.one.faults, "\n".join(slow.one.faults)
    page.close()


def test_an_early_tap_is_asked(browser: Browser, live_server: LiveServer) -> None:
    slow = Slow(browser, live_server.url)
    one = OwnStage.objects.create(workspace=slow.workspace, name="Guests", colour="blue")
    slow.arrive(f"/members/stages/{one.pk}/")
    slow.page.get_by_role("button", name="Throw away").click()
    slow.let_come()
    asked = slow.page.locator("#confirm")
    expect(asked).to_contain_text("Throw away Guests")
    assert OwnStage.objects.count() == 1
    asked.locator("[data-yes]").click()
    expect(slow.page).to_have_url(f"{slow.one.base}/members/stages/")
    expect(slow.page.get_by_text("Guests")).to_have_count(0)
    assert not OwnStage.objects.exists()
    assert not slow.one.faults, "\n".join(slow.one.faults)
    slow.page.close()


def test_without_the_script_the_browser_asks(browser: Browser, live_server: LiveServer) -> None:
    slow = Slow(browser, live_server.url)
    one = OwnStage.objects.create(workspace=slow.workspace, name="Guests", colour="blue")
    questions: list[str] = []

    def no(dialog: Dialog) -> None:
        questions.append(dialog.message)
        dialog.dismiss()

    slow.page.on("dialog", no)
    slow.arrive(f"/members/stages/{one.pk}/")
    slow.page.get_by_role("button", name="Throw away").click()
    slow.refuse()
    slow.page.get_by_role("button", name="Throw away").click()
    assert len(questions) == 2
    assert all(one.startswith("Throw away Guests") for one in questions)
    assert OwnStage.objects.count() == 1
    slow.page.close()
