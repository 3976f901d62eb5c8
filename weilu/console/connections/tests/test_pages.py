"""Connections over HTTP: connected, examined, changed, forgotten; secrets never come back."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from weilu.chat.live.connections import refresh_capabilities
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.communities.blueprint.actions import choose_platform
from weilu.communities.kit.drafts import Piece
from weilu.communities.kit.pieces import save_kit
from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.core.vault import unseal
from weilu.core.worker import drain
from weilu.groups.models import CapabilityRow, Connection, Group, Participation

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Our house",
    "setting-server": "https://chat.example.org",
    "setting-token": "very-secret",
    "community": "new",
}


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch) -> RecordingPlatform:
    """A platform that records, the only one there is."""
    one = RecordingPlatform()
    monkeypatch.setattr(CONNECTORS, "connectors", {one.name: one})
    return one


def test_connecting_by_the_form(manager: Person) -> None:
    client = manager.client()
    assert "Connect a platform" in client.get("/connections/").content.decode()
    assert "See messages" in client.get("/connections/new/").content.decode()
    answer = client.post("/connections/new/recording/", FORM)
    made = Connection.objects.get()
    assert answer["Location"] == f"/connections/{made.pk}/"
    assert (made.settings, unseal(made.sealed)) == (
        {"server": "https://chat.example.org"},
        {"token": "very-secret"},
    )
    assert made.community is not None
    assert made.community.name == "Our house"
    for page in (f"/connections/{made.pk}/", f"/connections/{made.pk}/change/", "/connections/"):
        assert "very-secret" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"setting-token": ""}, "This field is required."),
        ({"name": "x" * 121}, "at most 120 characters"),
    ],
)
def test_a_form_that_is_not_right_says_so_and_connects_nothing(
    manager: Person, change: dict[str, str], said: str
) -> None:
    answer = manager.client().post("/connections/new/recording/", FORM | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Connection.objects.exists()


def test_an_answer_that_cannot_be_right_is_said_at_its_field(
    manager: Person, platform: RecordingPlatform
) -> None:
    fits = dataclasses.replace(platform.settings[1], fits=lambda value: len(value) >= 16)
    platform.settings = (platform.settings[0], fits)
    answer = manager.client().post("/connections/new/recording/", FORM)
    assert answer.status_code == 422
    assert "This cannot be right." in answer.content.decode()
    assert not Connection.objects.exists()
    form = FORM | {"setting-token": "x" * 16}
    assert manager.client().post("/connections/new/recording/", form).status_code == 302
    # What is stored already stays though it would not be taken today.
    platform.settings = (platform.settings[0], dataclasses.replace(fits, fits=lambda _v: False))
    line = Connection.objects.get()
    change = {"name": "Shop", "setting-server": "https://x.example.org", "setting-token": ""}
    assert manager.client().post(f"/connections/{line.pk}/change/", change).status_code == 302


def test_a_connection_that_opens_looks_again_until_it_is_open(
    manager: Person, platform: RecordingPlatform
) -> None:
    line = connected(manager.actor, platform)
    client = manager.client()
    page = client.get(f"/connections/{line.pk}/").content.decode()
    assert "Weilu is opening it" in page
    assert f"/connections/{line.pk}/?state=1" in page
    part = client.get(f"/connections/{line.pk}/?state=1", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part.headers
    assert "<h1" not in part.content.decode()
    Connection.objects.update(state="running")
    part = client.get(f"/connections/{line.pk}/?state=1", headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"
    assert "?state=1" not in client.get(f"/connections/{line.pk}/").content.decode()


def test_a_connection_with_a_door_says_where_to_connect(
    manager: Person, platform: RecordingPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = connected(manager.actor, platform)
    assert "Where the account connects" not in (
        manager.client().get(f"/connections/{line.pk}/").content.decode()
    )

    class Doored(RecordingPlatform):
        door_help = "Enter it there"

        def door(self) -> str:
            return "ws://127.0.0.1:9/x"

    monkeypatch.setitem(CONNECTORS.connectors, platform.name, Doored(name=platform.name))
    page = manager.client().get(f"/connections/{line.pk}/").content.decode()
    assert "ws://127.0.0.1:9/x" in page
    assert "It waits for the account to connect" in page


def test_a_name_that_is_taken_is_said_at_the_name(
    manager: Person, platform: RecordingPlatform
) -> None:
    connected(manager.actor, platform)
    answer = manager.client().post("/connections/new/recording/", FORM)
    assert answer.status_code == 422
    assert "taken already" in answer.content.decode()
    assert Connection.objects.count() == 1


def test_a_secret_left_empty_stays(manager: Person, platform: RecordingPlatform) -> None:
    line = connected(manager.actor, platform)
    form = {"name": "Shop", "setting-server": "https://other.example.org", "setting-token": ""}
    manager.client().post(f"/connections/{line.pk}/change/", form)
    line.refresh_from_db()
    assert (line.name, unseal(line.sealed), line.version) == ("Shop", {"token": "very-secret"}, 1)
    manager.client().post(f"/connections/{line.pk}/change/", form | {"setting-token": "new"})
    line.refresh_from_db()
    assert unseal(line.sealed) == {"token": "new"}


def test_the_doctor_is_asked_and_answers(manager: Person, platform: RecordingPlatform) -> None:
    line = connected(manager.actor, platform)
    client = manager.client()
    answer = client.post(f"/connections/{line.pk}/act/", {"act": "examine"})
    assert "Trying every step" in client.get(answer["Location"].partition("#")[0]).content.decode()
    drain()
    page = client.get(f"/connections/{line.pk}/?examining=1").content.decode()
    assert "Reach the server" in page
    assert "works" in page
    assert '?examining=1" hx-trigger' not in page


def test_the_doctor_says_what_cannot_be_done_until_it_is_mended(
    manager: Person, platform: RecordingPlatform
) -> None:
    line = connected(manager.actor, platform)
    step = {"name": "Reach the server", "state": "failed", "mend": "", "values": {}}
    line.examination = [
        {**step, "abilities": ["mute", "recall", "unheard-of"]},
        {**step, "state": "fine", "abilities": ["send_text"]},
    ]
    line.save()
    page = manager.client().get(f"/connections/{line.pk}/").content.decode()
    assert page.count("Until then not") == 1
    assert "Until then not: Mute, Take messages of others back" in page


def test_one_that_has_stopped_is_tried_again_by_one_button(
    manager: Person, platform: RecordingPlatform
) -> None:
    line = connected(manager.actor, platform)
    page = f"/connections/{line.pk}/"
    assert "Try again" not in manager.client().get(page).content.decode()
    Connection.objects.update(state="stopped", fault="not_possible")
    assert "Try again" in manager.client().get(page).content.decode()
    manager.client().post(f"{page}act/", {"act": "on"})
    assert Connection.objects.values_list("state", "fault").get() == ("new", "")


@pytest.mark.parametrize("fault", ["unauthorised", "bad_setting"])
def test_one_that_no_second_try_mends_offers_its_settings(
    manager: Person, platform: RecordingPlatform, fault: str
) -> None:
    line = connected(manager.actor, platform)
    Connection.objects.update(state="stopped", fault=fault)
    page = manager.client().get(f"/connections/{line.pk}/").content.decode()
    assert "Try again" not in page
    assert f'<a class="btn btn-primary" href="/connections/{line.pk}/change/"' in page
    # A token that has come to life again is tried by switching off and on.
    assert "Switch off" in page


def test_forgetting_leaves_the_groups(manager: Person, platform: RecordingPlatform) -> None:
    group = group_of(connected(manager.actor, platform))
    pk = Connection.objects.get().pk
    manager.client().post(f"/connections/{pk}/act/", {"act": "disconnect"})
    assert not Connection.objects.exists()
    assert Group.objects.get(pk=group.pk).connection_id is None


def test_trouble_is_said_in_words_with_what_to_do(
    manager: Person, platform: RecordingPlatform
) -> None:
    line = connected(manager.actor, platform)
    Connection.objects.update(state="stopped", fault="unauthorised")
    client = manager.client()
    for page in ("/connections/", f"/connections/{line.pk}/"):
        assert "Put a new one in." in client.get(page).content.decode()
    Connection.objects.update(fault="something_new")
    assert "(something_new)" in client.get("/connections/").content.decode()


def test_a_connection_no_process_keeps_open_says_so_everywhere(
    manager: Person, platform: RecordingPlatform
) -> None:
    line = connected(manager.actor, platform)
    pages = ("/connections/", f"/connections/{line.pk}/", "/live/", "/")
    client = manager.client()

    def told() -> list[bool]:
        return ["No process keeps it open" in client.get(one).content.decode() for one in pages]

    assert told() == [False] * 4
    long_ago = now() - timedelta(minutes=5)
    Connection.objects.update(state="running", since=long_ago, leased_until=now())
    assert told() == [False] * 4
    # Killed, and stopped in order.
    Connection.objects.update(leased_until=long_ago)
    assert told() == [True] * 4
    Connection.objects.update(leased_until=None)
    assert told() == [True] * 4
    # Who stopped for good, or was switched off, says that.
    Connection.objects.update(is_on=False)
    assert told() == [False] * 4


def test_switching_off_and_on(manager: Person, platform: RecordingPlatform) -> None:
    line = connected(manager.actor, platform)
    Connection.objects.update(state="stopped", fault="unauthorised", failures=3)
    client = manager.client()
    client.post(f"/connections/{line.pk}/act/", {"act": "off"})
    assert not Connection.objects.get().is_on
    client.post(f"/connections/{line.pk}/act/", {"act": "on"})
    found = Connection.objects.get()
    assert (found.is_on, found.state, found.fault, found.failures) == (True, "new", "", 0)


def test_a_group_by_hand_is_a_group(operator: Person) -> None:
    form = {"name": "茶友一群", "platform": "wechat", "community": "new"}
    answer = operator.client().post("/connections/by-hand/", form)
    group = Group.objects.get()
    assert answer["Location"] == f"/communities/{group.community_id}/"
    assert (group.name, group.platform, group.connection_id) == ("茶友一群", "wechat", None)


def test_a_group_of_a_planned_community_begins_with_its_plan(
    manager: Person, workspace: Workspace
) -> None:
    tea = Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")
    choose_platform(manager.actor, community=tea, platform="douban")
    save_kit(manager.actor, community=tea, texts={Piece.NAME: "Tea, group 1"})
    client, url = manager.client(), f"/connections/by-hand/?community={tea.pk}"
    page = client.get(url).content.decode()
    assert '<option value="douban" selected>' in page
    assert 'value="Tea, group 1"' in page
    Group.objects.create(workspace=workspace, community=tea, platform="qq", name="Tea, group 1")
    assert 'value="Tea, group 1"' not in client.get(url).content.decode()
    ways = client.get(f"/connections/new/?community={tea.pk}").content.decode()
    assert "The plan says Douban: that is run by hand." in ways
    assert ways.index("/connections/by-hand/") < ways.index("/connections/new/recording/")
    reached = CONNECTORS.connectors["recording"].platform
    choose_platform(manager.actor, community=tea, platform=reached.value)
    ways = client.get(f"/connections/new/?community={tea.pk}").content.decode()
    assert "that is run by hand" not in ways
    assert ways.index("/connections/new/recording/") < ways.index("/connections/by-hand/")


def test_the_page_by_hand_says_what_no_person_can_do(operator: Person) -> None:
    page = operator.client().get("/connections/by-hand/").content.decode()
    assert "WeChat groups have no mute" in page
    for name in ("Weibo", "Douban", "Tieba", "Taobao group", "DingTalk", "Feishu"):
        assert f">{name}</option>" in page


def test_a_fact_of_ones_own(manager: Person, platform: RecordingPlatform) -> None:
    line = connected(manager.actor, platform)
    url = f"/connections/{line.pk}/abilities/send_text/"
    client = manager.client()
    assert url in client.get(f"/connections/{line.pk}/").content.decode()
    form = {"support": "by_hand", "count": "3", "span": "1", "unit": "60"}
    form["scope"] = "connection"
    assert client.post(url, form)["Location"] == f"/connections/{line.pk}/#abilities"
    row = CapabilityRow.objects.get(connection=line, ability="send_text")
    assert (row.support, row.limits[0], row.is_own) == ("by_hand", [3, 60, "connection"], True)
    refresh_capabilities(line)
    page = client.get(f"/connections/{line.pk}/").content.decode()
    assert "Set by your team" in page
    assert "At most 3 in 1\N{NO-BREAK SPACE}min over all groups" in page
    refused = client.post(url, {"support": "automatic", "count": "3"})
    assert refused.status_code == 422
    assert "give both or neither" in refused.content.decode()
    assert client.post(url, {"support": "nonsense"}).status_code == 422
    assert client.get(f"/connections/{line.pk}/abilities/flying/").status_code == 404
    too_long = client.post(
        url, {"support": "automatic", "count": "3", "span": "32", "unit": "86400"}
    )
    assert "At most 31 days." in too_long.content.decode()
    # A month is offered as days, not as millions of seconds.
    CapabilityRow.objects.filter(pk=row.pk).update(limits=[[28, 28 * 86_400, "group"]])
    page = client.get(url).content.decode()
    assert 'name="span" value="28"' in page
    assert '<option value="86400" selected>' in page
    row.refresh_from_db()
    assert row.support == "by_hand"


def test_facts_are_for_who_may_connect(
    manager: Person, operator: Person, stranger: Person, platform: RecordingPlatform
) -> None:
    line = connected(manager.actor, platform)
    before = list(CapabilityRow.objects.order_by("pk").values())
    url = f"/connections/{line.pk}/abilities/send_text/"
    assert operator.client().post(url, {"support": "by_hand"}).status_code == 403
    assert stranger.client().post(url, {"support": "by_hand"}).status_code == 404
    assert list(CapabilityRow.objects.order_by("pk").values()) == before


def test_groups_say_who_is_there_and_when_somebody_spoke(
    manager: Person, platform: RecordingPlatform, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    line = connected(manager.actor, platform)
    groups = [group_of(line, f"!g{n}") for n in range(4)]
    spoke = int((now() - timedelta(minutes=5)).timestamp() * 1000)
    rows = [(1, None, spoke), (2, 500, spoke - 1), (3, None, None)]
    Participation.objects.bulk_create(
        [
            Participation(
                group=groups[0], identity_id=pk, last_joined_ms=100, last_left_ms=left,
                last_spoke_ms=last, first_seen_ms=0,
            )
            for pk, left, last in rows
        ]
    )  # fmt: skip
    client = manager.client()
    page = client.get(f"/connections/{line.pk}/").content.decode()
    assert "2 people" in page
    assert "last message 5 minutes ago" in page
    with django_assert_num_queries(9):
        client.get(f"/connections/{line.pk}/")


def test_an_operator_may_not_connect(operator: Person) -> None:
    assert operator.client().post("/connections/new/recording/", FORM).status_code == 403
    assert not Connection.objects.exists()


def test_the_list_costs_a_few_statements(
    manager: Person,
    platform: RecordingPlatform,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(3):
        group_of(connected(manager.actor, platform, f"Line {n}"), f"!g{n}")
    client = manager.client()
    with django_assert_num_queries(8):
        client.get("/connections/")
