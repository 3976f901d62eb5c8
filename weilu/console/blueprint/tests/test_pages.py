"""Planning a community over HTTP: begin, write in any order, keep, compare, print."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from weilu.communities.blueprint.actions import begin_with, keep_plan, save_step
from weilu.communities.blueprint.queries import sheet_of
from weilu.communities.blueprint.rules.canvas import Step
from weilu.communities.blueprint.rules.fit import ALL_QUESTIONS
from weilu.communities.blueprint.starts import start_named
from weilu.communities.models import Canvas, CanvasVersion, Community, FitCheck, PlatformPlan
from weilu.console import printing
from weilu.console.blueprint.steps import MEANWHILE
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.caps import set_cap
from weilu.insight.models import CommunityDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(workspace: Workspace) -> Person:
    """店主."""
    return person(workspace, "owner", Role.OWNER)


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """A community nobody planned yet."""
    return Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")


def reading(someone: Person, language: str = "en") -> Client:
    """A browser of theirs in a language."""
    client = someone.client()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    return client


def text(client: Client, url: str, **asked: str) -> str:
    answer = client.get(url, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def begun(tea: Community, owner: Person, trade: str = "food") -> None:
    start = start_named(trade, "en")
    assert start is not None
    begin_with(owner.actor, community=tea, trade=trade, start=start.sheet, anew=True)


def test_a_new_community_begins_with_its_plan(workspace: Workspace, owner: Person) -> None:
    client = reading(owner)
    assert "Plan a new community" in text(client, "/blueprints/")
    empty = client.post("/blueprints/new/", {"name": "  "})
    assert empty.status_code == 422
    answer = client.post("/blueprints/new/", {"name": "Tea house"})
    made = Community.objects.get()
    assert answer["Location"] == f"/communities/{made.pk}/blueprint/"
    assert made.time_zone == workspace.time_zone
    page = text(client, answer["Location"])
    assert "Beauty and skin care" in page
    assert "Begin with an empty page" in page
    again = client.post("/blueprints/new/", {"name": "Tea house"})
    assert again.status_code == 422
    assert "has this name already" in again.content.decode()
    # Its own page leads to the plan before anything was said in it.
    assert f"/communities/{made.pk}/blueprint/" in text(client, f"/communities/{made.pk}/")


def test_a_trade_fills_the_sheet_in_the_readers_language(tea: Community, owner: Person) -> None:
    url = f"/communities/{tea.pk}/blueprint/"
    client = reading(owner, "zh-CN")
    assert client.post(f"{url}begin/", {"trade": "beauty"})["Location"] == url
    page = text(client, url)
    assert "少花冤枉钱" in page
    assert "9 步都写好了" in page
    assert client.post(f"{url}begin/", {"trade": "arms"}).status_code == 404
    assert "敏感肌互助会" in text(client, f"{url}step/name/")


def test_every_step_opens_and_is_saved_by_itself(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/step/"
    for step in Step:
        assert f'href="{url}{step.value}/"' in text(client, f"{url}tone/")
        assert "data-autosave" in text(client, f"{url}{step.value}/")
    answer = client.post(f"{url}theme/", {"themes": "Green tea", "go": "on"})
    assert answer["Location"] == f"{url}tone/"
    answer = client.post(f"{url}tone/", {"tone": "Dry", "voice": "Lan", "go": "stay"})
    assert answer["Location"] == f"{url}tone/"
    client.post(f"{url}values/", {"trust": "on", "how_trust": "Bad goods go back", "social": "on"})
    client.post(f"{url}type/", {"kind": "interest"})
    sheet = sheet_of(tea)
    assert (sheet.themes, sheet.tone, sheet.voice, sheet.kind) == (
        "Green tea", "Dry", "Lan", "interest",
    )  # fmt: skip
    assert sheet.promises == {"social": "", "trust": "Bad goods go back"}
    page = text(client, f"{url}values/")
    assert page.count("checked") == 2
    assert 'value="interest" checked' in text(client, f"{url}type/")
    assert client.get(f"{url}weather/").status_code == 404


def test_after_the_last_open_step_comes_the_whole(tea: Community, owner: Person) -> None:
    begun(tea, owner)
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/"
    answer = client.post(f"{url}step/tone/", {"tone": "Dry", "go": "on"})
    assert answer["Location"] == url


def test_a_script_saves_behind(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/step/audience/"
    answer = client.post(url, {"audience": "Ann", "not_for": ""}, headers={"x-behind": "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert f'name="seen" value="{answer["X-Seen"]}"' in text(client, url)
    bad = client.post(url, {"audience": "x" * 1001}, headers={"x-behind": "1"})
    assert bad.status_code == 422
    assert sheet_of(tea).audience == "Ann"


def test_what_two_write_at_once_is_lost_to_neither(
    tea: Community, owner: Person, manager: Person
) -> None:
    url = f"/communities/{tea.pk}/blueprint/step/needs/"
    client = reading(manager)
    page = text(client, url)
    seen = page.split('name="seen" value="')[1].split('"')[0]
    save_step(
        owner.actor, community=tea, step=Step.NEEDS, said={"needs": "Owner's words"}, seen=seen
    )
    answer = client.post(url, {"needs": "Manager's words", "seen": seen})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert str(MEANWHILE)[:40] in said
    assert "Owner&#x27;s words" in said
    assert "Manager&#x27;s words" in said
    assert sheet_of(tea).needs == "Owner's words"
    fresh = said.split('name="seen" value="')[1].split('"')[0]
    assert client.post(url, {"needs": "Manager's words", "seen": fresh}).status_code == 302
    assert sheet_of(tea).needs == "Manager's words"


def test_errors_stand_at_the_field(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/step/"
    answer = client.post(f"{url}theme/", {"themes": "\n".join("abcdefghijklm")})
    assert answer.status_code == 422
    assert "At most twelve themes" in answer.content.decode()
    Community.objects.create(workspace=tea.workspace, name="Taken", time_zone="UTC")
    answer = client.post(f"{url}name/", {"name": "Taken"})
    assert "has this name already" in answer.content.decode()
    assert "needs a name" in client.post(f"{url}name/", {"name": ""}).content.decode()
    assert client.post(f"{url}type/", {"kind": "sect"}).status_code == 422


def test_versions_are_kept_and_seen_beside_each_other(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/"
    assert client.post(f"{url}keep/", {"note": "x"}).status_code == 302
    assert not CanvasVersion.objects.exists()
    assert "No version yet" in text(client, f"{url}versions/")
    begun(tea, owner)
    client.post(f"{url}keep/", {"note": "Spring"})
    assert "Version 1 has been in force since" in text(client, url)
    assert "This is our plan from today" not in text(client, url)
    client.post(f"{url}step/tone/", {"tone": "Dry as paper", "voice": "Lan"})
    page = text(client, url)
    assert "Changed since: Who speaks for it, How it speaks" in page
    assert "This is our plan from today" in page
    page = text(client, f"{url}versions/", a="1", b="now")
    assert "2 differences." in page
    assert "Dry as paper" in page
    assert "Spring" in page
    assert "Nothing differs." in text(client, f"{url}versions/", a="now", b="now")
    assert "2 differences." in text(client, f"{url}versions/", a="99", b="drop")


def test_one_goes_back_to_a_version_and_loses_nothing(tea: Community, owner: Person) -> None:
    begun(tea, owner)
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/"
    keep_plan(owner.actor, community=tea, note="first")
    first = sheet_of(tea)
    client.post(f"{url}step/tone/", {"tone": "Dry as paper", "themes": "", "voice": "Ann"})
    page = text(client, f"{url}versions/")
    assert "versions/1/back/" in page
    assert client.post(f"{url}versions/9/back/").status_code == 404
    assert client.post(f"{url}versions/1/back/").status_code == 302
    assert sheet_of(tea) == first
    notes = list(CanvasVersion.objects.order_by("version").values_list("version", "sheet__tone"))
    assert notes == [(1, first.tone), (2, "Dry as paper"), (3, first.tone)]
    page = text(client, f"{url}versions/")
    assert "The plan is version 1 again, as version 3." in page
    assert "Changed: " in page
    assert "2 differences." in page, "newest against the one before when nothing was written since"
    assert "versions/1/back/" not in page, "it would change nothing"
    client.post(f"{url}versions/1/back/")
    assert CanvasVersion.objects.count() == 3


def test_the_plan_fits_on_paper(tea: Community, owner: Person) -> None:
    begun(tea, owner)
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/"
    page = text(client, f"{url}paper/")
    assert "New dishes: " not in page
    assert "New dishes (dish, taste, menu)" in page
    made = client.get(f"{url}plan.pdf")
    assert made["Content-Type"] == "application/pdf"
    assert made.content.startswith(b"%PDF")


def test_without_the_library_the_page_is_printed(
    tea: Community, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "as_pdf", lambda *_: None)
    monkeypatch.setattr("weilu.console.blueprint.paper.as_pdf", lambda *_: None)
    answer = reading(owner).get(f"/communities/{tea.pk}/blueprint/plan.pdf")
    assert answer["Location"] == f"/communities/{tea.pk}/blueprint/paper/"


def test_others_read_and_write_nothing(
    tea: Community, owner: Person, operator: Person, stranger: Person
) -> None:
    begun(tea, owner)
    keep_plan(owner.actor, community=tea)
    before = Canvas.objects.values().get()
    url = f"/communities/{tea.pk}/blueprint/"
    analyst = person(tea.workspace, "ana", Role.ANALYST)
    for someone, status in ((operator, 403), (analyst, 403), (stranger, 404)):
        client = reading(someone)
        for way, form in (
            ("step/tone/", {"tone": "Mine"}),
            ("begin/", {"trade": "beauty", "anew": "1"}),
            ("versions/1/back/", {}),
            ("keep/", {"note": "Mine"}),
        ):
            assert client.post(url + way, form).status_code == status
    page = text(reading(analyst), f"{url}step/tone/")
    assert "<textarea" not in page
    assert "Warm, honest, a little funny" in page
    assert "This is our plan from today" not in text(reading(operator), url)
    assert reading(operator).get("/blueprints/new/").status_code == 403
    assert Canvas.objects.values().get() == before
    assert CanvasVersion.objects.count() == 1


def test_lists_cost_the_same_for_many(
    workspace: Workspace, owner: Person, django_assert_max_num_queries: object
) -> None:
    for n in range(30):
        Community.objects.create(workspace=workspace, name=f"Tea {n}", time_zone="UTC")
    client = reading(owner)
    client.get("/blueprints/")
    with django_assert_max_num_queries(22):  # type: ignore[operator]  # pytest-django's fixture
        assert "0 of 30 communities have a plan" in text(client, "/blueprints/")


def answers(points: int) -> dict[str, str]:
    return dict.fromkeys(ALL_QUESTIONS, str(points))


def test_a_product_is_judged_with_the_working_shown(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/fit/"
    assert text(client, url).count('type="radio"') == 36
    assert client.post(url, answers(0))["Location"] == url
    page = text(client, url)
    assert "Do not build a community for this product." in page
    assert "Serve them one by one, in private" in page
    assert page.count("not met") == 3
    assert "They would rather nobody knew" in page
    assert "steps to the launch" not in page, "who is told not to build is not led on"
    client.post(url, answers(3))
    page = text(client, url)
    assert "steps to the launch" in page
    assert "A community suits this product." in page
    assert "Do this instead" not in page
    assert "27 of 27 points" in text(client, f"/communities/{tea.pk}/blueprint/")


def test_half_answers_are_given_back(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/fit/"
    answer = client.post(url, {"meet": "2", "show": "7", "often": "drop"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("Please choose an answer.") == 8
    assert 'name="meet" value="2" checked' in page
    assert not FitCheck.objects.exists()


def test_the_fit_is_for_owners_and_managers(
    tea: Community, operator: Person, stranger: Person
) -> None:
    url = f"/communities/{tea.pk}/blueprint/fit/"
    assert "Nobody answered the questions yet" in text(reading(operator), url)
    assert reading(operator).post(url, answers(2)).status_code == 403
    assert reading(stranger).post(url, answers(2)).status_code == 404
    assert not FitCheck.objects.exists()


WISHES = {
    "where": ["wechat"], "size": "1200", "must": ["greet", "post"], "openness": "private",
    "fee_yuan": "0", "hours": "6",
}  # fmt: skip


def test_platforms_are_ranked_with_their_reasons(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/platform/"
    assert "Weigh the platforms" in text(client, url)
    assert client.post(url, WISHES)["Location"] == url
    page = text(client, url)
    assert page.count('<article class="card ranked"') == 13
    assert page.index('id="wecom"') < page.index('id="wechat"')
    assert page.index('id="wechat"') < page.index("Where your customers are not")
    assert page.index("Where your customers are not") < page.index('id="qq"')
    assert page.index('id="qq"') < page.index('id="discord"'), "equals: what opens at home first"
    assert "A group holds 500 people, so you need 3 groups" in page
    assert "Send 5 posts a week into 3 groups by hand, 3 minutes each" in page
    assert "Confirm 5 posts a week" in page
    assert "developer.work.weixin.qq.com/document/path/92135" in page
    assert "Put up a new group code every 7 days" in page
    client.post(url, {"choose": "wecom"})
    assert PlatformPlan.objects.get().chosen == "wecom"
    page = text(client, url)
    assert "You chose WeCom" in page
    assert "It is to live on WeCom." in text(client, f"/communities/{tea.pk}/blueprint/")
    client.post(url, {"choose": ""})
    assert PlatformPlan.objects.get().chosen == ""
    assert client.post(url, {"choose": "pigeon"}).status_code == 422


def test_a_workspaces_own_cap_is_what_counts(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/platform/"
    set_cap(owner.actor, platform="wechat", people=100, as_of=date(2026, 1, 1))
    client.post(url, WISHES)
    page = text(client, url)
    assert "A group holds 100 people, so you need 12 groups (your own figure)" in page


def test_answers_that_cannot_be_are_given_back(tea: Community, owner: Person) -> None:
    client, url = reading(owner), f"/communities/{tea.pk}/blueprint/platform/"
    answer = client.post(url, {**WISHES, "size": "0", "where": ["moon"]})
    assert answer.status_code == 422
    assert 'value="post" id="id_must_1" checked' in answer.content.decode()
    assert not PlatformPlan.objects.exists()


def test_the_platform_is_for_owners_and_managers(
    tea: Community, owner: Person, operator: Person, stranger: Person
) -> None:
    url = f"/communities/{tea.pk}/blueprint/platform/"
    for form in (WISHES, {"choose": "qq"}):
        assert reading(operator).post(url, form).status_code == 403
        assert reading(stranger).post(url, form).status_code == 404
    reading(owner).post(url, WISHES)
    page = text(reading(operator), url)
    assert 'id="wecom"' in page
    assert "Choose WeCom" not in page


def test_other_pages_refer_to_the_plan(tea: Community, owner: Person, operator: Person) -> None:
    assert "Say what this community is for" in text(reading(owner), f"/communities/{tea.pk}/")
    said = {"tone": "Dry as paper", "voice": "Lan of the shop"}
    save_step(owner.actor, community=tea, step=Step.TONE, said=said, seen="")
    for url in ("/outbox/say/", f"/communities/{tea.pk}/welcome/"):
        page = text(reading(operator), url)
        assert "You speak as Lan of the shop. Dry as paper" in page
    begun(tea, owner)
    assert "People nearby who love food" in text(reading(operator), f"/communities/{tea.pk}/")


def test_today_recalls_a_plan_that_is_half_written(
    tea: Community, owner: Person, operator: Person
) -> None:
    # It began long ago; one that has not begun has its whole checklist on Today.
    CommunityDay.objects.create(
        community=tea, day=19_000, messages=9, people=b"", counts=b"", hours=b""
    )
    assert "half written" not in text(reading(owner), "/")
    save_step(owner.actor, community=tea, step=Step.TONE, said={"tone": "Dry"}, seen="")
    page = text(reading(owner), "/")
    assert "The plan of Tea is half written" in page
    assert "2 of 9 steps are written." in page
    assert "half written" not in text(reading(operator), "/")
    Canvas.objects.update(changed_at=now() - timedelta(days=15))
    assert "half written" not in text(reading(owner), "/")


def test_who_has_no_groups_is_shown_the_plan_first(owner: Person, operator: Person) -> None:
    assert "Begin with a plan" in text(reading(owner), "/")
    assert "Begin with a plan" not in text(reading(operator), "/")
