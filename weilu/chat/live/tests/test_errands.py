"""A way into a group that the platform makes itself, for a join link."""

from __future__ import annotations

import pytest

from weilu.chat.live.errands import ask_way_in, following, make_way_in, ways_asked, ways_in
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.errors import GivenUp, NotFound
from weilu.core.models import Job
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.groups.models import Group, JoinLink, JoinTarget

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> RecordingPlatform:
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    return one


@pytest.fixture
def group(platform: RecordingPlatform, owner: Person) -> Group:
    return group_of(connected(owner.actor, platform))


@pytest.fixture
def link(group: Group) -> JoinLink:
    return JoinLink.objects.create(
        workspace_id=group.workspace_id, community_id=group.community_id, name="Till",
        source="store", created_at=now(),
    )  # fmt: skip


def test_a_way_in_is_made_once_and_bears_the_link(
    platform: RecordingPlatform, group: Group, link: JoinLink, operator: Person
) -> None:
    page = operator.client().get(f"/links/{link.pk}/").content.decode()
    assert "Or let the platform make the code of" in page
    operator.client().post(f"/links/{link.pk}/way-in/", {"group": str(group.pk)})
    drain()
    target = JoinTarget.objects.get()
    assert (target.group_id, target.address) == (
        group.pk, f"https://chat.example.org/in/{link.code}",
    )  # fmt: skip
    assert platform.stage.marks == [(GROUP.key, link.code)]
    make_way_in(Job(workspace_id=group.workspace_id, key=f"{link.pk}-{group.pk}"))
    assert (JoinTarget.objects.count(), len(platform.stage.marks)) == (1, 1)
    assert ways_in(operator.actor, link) == []


def test_a_way_in_says_that_it_is_being_made_and_why_it_could_not(
    platform: RecordingPlatform, group: Group, link: JoinLink, operator: Person, stranger: Person
) -> None:
    page, client = f"/links/{link.pk}/", operator.client()
    asked = {"group": str(group.pk)}
    client.post(f"{page}way-in/", asked)
    before = client.get(page).content.decode()
    assert "being made" in before
    assert 'hx-select="#leads"' in before
    platform.stage.failures = [GivenUp("no_rights")]
    drain()
    after = client.get(page).content.decode()
    assert "could not be made" in after
    assert "Give it the right." in after
    # Nothing is under way: the page does not look again.
    assert 'hx-select="#leads"' not in after
    assert ways_asked(stranger.actor, link) == []
    client.post(f"{page}way-in/", asked)
    drain()
    assert JoinTarget.objects.get().group_id == group.pk
    assert "could not be made" not in client.get(page).content.decode()


def test_nothing_is_made_for_groups_of_others_or_without_a_connection(
    platform: RecordingPlatform, group: Group, link: JoinLink, owner: Person, stranger: Person
) -> None:
    alone = Group.objects.create(
        workspace_id=group.workspace_id, community=Community.objects.get(), platform="wechat",
        name="By hand",
    )  # fmt: skip
    assert ways_in(owner.actor, link) == [group]
    for pk in (alone.pk, 999_999):
        with pytest.raises(NotFound):
            ask_way_in(owner.actor, link, pk)
    with pytest.raises(NotFound):
        ask_way_in(stranger.actor, link, group.pk)
    assert not Job.objects.filter(name="make_way_in").exists()


def test_a_way_in_goes_on_only_where_the_platform_opens_groups(
    platform: RecordingPlatform, group: Group, link: JoinLink, operator: Person
) -> None:
    Group.objects.filter(pk=group.pk).update(name="Tea friends 3")
    page = f"/links/{link.pk}/"
    assert 'name="lasts"' not in operator.client().get(page).content.decode()
    ask_way_in(operator.actor, link, group.pk, lasts=True)
    assert Job.objects.get(name="make_way_in").key == f"{link.pk}-{group.pk}"
    Job.objects.all().delete()
    platform.opens_groups = True
    assert 'name="lasts"' in operator.client().get(page).content.decode()
    operator.client().post(f"{page}way-in/", {"group": str(group.pk), "lasts": "on"})
    drain()
    assert JoinTarget.objects.get().address == f"https://chat.example.org/on/{link.code}"
    assert platform.stage.marks == [(GROUP.key, f"{link.code} Tea friends|4")]


@pytest.mark.parametrize(
    ("name", "then"),
    [("茶友群", ("茶友群", 2)), ("茶友群3", ("茶友群", 4)), ("Tea 09", ("Tea", 10)),
     ("2024", ("2024", 2)), ("", ("", 2)), ("Line\n7", ("Line", 8))],
)  # fmt: skip
def test_what_following_groups_are_called(name: str, then: tuple[str, int]) -> None:
    assert following(name) == then
