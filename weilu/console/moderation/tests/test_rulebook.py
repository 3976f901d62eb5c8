"""Writing rules, answering second looks and reports, over HTTP."""

from __future__ import annotations

import pytest

from weilu.communities.models import Rules
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.models import Group
from weilu.moderation.appeals import make_appeal
from weilu.moderation.models import Appeal, Ban, Report, Violation
from weilu.moderation.tests.story import group_with_ads

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(workspace: Workspace) -> Group:
    """A group with history."""
    return group_with_ads(workspace)


def written(*titles: str, seen: int = 0, total: int | None = None) -> dict[str, str]:
    form = {
        "intro": "Hello", "contact": "Lan", "seen": str(seen),
        "rule-TOTAL_FORMS": str(total if total is not None else len(titles)),
        "rule-INITIAL_FORMS": "0",
    }  # fmt: skip
    for n, title in enumerate(titles):
        form |= {f"rule-{n}-title": title, f"rule-{n}-words": "", f"rule-{n}-kind": "ad"}
    return form


def violation(group: Group, step: str = "mute") -> Violation:
    first = Violation.objects.count() + 1
    return Violation.objects.create(
        id=first, workspace_id=group.workspace_id, community_id=group.community_id, group=group,
        identity_id=1, member_id=1, kind="ad", step=step, minutes=60, policy_version=1, at=now(),
    )  # fmt: skip


def test_rules_are_begun_from_a_set_written_and_put_in_force(
    group: Group, operator: Person
) -> None:
    client, url = operator.client(), f"/communities/{group.community_id}/rules/"
    page = client.get(url, {"start": "shop"}).content.decode()
    assert "No advertising" in page
    assert page.count('<fieldset class="card rule-card"') == 10
    assert client.post(url, written("No ads", ""))["Location"] == url
    assert [one["title"] for one in Rules.objects.get().rules] == ["No ads"]
    page = client.get(url).content.decode()
    assert "Version 1" in page
    stale = client.post(url, written("Other", seen=0))
    assert stale.status_code == 409
    assert client.post(url, written("Other", seen=1))["Location"] == url
    assert Rules.objects.count() == 2


def test_what_is_no_rule_is_said_in_words(group: Group, operator: Person) -> None:
    client, url = operator.client(), f"/communities/{group.community_id}/rules/"
    empty = client.post(url, written(""))
    assert empty.status_code == 422
    assert "Write at least one rule" in empty.content.decode()
    assert client.post(url, written("x" * 81)).status_code == 422
    assert client.post(url, written("ok", total=5000)).status_code == 422
    assert not Rules.objects.exists()


def test_an_analyst_reads_the_rules_and_writes_none(group: Group, workspace: Workspace) -> None:
    client = person(workspace, "ana", Role.ANALYST).client()
    url = f"/communities/{group.community_id}/rules/"
    page = client.get(url)
    assert page.status_code == 200
    assert "<fieldset" not in page.content.decode()
    assert client.post(url, written("No ads")).status_code == 403


def test_a_second_look_is_answered(group: Group, operator: Person) -> None:
    one = violation(group)
    make_appeal(one, words="It was a <b>joke</b>")
    client = operator.client()
    page = client.get("/cleanup/appeals/").content.decode()
    assert "It was a &lt;b&gt;joke&lt;/b&gt;" in page
    assert "asks for a second look" in client.get("/").content.decode()
    client.post(f"/cleanup/appeals/{one.pk}/answer/", {"do": "decline", "words": "It stands."})
    again = client.post(f"/cleanup/appeals/{one.pk}/answer/", {"do": "grant"})
    assert again.status_code == 409
    assert Appeal.objects.get().state == "declined"
    assert "It stands." in client.get("/cleanup/appeals/", {"tab": "done"}).content.decode()


def test_a_report_is_closed_once(group: Group, operator: Person) -> None:
    kept = Report.objects.create(
        workspace_id=group.workspace_id, community_id=group.community_id,
        words="Fakes <i>here</i>", name="Ming", source="x", at=now(),
    )  # fmt: skip
    client = operator.client()
    assert "Fakes &lt;i&gt;here&lt;/i&gt;" in client.get("/cleanup/reports/").content.decode()
    client.post(f"/cleanup/reports/{kept.pk}/finish/", {"do": "right"})
    assert client.post(f"/cleanup/reports/{kept.pk}/finish/", {"do": "wrong"}).status_code == 409
    assert Report.objects.get().state == "right"
    assert "Ming" in client.get("/cleanup/reports/", {"tab": "done"}).content.decode()


def test_somebody_is_let_back_in(group: Group, operator: Person) -> None:
    one = violation(group, "ban")
    Ban.objects.create(
        violation=one, workspace_id=group.workspace_id, community_id=group.community_id,
        member_id=1, at=now(),
    )  # fmt: skip
    client = operator.client()
    assert "For good" in client.get("/cleanup/out/").content.decode()
    client.post(f"/cleanup/out/{one.pk}/back/")
    client.post(f"/cleanup/out/{one.pk}/back/")
    assert Ban.objects.get().lifted_at is not None
    assert "Nobody is kept out" in client.get("/cleanup/out/").content.decode()
