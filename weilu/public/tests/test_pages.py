"""What members see: rules, reports and second looks, without signing in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from weilu.communities.models import Community, Reading
from weilu.communities.rulebook import Rule, Text, publish
from weilu.core.clock import now
from weilu.core.codes import code_of
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.moderation.appeals import answer
from weilu.moderation.models import Appeal, Policy, Report, Violation
from weilu.moderation.policies import Wish, set_policy
from weilu.moderation.rules.ladder import USUAL, Rung, Step, stored
from weilu.moderation.speaking import APPEAL, About, words_for

pytestmark = pytest.mark.django_db
LIGHT = 60_000


@pytest.fixture
def group(workspace: Workspace) -> Group:
    """A group of a community with a name like a script."""
    community = Community.objects.create(
        workspace=workspace, name="Tea <script>alert(1)</script>", time_zone="Asia/Shanghai"
    )
    return Group.objects.create(
        workspace=workspace, community=community, platform="matrix", name="Evening"
    )


@pytest.fixture
def community(group: Group, operator: Person) -> Community:
    """The community with rules in force and a policy that is on."""
    rules = (Rule("Stay kind", "No <b>insults</b>.", "abuse"), Rule("No ads", "", "ad"))
    publish(operator.actor, community=group.community, text=Text("Welcome", rules, "Lan"))
    set_policy(operator.actor, community=group.community, wish=Wish(True, stored(USUAL), 30, True))
    return group.community


def violation(group: Group, **more: object) -> Violation:
    values: dict[str, object] = {
        "id": 77, "workspace_id": group.workspace_id, "community_id": group.community_id,
        "group": group, "identity_id": 1, "member_id": 1, "kind": "ad", "step": "mute",
        "minutes": 60, "policy_version": 1, "at": now(),
    } | more  # fmt: skip
    return Violation.objects.create(**values)


def address(name: str, community: Community) -> str:
    return reverse(name, args=[community.code])


def test_the_rules_are_read_without_signing_in(community: Community, client: Client) -> None:
    answer = client.get(address("rules", community), headers={"Accept-Language": "en"})
    page = answer.content.decode()
    assert "Stay kind" in page
    assert "No &lt;b&gt;insults&lt;/b&gt;." in page
    assert "<script>" not in page
    assert "You cannot write for 1 hour." in page
    assert "Lan answers for these rules." in page
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert len(answer.content) < LIGHT


def test_the_page_speaks_the_visitors_language(community: Community, client: Client) -> None:
    page = client.get(address("rules", community), headers={"Accept-Language": "zh-CN"})
    assert '<html lang="zh-hans">' in page.content.decode()
    assert "群规" in page.content.decode()


def test_nothing_is_there_before_there_are_rules_or_under_another_code(
    group: Group, client: Client
) -> None:
    for code in (group.community.code, "nobodyknows"):
        found = client.get(reverse("rules", args=[code]))
        assert found.status_code == 404
        assert "Evening" not in found.content.decode()


def test_somebody_says_they_have_read_them_once(community: Community, client: Client) -> None:
    url = address("rules_read", community)
    for _again in range(2):
        answer = client.post(url, {"version": "1", "name": "小明"})
        assert answer["Location"].endswith("?read=1#read")
    assert Reading.objects.count() == 1
    assert client.post(url, {"version": "1", "name": " "}).status_code == 422
    assert client.post(url, {"version": "9", "name": "x"}).status_code == 409
    assert client.post(url, {"version": "x" * 99, "name": "x"}).status_code == 409


def test_a_report_is_kept_and_machines_are_not(community: Community, client: Client) -> None:
    url = address("rules_report", community)
    client.post(url, {"words": "buy!", "website": "http://spam.example"})
    assert not Report.objects.exists()
    assert client.post(url, {"words": "Somebody sells <i>fakes</i>"})["Location"].endswith("done=1")
    kept = Report.objects.get()
    assert (kept.words, kept.message_id, len(kept.source)) == (
        "Somebody sells <i>fakes</i>",
        None,
        16,
    )
    assert client.post(url, {"words": ""}).status_code == 422
    for n in range(4):
        client.post(url, {"words": f"more {n}"})
    full = client.post(url, {"words": "one too many"}, headers={"Accept-Language": "en"})
    assert full.status_code == 422
    assert "Try again in an hour." in full.content.decode()
    assert Report.objects.count() == 5


def test_an_appeal_is_made_answered_and_read(group: Group, owner: Person, client: Client) -> None:
    one = violation(group)
    url = reverse("appeal", args=[code_of(APPEAL, one.pk)])
    english = {"Accept-Language": "en"}
    page = client.get(url, headers=english).content.decode()
    assert "You cannot write for 1 hour." in page
    assert client.post(url, {"words": ""}).status_code == 422
    assert client.post(url, {"words": "It was a joke"})["Location"] == url
    client.post(url, {"words": "again"})
    assert Appeal.objects.get().words == "It was a joke"
    assert "Nobody has answered yet." in client.get(url, headers=english).content.decode()
    answer(owner.actor, violation_id=one.pk, grants=True, words="We are sorry.")
    page = client.get(url, headers=english).content.decode()
    assert "You were right" in page
    assert "We are sorry." in page


def test_a_guessed_or_old_appeal_gets_nowhere(group: Group, client: Client) -> None:
    one = violation(group, at=now() - timedelta(days=90))
    code = code_of(APPEAL, one.pk)
    assert client.get(reverse("appeal", args=["a" * 15 + "25"])).status_code == 404
    page = client.get(reverse("appeal", args=[code]), headers={"Accept-Language": "en"})
    assert "can no longer be looked at" in page.content.decode()
    assert client.post(reverse("appeal", args=[code]), {"words": "x"}).status_code == 409
    one.delete()
    assert client.get(reverse("appeal", args=[code])).status_code == 404


@pytest.mark.parametrize("public", ["", "https://weilu.example.org"])
def test_what_is_said_leads_to_the_second_look(
    group: Group, operator: Person, settings: pytest.FixtureRequest, public: str
) -> None:
    settings.PUBLIC_URL = public  # type: ignore[attr-defined]
    policy: Policy = set_policy(
        operator.actor, community=group.community, wish=Wish(True, stored(USUAL), 30, True)
    )
    said = words_for(policy, About(77, 1), Rung(Step.WARN))
    found = re.search(r"https://weilu\.example\.org/a/(\w+)/", said)
    assert bool(found) == bool(public)
    if found:
        assert found[1] == code_of(APPEAL, 77)
    assert "{" not in said


@pytest.mark.parametrize("step", [Step.MUTE, Step.REMOVE, Step.BAN])
def test_whoever_is_muted_or_put_out_hears_why_and_where_to_go(
    group: Group, operator: Person, settings: pytest.FixtureRequest, step: Step
) -> None:
    policy = set_policy(
        operator.actor, community=group.community, wish=Wish(True, stored(USUAL), 30, True)
    )
    about = About(77, 1, "No advertising", "Aunt Lin")
    settings.PUBLIC_URL = ""  # type: ignore[attr-defined]
    said = words_for(policy, about, Rung(step, 0 if step == Step.REMOVE else 1440))
    assert "our rule “No advertising”" in said
    assert ("1 day" in said) == (step != Step.REMOVE)
    assert said.endswith("If this was a mistake, tell Aunt Lin.")
    settings.PUBLIC_URL = "https://weilu.example.org"  # type: ignore[attr-defined]
    said = words_for(policy, about, Rung(step, 0))
    assert said.endswith(f"/a/{code_of(APPEAL, 77)}/")
    assert "{" not in said
