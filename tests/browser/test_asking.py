"""What cannot be undone is asked first, and then done."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import visitor
from weilu.core.access import Role
from weilu.core.models import Seat
from weilu.core.people import create_first_link, home_workspace
from weilu.core.tests.cast import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_somebody_is_taken_out_after_a_yes_and_not_after_a_no(
    browser: Browser, live_server: LiveServer
) -> None:
    one = visitor(browser, live_server.url, locale="en-GB", width=1440)
    page = one.page
    one.go(f"/start/{create_first_link()}")
    person(home_workspace(), "li", Role.ANALYST)
    one.go("/settings/people")
    take_out = page.get_by_role("button", name="Take out")
    take_out.click()
    page.locator("dialog[open] [data-no]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert Seat.objects.count() == 2
    take_out.click()
    page.locator("dialog[open] [data-yes]").click()
    expect(take_out).to_have_count(0)
    assert Seat.objects.count() == 1
    assert not one.faults, "\n".join(one.faults)
    page.close()
