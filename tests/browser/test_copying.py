"""Texts are copied in one tap, also where the browser keeps its clipboard from unsafe addresses."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import visitor
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.core.people import create_first_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AS_IN_A_NETWORK_OF_ONES_OWN = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"


@pytest.mark.parametrize("is_safe", [True, False])
def test_a_tap_copies(browser: Browser, live_server: LiveServer, *, is_safe: bool) -> None:
    one = visitor(browser, live_server.url, locale="en-GB", width=360)
    page = one.page
    if is_safe:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        page.add_init_script(AS_IN_A_NETWORK_OF_ONES_OWN)
    one.go(f"/start/{create_first_link()}")
    place = Community.objects.create(
        workspace=Workspace.objects.get(), name="Tea house", time_zone="Asia/Shanghai"
    )
    one.go(f"/communities/{place.pk}/rules/?start=shop")
    page.get_by_role("button", name="Put in force").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#notices")).to_contain_text("Copied")
    page.locator("textarea").first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+v")
    pasted = page.locator("textarea").first.input_value()
    assert pasted == page.locator("#rules-link").inner_text()
    assert not one.faults, "\n".join(one.faults)
    page.close()
