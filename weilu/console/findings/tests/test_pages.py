"""The pages of findings and Today by HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from weilu.communities.models import Community
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import settle
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay, FindingRow

pytestmark = pytest.mark.django_db


def finding(workspace: Workspace) -> FindingRow:
    community = Community.objects.create(workspace=workspace, name="茶", time_zone="UTC")
    # It began long ago: a young community has an entry of its own on Today.
    CommunityDay.objects.create(
        community=community, day=19_000, messages=9, people=b"", counts=b"", hours=b""
    )
    group = Group.objects.create(
        workspace=workspace, community=community, platform="qq", name="<b>一群</b>"
    )
    return FindingRow.objects.create(
        workspace=workspace,
        group=group,
        check_code="zombie",
        severity=3,
        body={
            "enough": True,
            "next_step": "revive_or_close",
            "evidence": [
                {"key": "silent_days", "value": 40, "unit": "days"},
                {"key": "messages_per_week", "value": 0, "unit": "per_week"},
            ],
        },
        since=now(),
        computed_at=now(),
    )


def test_welcome_when_nothing_was_imported(client: Client) -> None:
    settle(client, "owner")
    page = client.get("/").content.decode()
    assert "Welcome to Weilu" in page


def test_today_shows_a_finding_and_lets_it_go(client: Client) -> None:
    row = finding(settle(client, "owner"))
    page = client.get("/").content.decode()
    assert "The group has gone quiet" in page
    assert "&lt;b&gt;一群&lt;/b&gt;" in page
    answer = client.post(f"/findings/{row.pk}/handle", {"state": "done", "next": "/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    row.refresh_from_db()
    assert row.state == "done"
    assert "The group has gone quiet" not in client.get("/").content.decode()
    assert "The group has gone quiet" not in client.get("/findings/").content.decode()
    handled = client.get("/findings/?state=handled").content.decode()
    assert "The group has gone quiet" in handled
    client.post(f"/findings/{row.pk}/handle", {"state": "open", "next": "/"})
    assert "The group has gone quiet" in client.get("/findings/").content.decode()


def test_a_finding_put_off_comes_back_when_due(client: Client) -> None:
    row = finding(settle(client, "owner"))
    client.post(f"/findings/{row.pk}/handle", {"state": "later"})
    assert "gone quiet" not in client.get("/").content.decode()
    FindingRow.objects.update(later_until=now())
    assert "gone quiet" in client.get("/").content.decode()


def test_strangers_see_and_change_nothing(client: Client) -> None:
    row = finding(settle(client, "owner"))
    settle(client, "stranger")
    assert client.post(f"/findings/{row.pk}/handle", {"state": "done"}).status_code == 404
    assert client.get(f"/findings/group/{row.group_id}/").status_code == 404
    row.refresh_from_db()
    assert row.state == "open"


def test_an_analyst_may_look_but_not_handle(client: Client) -> None:
    workspace = settle(client, "analyst", role=Role.ANALYST)
    row = finding(workspace)
    assert client.get("/findings/").status_code == 200
    assert client.post(f"/findings/{row.pk}/handle", {"state": "done"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "open"


def test_no_open_redirect(client: Client) -> None:
    row = finding(settle(client, "owner"))
    answer = client.post(
        f"/findings/{row.pk}/handle", {"state": "done", "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/findings/"


def test_today_asks_little_of_the_database(
    client: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    finding(settle(client, "owner"))
    with django_assert_max_num_queries(26):  # type: ignore[operator]  # pytest-django's fixture
        client.get("/")


def _beside(row: FindingRow, name: str, severity: int) -> FindingRow:
    """The same finding in another group of the community."""
    group = Group.objects.create(
        workspace=row.workspace, community=row.group.community, platform="qq", name=name
    )
    row.pk, row.group, row.severity = None, group, severity
    row.save()
    return row


def test_the_same_finding_in_two_groups_is_said_once(client: Client) -> None:
    row = finding(settle(client, "owner"))
    _beside(row, "Second", 2)
    page = client.get("/").content.decode()
    assert page.count("The group has gone quiet") == 1
    assert "&lt;b&gt;一群&lt;/b&gt;" in page
    assert "Second" in page
    assert page.count('value="done"') == 2
    assert "1 thing wants you today." in page


def test_what_can_wait_is_folded(client: Client) -> None:
    row = finding(settle(client, "owner"))
    FindingRow.objects.update(severity=1)
    page = client.get("/").content.decode()
    assert "Nothing is pressing. 1 thing is worth a look when there is time." in page
    assert "<details" in page
    assert f'action="/findings/{row.pk}/handle"' in page


def test_many_groups_are_counted_not_listed(client: Client) -> None:
    row = finding(settle(client, "owner"))
    for index in range(7):
        _beside(row, f"Group {index}", 3)
    page = client.get("/").content.decode()
    assert page.count('value="done"') == 5
    assert "and 3 more groups" in page


def test_a_healthy_group_is_not_accused(client: Client) -> None:
    row = finding(settle(client, "owner"))
    FindingRow.objects.update(severity=0)
    page = client.get(f"/findings/group/{row.group_id}/").content.decode()
    assert "gone quiet" not in page
    assert "Signs of life" in page


def test_a_finding_about_a_person_leads_to_the_person(client: Client) -> None:
    finding(settle(client, "owner"))
    FindingRow.objects.update(
        check_code="key_member_lost",
        body={
            "enough": True,
            "next_step": "write_to_member",
            "evidence": [{"key": "person", "value": "铁粉 & co", "unit": "person"}],
        },
    )
    assert "/members/?q=%E9%93%81%E7%B2%89+%26+co" in client.get("/").content.decode()


def test_findings_come_by_check_and_a_page_at_a_time(client: Client) -> None:
    workspace = settle(client, "owner")
    first = finding(workspace)
    community = first.group.community
    rows = []
    for at in range(60):
        group = Group.objects.create(
            workspace=workspace, community=community, platform="qq", name=f"群{at:02}"
        )
        check = "zombie" if at < 55 else "growth"
        rows.append(
            FindingRow(
                workspace=workspace,
                group=group,
                check_code=check,
                severity=2,
                body=first.body,
                since=now(),
                computed_at=now(),
            )
        )
    FindingRow.objects.bulk_create(rows)
    today = client.get("/").content.decode()
    assert "and 51 more groups" in today
    assert 'href="/findings/?check=zombie"' in today
    page = client.get("/findings/?check=zombie").content.decode()
    assert page.count('class="entry"') == 50
    assert 'href="?check=zombie&amp;page=2"' in page
    rest = client.get("/findings/?check=zombie&page=2").content.decode()
    assert rest.count('class="entry"') == 6
    assert client.get("/findings/?check=growth").content.decode().count('class="entry"') == 5
    assert "Nothing found" in client.get("/findings/?state=handled").content.decode()


def test_findings_are_chosen_by_kind_community_and_group(client: Client) -> None:
    row = finding(workspace := settle(client, "owner"))
    first = row.group
    other = Community.objects.create(workspace=workspace, name="咖啡", time_zone="UTC")
    _beside(row, "Second", 2)
    bean = Group.objects.create(workspace=workspace, community=other, platform="qq", name="豆子群")
    row.pk, row.group, row.check_code = None, bean, "questions_unanswered"
    row.save()

    def shown(query: str) -> list[str]:
        text = client.get(f"/findings/?{query}").content.decode()
        names = ("&lt;b&gt;一群&lt;/b&gt;</a>", "Second</a>", "豆子群</a>")
        return [name[:2] for name in names if name in text]

    assert shown("") == ["&l", "Se", "豆子"]
    assert shown("check=questions_unanswered") == ["豆子"]
    assert shown(f"community={first.community_id}") == ["&l", "Se"]
    assert shown(f"community={other.pk}") == ["豆子"]
    assert shown(f"group={first.pk}") == ["&l"]
    assert shown(f"check=questions_unanswered&group={first.pk}") == []
    # What is not there, or not a number, chooses nothing.
    assert shown("check=nonsense&community=x&group=999999999999999999999") == ["&l", "Se", "豆子"]
    # A group of another community gives way to the community.
    assert shown(f"community={other.pk}&group={first.pk}") == ["豆子"]
    none = client.get(f"/findings/?check=questions_unanswered&group={first.pk}").content.decode()
    assert "Nothing here asks for you." in none
    assert f"check=questions_unanswered&amp;group={first.pk}&amp;state=handled" in none


def test_the_findings_of_strangers_are_no_choice(client: Client) -> None:
    row = finding(settle(client, "owner"))
    settle(client, "stranger")
    page = client.get(f"/findings/?group={row.group_id}&community={row.group.community_id}")
    assert page.status_code == 200
    assert "一群" not in page.content.decode()


def test_the_page_of_findings_asks_little_of_the_database(
    client: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    row = finding(settle(client, "owner"))
    for index in range(7):
        _beside(row, f"Group {index}", 3)
    with django_assert_max_num_queries(14):  # type: ignore[operator]  # pytest-django's fixture
        client.get(f"/findings/?community={row.group.community_id}")
