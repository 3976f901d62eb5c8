"""Pages about members, plans, groups and join links, each with something on it.

On a phone, in the dark, in Chinese: nothing is wider than the window or tiring to scroll, no script
complains, and axe finds no grave fault. The stories look at the same pages by day.
"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import visitor
from tests.test_stranger import addresses, filled, house  # noqa: F401 - a fixture
from weilu.communities.models import Community
from weilu.core.tests.cast import Person
from weilu.groups.models import Group, JoinAsk, JoinLink
from weilu.members.models import Field, Member, Tag, TagGroup

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Nobody scrolls further on a phone than six screens.
LONGEST = 5000
PAGES = (
    "members_same", "members_tags", "members_tag", "members_tag_group", "members_segments",
    "members_segment_edit", "members_goodwill", "members_circles", "members_circle", "members_like",
    "members_stages", "members_company", "members_customers", "members_customers_look",
    "members_prizes", "members_koc", "member_caused", "members_fields", "members_field", "member",
    "member_messages", "members_many", "blueprints", "blueprint", "blueprint_versions",
    "blueprint_fit", "blueprint_platform", "blueprint_step", "community_structure", "post",
    "community_seeds", "community_seeds_find", "community_kit", "community_launch",
    "community_capacity", "community_caps", "group_life", "join_links", "join_link_new",
    "join_link", "join_link_to", "join_link_target", "join_link_poster", "join_link_sheet",
    "community_groups", "community_settings", "community_welcome",
)  # fmt: skip


def test_pages_fit_a_phone_in_the_dark(
    browser: Browser,
    live_server: LiveServer,
    house: dict[str, int],  # noqa: F811 - the fixture
    owner: Person,
) -> None:
    one = visitor(browser, live_server.url, locale="zh-CN", width=360)
    one.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    cookie = owner.client().cookies[settings.SESSION_COOKIE_NAME]
    one.page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
    )
    wanted = dict(addresses())
    assert set(PAGES) <= set(wanted)
    for name in PAGES:
        one.go(filled(name, wanted[name], house))
        one.look(name, is_whole=True)
        if (height := one.height()) > LONGEST:
            one.faults.append(f"{name}: {height} px long")
    assert not one.faults, "\n".join(one.faults)
    one.page.close()


# Where a name of one long word once pushed the page wider than a phone.
NAMED = (
    "groups", "community_groups", "community_report", "blueprint_paper", "join_link_sheet",
    "members_tag", "members_tag_group", "members_field", "moderation_log", "outbox_say",
    "outbox_row", "tasks", "join_asks", "members", "member", "today",
)  # fmt: skip


def test_long_names_break(
    browser: Browser,
    live_server: LiveServer,
    house: dict[str, int],  # noqa: F811 - the fixture
    owner: Person,
) -> None:
    word = "קבוצה " + "Teahouse" * 12
    for model in (Group, Member, Tag, TagGroup, Field, Community, JoinAsk):
        longest = model._meta.get_field("name").max_length
        model._default_manager.update(name=word[:longest])
    one = visitor(browser, live_server.url, locale="zh-CN", width=360)
    one.is_strict = False
    cookie = owner.client().cookies[settings.SESSION_COOKIE_NAME]
    one.page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
    )
    wanted = dict(addresses())
    way_in = reverse("join", args=[JoinLink.objects.get(pk=house["join_link"]).code])
    for url in [way_in, *(filled(name, wanted[name], house) for name in NAMED)]:
        one.go(url)
        one.look(url, is_whole=True)
    assert not one.faults, "\n".join(one.faults)
    one.page.close()
