"""The community pages by HTTP: the same numbers as by hand, in both languages."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.db import connection
from django.http import FileResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from weilu.communities.models import Community
from weilu.console.communities.registry import PARTS
from weilu.console.communities.rows import ROWS
from weilu.console.communities.words import who_spoke
from weilu.console.conftest import seated, signed_in
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Job, LogRow, User, Workspace
from weilu.events.communities import ZoneChanged
from weilu.groups.models import Group, JoinLink, Scan
from weilu.insight.pages.tests.story import HOSTILE, STORY, tell, tell_items
from weilu.insight.reactions import follow_zone
from weilu.members.models import Member

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
# Statements of the page itself, beside session, person, seats, the frame's list and its dot.
FRAME = 5
OF_THE_PAGE = 6


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    return tell(workspace)


@pytest.fixture
def browser(owner: User) -> Client:
    return signed_in(owner)


def text_of(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers or None)
    assert answer.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_community_without_talk_shows_what_there_is(
    browser: Client, workspace: Workspace, owner: User
) -> None:
    made = Community.objects.create(workspace=workspace, name="Planned", time_zone="UTC")
    url = f"/communities/{made.pk}/"
    page = text_of(browser, url)
    assert "No group yet: this is what is prepared." in page
    assert "0 of 10 steps to the launch are done." in page
    assert "People there" not in page, "there is nothing to tell"
    for n in (1, 2):
        Group.objects.create(
            workspace=workspace, community=made, platform="wechat", name=f"Hall {n}"
        )
    made_link = JoinLink.objects.create(
        workspace=workspace,
        community=made,
        name="Till",
        code="abcdefgh",
        source="store",
        created_at=now(),
    )
    Scan.objects.create(link=made_link, visitor="v", at=now())
    page = text_of(browser, url)
    assert "2 groups, and none of their talk is here yet." in page
    assert "1 · in half a year, by 1 link" in page
    assert page.count("WeChat, by hand") == 2
    assert "Preparing" in page
    assert "Tasks by hand 0 · nothing waits for you" in page
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for n in range(3, 9):
        Group.objects.create(
            workspace=workspace, community=made, platform="wechat", name=f"Hall {n}"
        )
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(many) == len(few)


def test_a_share_says_whether_some_are_gone() -> None:
    assert who_spoke(0.5, 10, 20).replace("\u00a0", " ") == "50 % of those there"
    assert who_spoke(0.7, 445, 352).replace("\u00a0", " ") == "70 % of those there or gone since"
    assert who_spoke(None, 10, None) == ""


def test_page_says_what_it_knows(browser: Client, tea: Community) -> None:
    text = text_of(browser, f"/communities/{tea.pk}/")
    assert (
        "4 Mar – 31 Mar 2024: 3 people wrote 5 messages. Compared with the same time before" in text
    )
    assert "1 of them silent" in text
    assert "2 came, 1 left" in text
    assert "75 % of those there" in text
    assert "The liveliest day was 5 Mar with 2 messages" in text


def test_days_before_the_history_begins_do_not_count(browser: Client, workspace: Workspace) -> None:
    young = tell_items(workspace, STORY[:1], "Young")
    page = browser.get(f"/communities/{young.pk}/section/trend/").content.decode()
    assert "On a usual day 1 person speaks" in page
    # One day in two charts, though four weeks were asked for.
    assert page.count("/rows/messages/") == 2


def test_page_costs_few_statements(browser: Client, tea: Community) -> None:
    with CaptureQueriesContext(connection) as asked:
        text_of(browser, f"/communities/{tea.pk}/")
    assert len(asked) == FRAME + OF_THE_PAGE


def test_page_costs_the_same_for_a_year(browser: Client, tea: Community) -> None:
    with CaptureQueriesContext(connection) as asked:
        text_of(browser, f"/communities/{tea.pk}/?period=365")
    assert len(asked) == FRAME + OF_THE_PAGE


def test_every_part_answers_with_and_without_htmx(browser: Client, tea: Community) -> None:
    # One story for all of them: telling it costs more than asking for every part.
    for name, query in product(PARTS, ("", "?staff=0", "?bots=1", "?period=all", "?period=7")):
        url = f"/communities/{tea.pk}/section/{name}/{query}"
        whole = browser.get(url).content.decode()
        alone = browser.get(url, headers=HTMX).content.decode()
        assert "<main" in whole, url
        assert f'id="part-{name}"' in whole, url
        assert "<main" not in alone, url
        # What goes into the <details> that stands there already.
        assert alone.lstrip().startswith('<summary class="part-top">'), url
        assert f'id="part-{name}"' in alone, url


def test_part_nobody_knows_is_not_found(browser: Client, tea: Community) -> None:
    assert browser.get(f"/communities/{tea.pk}/section/weather/").status_code == 404
    assert browser.get(f"/communities/{tea.pk}/rows/weather/").status_code == 404


def test_bots_and_staff_change_the_page(browser: Client, tea: Community) -> None:
    Member.objects.filter(name="Ada").update(is_staff=True)
    base = f"/communities/{tea.pk}/"
    assert "4 people wrote 8 messages" in text_of(browser, f"{base}?bots=1")
    assert "2 people wrote 3 messages" in text_of(browser, f"{base}?staff=0")


def test_own_dates_are_kept_within_what_is_known(browser: Client, tea: Community) -> None:
    text = text_of(browser, f"/communities/{tea.pk}/?period=own&from=0001-01-01&to=9999-12-31")
    assert "1 Feb – 31 Mar 2024: 4 people wrote 9 messages." in text


def test_names_cannot_break_out(browser: Client, tea: Community) -> None:
    for url in (
        f"/communities/{tea.pk}/section/carriers/",
        f"/communities/{tea.pk}/rows/speakers/",
        f"/communities/{tea.pk}/report/",
        f"/communities/{tea.pk}/groups/",
    ):
        page = browser.get(url).content.decode()
        assert HOSTILE not in page, url
        assert "Tea <1>" not in page, url


ROWS_EXPECTED = {
    "speakers": 3,
    "messages": 5,
    "newcomers": 2,
    "returned": 1,
    "joins": 2,
    "leaves": 1,
    "questions": 1,
    "links": 1,
}


def test_rows_are_as_many_as_the_number_says(browser: Client, tea: Community) -> None:
    for name, count in ROWS_EXPECTED.items():
        page = browser.get(f"/communities/{tea.pk}/rows/{name}/").content.decode()
        assert page.count('<th scope="row"') == count, name
        assert re.search(rf'list-count">\s*{count} rows?<', page), name


def test_every_list_has_a_page_and_a_spreadsheet(browser: Client, tea: Community) -> None:
    for name in ROWS.keys() - {"pair"}:
        url = f"/communities/{tea.pk}/rows/{name}/"
        assert browser.get(url).status_code == 200
        file = browser.get(f"{url}?format=xlsx")
        assert isinstance(file, FileResponse)
        assert b"".join(file.streaming_content).startswith(b"PK")
        for column in ("name", "-at", "messages", "-spoke_ms", "seen_ms", "times"):
            assert browser.get(f"{url}?sort={column}").status_code == 200


def test_rows_of_a_day_a_cell_and_a_pair(browser: Client, tea: Community) -> None:
    base = f"/communities/{tea.pk}/rows"
    ids = dict(Member.objects.values_list("name", "pk"))
    day = browser.get(f"{base}/messages/?day=2024-03-05").content.decode()
    cell = browser.get(f"{base}/messages/?weekday=1&hour=20").content.decode()
    pair = text_of(
        browser,
        f"{base}/pair/?answering={ids['Ada']}&answered={ids['Cleo']}"
        "&period=own&from=2024-03-04&to=2024-03-07",
    )
    assert day.count('<th scope="row"') == 2
    assert cell.count('<th scope="row"') == 5
    assert "With hot water" in pair
    assert "Ada answers Cleo" in pair
    assert browser.get(f"{base}/pair/?answering=x&answered=1").status_code == 404


def test_open_and_answered_questions(browser: Client, tea: Community) -> None:
    base = f"/communities/{tea.pk}/rows/questions/"
    assert "How do I brew this tea?" in text_of(browser, f"{base}?state=answered")
    assert "How do I brew this tea?" not in text_of(browser, f"{base}?state=open")


def test_silent_and_present(browser: Client, tea: Community) -> None:
    base = f"/communities/{tea.pk}/rows"
    for kind, count, words in (("silent", 1, "1 row"), ("present", 4, "4 rows")):
        page = browser.get(f"{base}/{kind}/").content.decode()
        assert page.count('<th scope="row"') == count
        assert f'<p class="list-count">{words}</p>' in page


def test_groups_side_by_side(browser: Client, tea: Community) -> None:
    for column in ("present", "-speakers", "active_share", "change", "median_s", "life", "name"):
        page = browser.get(f"/communities/{tea.pk}/groups/?sort={column}").content.decode()
        assert page.count('<th scope="row"') == 1
    text = text_of(browser, f"/communities/{tea.pk}/groups/")
    assert "1 group, 4 Mar – 31 Mar 2024." in text
    assert browser.get("/groups/").headers["Location"] == f"/communities/{tea.pk}/groups/"


def test_one_community_is_opened_at_once(browser: Client, tea: Community) -> None:
    assert browser.get("/communities/").headers["Location"] == f"/communities/{tea.pk}/"
    Community.objects.create(workspace=tea.workspace, name="Coffee", time_zone="UTC")
    assert "You run 2 communities." in text_of(browser, "/communities/")


def test_stranger_of_another_workspace_learns_nothing(tea: Community) -> None:
    other = Workspace.objects.create(name="Elsewhere")
    stranger = signed_in(seated(other, Role.OWNER))
    group = Group.objects.get()
    for url in (
        "",
        "section/trend/",
        "rows/speakers/",
        "groups/",
        "numbers.xlsx",
        "report/",
        "report.pdf",
        "settings/",
    ):
        assert stranger.get(f"/communities/{tea.pk}/{url}").status_code == 404, url
    assert stranger.post(f"/groups/{group.pk}/rename/", {"name": "Mine"}).status_code == 404
    assert Group.objects.get().name == "Tea <1>"


def test_empty_community_and_no_community(browser: Client, workspace: Workspace) -> None:
    assert "There is no community yet." in text_of(browser, "/communities/")
    empty = Community.objects.create(workspace=workspace, name="Empty", time_zone="UTC")
    assert "No group yet: this is what is prepared." in text_of(
        browser, f"/communities/{empty.pk}/"
    )
    for url in ("section/trend/", "numbers.xlsx", "report/", "report.pdf"):
        answer = browser.get(f"/communities/{empty.pk}/{url}")
        assert answer.headers["Location"] == f"/communities/{empty.pk}/"
    assert browser.get(f"/communities/{empty.pk}/groups/").status_code == 200
    assert browser.get(f"/communities/{empty.pk}/rows/speakers/").status_code == 404


def test_community_of_one_day(browser: Client, workspace: Workspace) -> None:
    young = tell_items(workspace, STORY[:1], "Young")
    text = text_of(browser, f"/communities/{young.pk}/")
    assert "1 person wrote 1 message. There is no full period before" in text
    for name in PARTS:
        assert "Not enough data" in text_of(
            browser, f"/communities/{young.pk}/section/{name}/"
        ) or name in {
            "trend",
            "hours",
            "life",
            "questions",
            "silent",
            "links",
            "promotion",
        }


def test_page_speaks_chinese(tea: Community, owner: User) -> None:
    client = signed_in(owner)
    page = text_of(client, f"/communities/{tea.pk}/", **{"accept-language": "zh-hans"})
    assert "2024 年 3 月 4 日 – 3 月 31 日，3 人说了 5 条消息。" in page
    for name in PARTS:
        url = f"/communities/{tea.pk}/section/{name}/"
        assert client.get(url, headers={"accept-language": "zh-hans"}).status_code == 200


def test_rename_community_and_group(browser: Client, tea: Community) -> None:
    group = Group.objects.get()
    url = f"/communities/{tea.pk}/settings/"
    assert "Asia/Shanghai" in text_of(browser, url)
    assert browser.post(url, {"name": " Tea house "}).status_code == 302
    tea.refresh_from_db()
    assert tea.name == "Tea house"
    assert browser.post(f"/groups/{group.pk}/rename/", {"name": "First"}).status_code == 302
    assert Group.objects.get().name == "First"


def test_another_clock_has_everything_counted_anew(browser: Client, tea: Community) -> None:
    url = f"/communities/{tea.pk}/settings/"
    data = {"name": "Tea", "time_zone": "Europe/Berlin", "product_words": "白茶\n\n 白茶 \n岩茶"}
    answer = browser.post(url, data, follow=True)
    assert "Every number is being counted anew." in answer.content.decode()
    tea.refresh_from_db()
    assert (tea.time_zone, tea.product_words) == ("Europe/Berlin", "白茶\n岩茶")
    event = ZoneChanged(workspace_id=tea.workspace_id, community_id=tea.pk)
    follow_zone([event])
    follow_zone([event])
    assert Job.objects.filter(name="recount_community", key=str(tea.pk)).count() == 1
    again = browser.post(url, data, follow=True).content.decode()
    assert "counted anew" not in again.split("<main")[1].split("<form")[0]
    assert LogRow.objects.filter(name="ZoneChanged").count() == 1
    assert browser.post(url, {**data, "time_zone": "Mars/Base"}).status_code == 200
    tea.refresh_from_db()
    assert tea.time_zone == "Europe/Berlin"


def test_names_must_be_there_and_free(browser: Client, tea: Community) -> None:
    Community.objects.create(workspace=tea.workspace, name="Coffee", time_zone="UTC")
    url = f"/communities/{tea.pk}/settings/"
    answer = browser.post(url, {"name": "Coffee"})
    assert answer.status_code == 422
    assert "Another community has this name already." in answer.content.decode()
    assert browser.post(url, {"name": " "}).status_code in {200, 422}
    tea.refresh_from_db()
    assert tea.name == "Tea"


def test_analyst_may_look_and_not_rename(tea: Community, analyst: User) -> None:
    client = signed_in(analyst)
    assert client.get(f"/communities/{tea.pk}/").status_code == 200
    assert client.post(f"/communities/{tea.pk}/settings/", {"name": "Mine"}).status_code == 403
    tea.refresh_from_db()
    assert tea.name == "Tea"
