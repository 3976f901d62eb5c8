"""What pages say while an import's follow-up is still being worked out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from weilu.chat.imports.actions import create_import, start_import
from weilu.chat.imports.look import look
from weilu.chat.models import Import
from weilu.communities.models import Community
from weilu.console.conftest import seated, signed_in
from weilu.core.access import Role, system
from weilu.core.jobs import JOBS, renew, schedule
from weilu.core.models import Job, User, Workspace
from weilu.core.worker import deliver_rows, drain, run_due_jobs
from weilu.groups.models import Group
from weilu.insight.underway import share_followed, underway

STILL = "Still being worked out: who is who, who answers whom"
LOG = "2026-01-02 08:03:00 <nine> morning\n2026-01-02 08:04:00 <ten> tea?\n"


@pytest.fixture
def run(workspace: Workspace, tmp_path: Path) -> Import:
    """An import that is read in, and whose event nobody has delivered yet."""
    file = tmp_path / "#tea.log"
    file.write_text(LOG)
    actor = system(workspace.pk)
    place = Community.objects.create(workspace=workspace, name="茶", time_zone="UTC")
    made = create_import(actor, paths=[file], zone="UTC", community=place)
    look(made, lambda _done: True)
    Import.objects.filter(pk=made.pk).update(state=Import.State.READY)
    start_import(actor, run=made, community=place)
    assert run_due_jobs() == 1
    made.refresh_from_db()
    assert made.state == Import.State.DONE
    return made


def pages(client: Client, run: Import) -> list[str]:
    """Today, the community and the import, as text."""
    urls = ("/", f"/communities/{run.community_id}/", f"/imports/{run.pk}/")
    return [re.sub(r"\s+", " ", client.get(url).content.decode()) for url in urls]


def test_pages_say_it_until_it_is_done(owner: User, run: Import) -> None:
    client = signed_in(owner)
    assert [STILL in page for page in pages(client, run)] == [True, True, True]
    deliver_rows()
    assert Job.objects.filter(name="refresh_groups", state=Job.State.DUE).exists()
    assert [STILL in page for page in pages(client, run)] == [True, True, True]
    assert "Who said how much is complete." in pages(client, run)[1]
    chinese = client.get("/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "大家在聊什么、诊断结论。谁说了多少已经统计完整。" in chinese
    drain()
    assert [STILL in page for page in pages(client, run)] == [False, False, False]
    assert not any("worked out" in page for page in pages(client, run))


def test_how_far_it_is(owner: User, run: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    client, seen = signed_in(owner), list[str]()
    deliver_rows()

    def half(one: Job) -> None:
        assert renew(one, 0.5)
        seen.extend(pages(client, run))
        assert share_followed(run.workspace_id, run.pk) == 0.5

    monkeypatch.setitem(JOBS, "refresh_groups", half)
    assert share_followed(run.workspace_id, run.pk) == 0.0
    run_due_jobs()
    assert ["50 % is done." in page for page in seen] == [True, True, True]
    assert share_followed(run.workspace_id, run.pk) == 1.0


def test_what_failed_is_told_from_what_goes_on(
    run: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_one: Job) -> None:
        message = "no"
        raise ValueError(message)

    monkeypatch.setitem(JOBS, "refresh_groups", fail)
    deliver_rows()
    run_due_jobs()
    assert share_followed(run.workspace_id, run.pk) is None


def test_the_fragment_ends_with_the_way_to_the_page(owner: User, run: Import) -> None:
    client = signed_in(owner)
    url = f"/underway?community={run.community_id}"
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/communities/1/?period=7"}
    going = client.get(url, headers=headers).content.decode()
    assert STILL in going
    assert f'hx-get="{url}"' in going
    drain()
    over = client.get(url, headers=headers).content.decode()
    assert "Everything is worked out now." in over
    assert '<a href="/communities/1/?period=7">' in over
    assert "hx-get" not in over
    assert client.get(url).headers["Location"] == "/"


def test_only_those_concerned_hear_of_it(owner: User, run: Import) -> None:
    other = Community.objects.create(workspace=run.workspace, name="other", time_zone="UTC")
    lone = Group.objects.create(
        workspace=run.workspace, community=other, platform="qq", name="lone"
    )
    actor = system(run.workspace_id)
    assert underway(actor, [lone]) is None
    assert underway(actor) is not None
    schedule("recount_community", workspace_id=run.workspace_id, key=str(other.pk))
    found = underway(actor, [lone])
    assert found is not None
    assert found.counts_anew
    elsewhere = seated(Workspace.objects.create(name="elsewhere"), Role.MANAGER)
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/"}
    for url in ("/underway", f"/underway?community={run.community_id}"):
        assert STILL not in signed_in(elsewhere).get(url, headers=headers).content.decode()


def test_pages_ask_once(
    owner: User, run: Import, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    groups = list(Group.objects.filter(community=run.community_id))
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        assert underway(system(run.workspace_id), groups) is not None
