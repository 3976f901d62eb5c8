"""The page of failed tasks, by HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from weilu.core.clock import now
from weilu.core.models import Delivery, Job, LogRow, Seat, User, Workspace

pytestmark = pytest.mark.django_db


def person(client: Client, name: str, role: str = "owner") -> Workspace:
    workspace = Workspace.objects.create(name=name)
    user = User.objects.create_user(username=name, email=f"{name}@example.org")
    Seat.objects.create(workspace=workspace, user=user, role=role)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return workspace


def parked(workspace: Workspace) -> Delivery:
    row = LogRow.objects.create(workspace=workspace, name="X", payload={}, at=now())
    return Delivery.objects.create(
        row=row,
        reaction="somebody.react",
        state=Delivery.State.PARKED,
        attempts=3,
        error="Traceback\nValueError: <no>\n",
        due_at=None,
        at=now(),
    )


def test_nothing_failed(client: Client) -> None:
    person(client, "owner")
    assert "Everything that was to be done was done." in client.get("/failures/").content.decode()


def test_a_parked_delivery_is_shown_and_tried_again(client: Client) -> None:
    one = parked(person(client, "owner"))
    page = client.get("/failures/").content.decode()
    assert "ValueError: &lt;no&gt;" in page
    client.post(f"/failures/delivery/{one.pk}", {"act": "retry"})
    one.refresh_from_db()
    assert one.attempts == 0
    assert one.due_at is not None


def test_a_failed_job_is_let_be(client: Client) -> None:
    workspace = person(client, "owner")
    job = Job.objects.create(
        workspace=workspace, name="x", due_at=now(), state=Job.State.FAILED, error="Boom"
    )
    client.post(f"/failures/job/{job.pk}", {"act": "drop"})
    assert "Boom" not in client.get("/failures/").content.decode()


def test_strangers_and_operators_are_kept_out(client: Client) -> None:
    one = parked(person(client, "owner"))
    person(client, "stranger")
    assert client.post(f"/failures/delivery/{one.pk}", {"act": "drop"}).status_code == 404
    person(client, "operator", role="operator")
    assert client.get("/failures/").status_code == 403
    one.refresh_from_db()
    assert one.state == Delivery.State.PARKED


def test_an_unknown_act_is_not_found(client: Client) -> None:
    one = parked(person(client, "owner"))
    assert client.post(f"/failures/delivery/{one.pk}", {"act": "explode"}).status_code == 404


def test_health_is_answered_to_anybody(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
