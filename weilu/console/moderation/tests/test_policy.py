"""The policy page and the log over HTTP."""

from __future__ import annotations

import numpy as np
import pytest

from weilu.core.access import Role
from weilu.core.clock import now_ms
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.models import Group, Participation
from weilu.moderation import trying
from weilu.moderation.checking import check_group
from weilu.moderation.models import Doubt, Policy, Violation
from weilu.moderation.tests.story import group_with_ads

pytestmark = pytest.mark.django_db
FORM = {
    "is_on": "on", "rung0": "remind", "rung1": "mute-60", "rung2": "", "rung3": "remove",
    "rung4": "", "window_days": "14", "recalls": "on", "reminder": "{name}，不发广告",
    "warning": "",
}  # fmt: skip


@pytest.fixture
def group(workspace: Workspace) -> Group:
    """A group whose history holds advertising, looked through."""
    made = group_with_ads(workspace)
    check_group(made, lambda _done: None)
    return made


def address(group: Group) -> str:
    return f"/communities/{group.community_id}/policy/"


def test_a_policy_is_off_until_somebody_switches_it_on(group: Group, operator: Person) -> None:
    client = operator.client()
    assert "Off." in client.get(address(group)).content.decode()
    assert not Policy.objects.exists()
    assert client.post(address(group), FORM | {"do": "save"})["Location"] == address(group)
    policy = Policy.objects.get()
    assert policy.ladder == [["remind", 0], ["mute", 60], ["remove", 0]]
    assert (policy.is_on, policy.window_days, policy.reminder) == (True, 14, "{name}，不发广告")
    client.post(address(group), FORM | {"do": "save"})
    assert Policy.objects.get().version == 2


def test_trying_out_saves_nothing_and_says_what_would_have_happened(
    group: Group, operator: Person
) -> None:
    Doubt.objects.update(sent_ms=now_ms() - 1000, score=9.0, kind="ad")
    page = operator.client().post(address(group), FORM | {"do": "try"}).content.decode()
    assert "7 messages of 4 people: remind 4. By rule: Advertising 7." in page
    for n, pk in enumerate(Doubt.objects.order_by("pk").values_list("pk", flat=True)):
        Doubt.objects.filter(pk=pk).update(sent_ms=now_ms() - 600_000 + n * 60_000)
    page = operator.client().post(address(group), FORM | {"do": "try"}).content.decode()
    assert "7 messages of 4 people: remind 4, mute 1, put out 2. By rule: Advertising 7." in page
    assert "兼职日结 加微信 abc12345" in page
    assert not Policy.objects.exists()
    assert not Violation.objects.exists()


def test_trying_out_knows_everybody_who_belongs_however_long_ago(
    group: Group, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "_AT_ONCE", 1)
    Doubt.objects.update(score=9.0, kind="ad")
    for n, pk in enumerate(Doubt.objects.order_by("pk").values_list("pk", flat=True)):
        Doubt.objects.filter(pk=pk).update(sent_ms=now_ms() - 600_000 + n * 60_000)
    Participation.objects.filter(group=group).update(messages=11)
    page = operator.client().post(address(group), FORM | {"do": "try"}).content.decode()
    assert "7 messages of 4 people: remind 4, mute 3." in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rung0": ""}, "This field is required."),
        ({"window_days": "0"}, "greater than or equal to 1"),
        ({"rung1": "shout"}, "Select a valid choice."),
        ({"reminder": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_cannot_be_is_said_and_not_saved(
    group: Group, operator: Person, change: dict[str, str], said: str
) -> None:
    answer = operator.client().post(address(group), FORM | change | {"do": "save"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Policy.objects.exists()


def test_the_log_shows_what_followed_and_takes_it_back(group: Group, operator: Person) -> None:
    doubt = Doubt.objects.order_by("pk")[0]
    Violation.objects.create(
        id=doubt.pk, workspace_id=group.workspace_id, community_id=group.community_id,
        group=group, identity_id=doubt.identity_id, member_id=doubt.identity.member_id,
        kind="ad", step="mute", minutes=60, reasons=doubt.reasons, policy_version=1,
        at=group.created_at,
    )  # fmt: skip
    client = operator.client()
    page = client.get("/cleanup/log/").content.decode()
    assert "1 violation stands." in page
    assert "mute for" in page
    for _ in range(2):
        client.post(f"/cleanup/log/{doubt.pk}/reverse/")
    row = Violation.objects.get()
    assert (row.state, row.taken_back_by_id) == ("taken_back", operator.user.pk)
    assert "0 violations stand." in client.get("/cleanup/log/").content.decode()


def test_an_analyst_may_read_the_log_and_not_the_policy(group: Group, workspace: Workspace) -> None:
    client = person(workspace, "an analyst", Role.ANALYST).client()
    assert client.get("/cleanup/log/").status_code == 200
    assert client.get(address(group)).status_code == 403
    assert client.post(address(group), FORM | {"do": "save"}).status_code == 403
    assert not Policy.objects.exists()


def test_trying_out_counts_who_says_the_same_again_and_again() -> None:
    members = np.array([1, 1, 2, 1, 1, 1, 1, 1])
    texts = ["今天全场五折快来"] * 2 + ["x"] + ["今天全场五折快来"] * 5
    found = trying._said_again(members, texts)
    assert np.flatnonzero(found).tolist() == [4, 7]
    assert not trying._said_again(np.array([1] * 9), ["好的"] * 9).any()
