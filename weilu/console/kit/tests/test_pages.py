"""The starter kit and the checklist over HTTP: from nothing to ready."""

from __future__ import annotations

import pytest

from weilu.chat.models import Outgoing
from weilu.communities.blueprint.starts import start_named
from weilu.communities.kit.drafts import Piece
from weilu.communities.kit.models import KitPiece
from weilu.communities.models import Canvas, Community, FitCheck, PlatformPlan, Rules
from weilu.console.kit.words import BUTTONS, TITLES, WHY, page_of
from weilu.core.access import Actor
from weilu.core.access import Role as Seat
from weilu.core.clock import now
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.models import Group, JoinLink
from weilu.insight.launch import Item, launches, young
from weilu.insight.models import CommunityDay
from weilu.insight.pages.look import number_of
from weilu.members.models import Identity, Member
from weilu.service.models import Greeting
from weilu.team.models import Seed
from weilu.team.rules.structure import NEEDED
from weilu.team.structure import PostWords, save_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """A community with nothing but a name."""
    return Community.objects.create(workspace=workspace, name="Tea", time_zone="Asia/Shanghai")


@pytest.fixture
def group(tea: Community) -> Group:
    """Its group, by hand."""
    return Group.objects.create(
        workspace=tea.workspace, community=tea, platform="wechat", name="Unnamed"
    )


def typed(**more: str) -> dict[str, str]:
    first = {piece.value: f"words of {piece}" for piece in Piece}
    return first | more


def test_each_piece_is_put_where_it_belongs(tea: Community, group: Group, operator: Person) -> None:
    client, url = operator.client(), f"/communities/{tea.pk}/kit/"
    assert "Drafts from your plan." in client.get(url).content.decode()
    link = save_link(operator.actor, LinkWords("door", "store"), community=tea)
    assert client.post(url, typed(do="save")).status_code == 302
    assert KitPiece.objects.count() == len(Piece)

    def use(piece: str, **more: str) -> int:
        return client.post(url, typed(do=f"use {piece}", **more)).status_code

    assert use("welcome") == 302
    greeting = Greeting.objects.get()
    assert (greeting.text, greeting.is_on) == ("words of welcome", True)
    assert use("name", group_name=str(group.pk)) == 302
    group.refresh_from_db()
    assert group.name == "words of name"
    assert use("intro", link=str(link.pk)) == 302
    assert JoinLink.objects.get().words == "words of intro"
    assert use("announcement", group_announcement=str(group.pk)) == 302
    assert use("opening_1", group_opening_1=str(group.pk)) == 302
    deeds = set(Outgoing.objects.values_list("deed", "text"))
    assert deeds == {("announce", "words of announcement"), ("send", "words of opening_1")}
    # The same words do not go to the same group twice, and what was typed is not lost.
    again = client.post(url, typed(do="use opening_1", group_opening_1=str(group.pk)))
    assert again.status_code == 422
    assert "in the outbox of this group already" in again.content.decode()
    assert Outgoing.objects.count() == 2
    page = client.get(url).content.decode()
    assert "7 of 7 pieces are written, 5 are in use." in page


def test_what_cannot_be_used_keeps_what_was_typed(
    tea: Community, operator: Person, analyst: User, stranger: Person
) -> None:
    client, url = operator.client(), f"/communities/{tea.pk}/kit/"
    answer = client.post(url, typed(do="use opening_2", welcome="mine"))
    assert answer.status_code == 422
    assert "Choose the group it is for." in answer.content.decode()
    assert KitPiece.objects.get(piece="welcome").text == "mine"
    long = client.post(url, typed(intro="x" * 301))
    assert long.status_code == 422
    assert "x" * 301 in long.content.decode()
    assert client.post(url, typed(do="use fire")).status_code == 404
    foreign = Community.objects.create(
        workspace_id=stranger.actor.workspace_id, name="X", time_zone="UTC"
    )
    theirs = Group.objects.create(
        workspace=foreign.workspace, community=foreign, platform="qq", name="theirs"
    )
    answer = client.post(url, typed(do="use opening_1", group_opening_1=str(theirs.pk)))
    assert answer.status_code == 404
    assert not Outgoing.objects.exists()


def test_every_item_has_words_and_a_page(tea: Community, manager: Person) -> None:
    assert set(TITLES) == set(WHY) == set(BUTTONS) == set(Item)
    for item in Item:
        assert page_of(item, tea.pk, manager.actor).startswith("/")


def test_each_page_of_the_way_leads_to_the_next_step(tea: Community, operator: Person) -> None:
    client, url = operator.client(), f"/communities/{tea.pk}/rules/"
    assert "steps to the launch" not in client.get(url).content.decode(), "its own step is open"
    Rules.objects.create(community=tea, workspace=tea.workspace, version=1, at=now())
    page = client.get(url).content.decode()
    assert "1 of 10 steps to the launch are done." in page
    assert f'href="/communities/{tea.pk}/blueprint/"' in page
    day = number_of(now().date()) - 90
    CommunityDay.objects.create(
        community=tea, day=day, messages=1, people=b"", counts=b"", hours=b""
    )
    assert "steps to the launch" not in client.get(url).content.decode(), "it runs for long"


def test_a_group_is_connected_by_whoever_may(
    tea: Community, manager: Person, operator: Person
) -> None:
    asked = f"?community={tea.pk}"
    assert page_of(Item.GROUP, tea.pk, operator.actor) == f"/connections/by-hand/{asked}"
    assert page_of(Item.GROUP, tea.pk, manager.actor) == f"/connections/new/{asked}"
    assert page_of(Item.LINK, tea.pk, operator.actor) == f"/links/{asked}"
    onlooker = Actor(tea.workspace_id, Seat.ANALYST)
    assert page_of(Item.GROUP, tea.pk, onlooker) == ""


def test_the_checklist_goes_from_nothing_to_ready(
    tea: Community, group: Group, operator: Person, workspace: Workspace
) -> None:
    def missing() -> set[Item]:
        one = launches(operator.actor, [tea])[0]
        return {check.item for check in one.missing}

    assert missing() == set(Item) - {Item.GROUP}
    url = f"/communities/{tea.pk}/launch/"
    page = operator.client().get(url).content.decode()
    assert "1 of 10 steps are done. Next: Go on with the plan." in page
    assert f"/communities/{tea.pk}/rules/" in page
    start = start_named("food", "en")
    assert start is not None
    sheet = {name: getattr(start.sheet, name) for name in ("purpose", "audience", "needs", "themes",
             "tone", "kind", "tier")}  # fmt: skip
    Canvas.objects.create(
        community=tea, workspace=workspace, promises=dict(start.sheet.promises), changed_at=now(),
        **sheet,
    )  # fmt: skip
    FitCheck.objects.create(
        community=tea, workspace=workspace, points=9, most=27, verdict="unfit", at=now()
    )
    PlatformPlan.objects.create(community=tea, workspace=workspace, chosen="wechat", at=now())
    assert missing() == {
        Item.RULES, Item.STRUCTURE, Item.KIT, Item.GREETING, Item.SEEDS, Item.LINK,
    }  # fmt: skip
    assert "does not carry a community" in operator.client().get(url).content.decode()
    Rules.objects.create(community=tea, workspace=workspace, version=1, at=now())
    boss = person(workspace, "boss", Seat.MANAGER)
    for role in NEEDED:
        save_post(boss.actor, PostWords(role.value, somebody="Lin"), community=tea)
    operator.client().post(f"/communities/{tea.pk}/kit/", typed(do="use welcome"))
    link = save_link(operator.actor, LinkWords("door", "store"), community=tea)
    save_target(operator.actor, link, TargetWords(group.pk, address="https://example.org"))
    for n in range(1, 6):
        member = Member.objects.create(id=n, workspace=workspace, name=f"m{n}")
        identity = Identity.objects.create(
            id=n, workspace=workspace, member=member, platform="qq", name=f"m{n}", account=f"a{n}"
        )
        Seed.objects.create(
            workspace=workspace, community=tea, identity=identity, state="agreed",
            changed_at=now(),
        )  # fmt: skip
    assert missing() == set()
    assert "but the product does not carry" in operator.client().get(url).content.decode()
    FitCheck.objects.update(verdict="fits")
    assert "Everything is ready" in operator.client().get(url).content.decode()
    assert young(operator.actor, 3) == []


def test_today_names_the_young_and_leaves_the_old_alone(
    tea: Community, group: Group, operator: Person
) -> None:
    client = operator.client()
    assert "Tea: 1 of 10 steps to the launch are done" in client.get("/").content.decode()
    day = number_of(now().date())
    row = CommunityDay.objects.create(
        community=tea, day=day - 27, messages=1, people=b"", counts=b"", hours=b""
    )
    assert [one.community for one in young(operator.actor, 3)] == [tea]
    row.delete()
    CommunityDay.objects.create(
        community=tea, day=day - 29, messages=1, people=b"", counts=b"", hours=b""
    )
    assert young(operator.actor, 3) == []


def test_many_communities_cost_no_more(
    tea: Community, operator: Person, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    many = [tea] + [
        Community.objects.create(workspace=tea.workspace, name=f"c{n}", time_zone="UTC")
        for n in range(20)
    ]
    with django_assert_num_queries(12):  # type: ignore[operator]  # pytest-django's fixture
        assert len(launches(operator.actor, many)) == 21
