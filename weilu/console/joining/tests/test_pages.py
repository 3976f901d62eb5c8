"""Join links over HTTP: make one, let it lead somewhere, print it, read what came."""

from __future__ import annotations

import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from weilu.communities.models import Community
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.joining.saving import LinkWords, save_link
from weilu.groups.models import Group, JoinLink, JoinTarget

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(workspace: Workspace) -> Group:
    """A group that people are to join."""
    community = Community.objects.create(workspace=workspace, name="Tea", time_zone="Asia/Shanghai")
    return Group.objects.create(
        workspace=workspace, community=community, platform="wechat", name="Evening"
    )


def wished(group: Group, **more: str) -> dict[str, str]:
    return {
        "name": "counter", "community": str(group.community_id), "source": "store",
        "words": "Tea every evening", "cost": "12.50", "is_on": "on",
    } | more  # fmt: skip


def test_a_link_is_made_led_on_printed_and_changed(group: Group, operator: Person) -> None:
    client = operator.client()
    assert "No join link yet" in client.get("/links/").content.decode()
    # The only community there is need not be chosen.
    chosen = f'<option value="{group.community_id}" selected>Tea</option>'
    assert chosen in client.get("/links/new/").content.decode()
    assert client.post("/links/new/", wished(group)).status_code == 302
    one = JoinLink.objects.get()
    url = f"/links/{one.pk}/"
    assert "Nowhere yet" in client.get(url).content.decode()
    form = {
        "group": str(group.pk), "address": "https://example.org/g", "most": "195",
        "expires": "2099-05-04T12:00", "position": "1", "weight": "1", "is_on": "on",
    }  # fmt: skip
    assert client.post(f"{url}to/", form).status_code == 302
    target = JoinTarget.objects.get()
    # The time is by the community's clock.
    assert target.expires_at is not None
    assert f"{target.expires_at:%H:%M}" == "04:00"
    page = client.get(url).content.decode()
    assert f"http://testserver/j/{one.code}/" in page
    assert "Evening" in page
    assert client.post(f"{url}to/{target.pk}/", form | {"most": "50"}).status_code == 302
    assert JoinTarget.objects.get().most == 50
    assert "counter" in client.get("/links/").content.decode()
    assert f"/j/{one.code}/" in client.get(f"{url}sheet/").content.decode()
    client.post(f"{url}to/{target.pk}/drop/")
    assert not JoinTarget.objects.exists()


def test_the_code_is_a_real_one(group: Group, operator: Person) -> None:
    one = save_link(operator.actor, LinkWords("春天 counter", "store"), community=group.community)
    client = operator.client()
    drawn = client.get(f"/links/{one.pk}/code.svg")
    assert drawn["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawn.content
    assert b"<script" not in drawn.content
    png = client.get(f"/links/{one.pk}/code.png?download")
    assert png["Content-Disposition"] == 'attachment; filename="counter.png"'
    picture = Image.open(io.BytesIO(png.content))
    assert picture.width == picture.height >= 400
    assert client.get(f"/links/{one.pk}/code.gif").status_code == 404


def test_bad_input_is_said_at_its_place(group: Group, operator: Person) -> None:
    client = operator.client()
    assert client.post("/links/new/", wished(group, cost="-1")).status_code == 422
    assert client.post("/links/new/", wished(group, source="moon")).status_code == 422
    one = save_link(operator.actor, LinkWords("counter", "store"), community=group.community)
    again = client.post("/links/new/", wished(group))
    assert again.status_code == 422
    assert "Another link has this name already." in again.content.decode()
    form = {"group": str(group.pk), "most": "195", "position": "1", "weight": "1"}
    lacking = client.post(f"/links/{one.pk}/to/", form)
    assert lacking.status_code == 422
    assert "or give its invitation address." in lacking.content.decode()
    odd = {**form, "picture": io.BytesIO(b"no picture")}
    assert client.post(f"/links/{one.pk}/to/", odd).status_code == 422
    assert not JoinTarget.objects.exists()


def test_the_list_asks_the_same_of_the_database_for_many_links(
    group: Group, operator: Person, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for n in range(30):
        save_link(operator.actor, LinkWords(f"link {n}", "store"), community=group.community)
    client = operator.client()
    with django_assert_max_num_queries(10):  # type: ignore[operator]  # pytest-django's fixture
        page = client.get("/links/").content.decode()
    assert page.count('<li class="entry">') == 30


def test_an_analyst_looks_and_changes_nothing(group: Group, workspace: Workspace) -> None:
    owner = person(workspace, "boss", Role.OWNER)
    one = save_link(owner.actor, LinkWords("counter", "store"), community=group.community)
    client = person(workspace, "ana", Role.ANALYST).client()
    assert client.get(f"/links/{one.pk}/").status_code == 200
    assert client.get("/links/new/").status_code == 403
    assert client.post(f"/links/{one.pk}/change/", wished(group)).status_code == 403


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(out, "PNG")
    out.seek(0)
    out.name = "code.png"
    return out


def test_a_code_that_has_run_out_is_replaced_with_one_picture(
    group: Group, operator: Person, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    one = save_link(operator.actor, LinkWords("counter", "store"), community=group.community)
    old = now() - timedelta(hours=1, seconds=7)
    target = JoinTarget.objects.create(
        link=one, group=group, address="https://example.org", most=195, expires_at=old,
        code_set_at=old,
    )  # fmt: skip
    client = operator.client()
    url = f"/links/{one.pk}/to/{target.pk}/"
    # Today says so, and its button leads here.
    today = client.get("/").content.decode()
    assert "The code of Evening has run out" in today
    assert url in today
    shown = f"{old.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%dT%H:%M}"
    assert shown in client.get(url).content.decode()
    form = {
        "group": str(group.pk), "most": "195", "position": "1", "weight": "1", "is_on": "on",
        "expires": shown,
    }  # fmt: skip
    client.post(url, form | {"picture": picture()})
    target.refresh_from_db()
    assert target.expires_at is not None
    assert timedelta(days=6) < target.expires_at - now() < timedelta(days=7)
    assert "has run out" not in client.get("/").content.decode()
    # One that was said to hold longer, or till another moment, does.
    for held in ("2099-05-04T12:00", "2099-05-04T12:00", "2098-01-01T00:00"):
        client.post(url, form | {"picture": picture(), "expires": held})
        target.refresh_from_db()
        assert target.expires_at is not None
        assert f"{target.expires_at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%dT%H:%M}" == held


def test_a_code_that_runs_out_soon_is_told_with_its_hour(group: Group, operator: Person) -> None:
    one = save_link(operator.actor, LinkWords("counter", "store"), community=group.community)
    ends = now() + timedelta(hours=5)
    target = JoinTarget.objects.create(
        link=one, group=group, address="https://example.org", most=195, expires_at=ends,
        code_set_at=now(),
    )  # fmt: skip
    page = operator.client().get("/").content.decode()
    assert f"{ends.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}" in page
    assert f"/links/{one.pk}/to/{target.pk}/" in page
