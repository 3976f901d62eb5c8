"""The page of failed tasks, by HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Delivery, Job, LogRow, Workspace
from weilu.core.tests.cast import settle

pytestmark = pytest.mark.django_db


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
    settle(client, "owner")
    assert "Everything that was to be done was done." in client.get("/failures/").content.decode()


def test_a_parked_delivery_is_shown_and_tried_again(client: Client) -> None:
    one = parked(settle(client, "owner"))
    page = client.get("/failures/").content.decode()
    assert "ValueError: &lt;no&gt;" in page
    client.post(f"/failures/delivery/{one.pk}", {"act": "retry"})
    one.refresh_from_db()
    assert one.attempts == 0
    assert one.due_at is not None


def test_a_failed_job_is_let_be(client: Client) -> None:
    workspace = settle(client, "owner")
    job = Job.objects.create(
        workspace=workspace, name="x", due_at=now(), state=Job.State.FAILED, error="Boom"
    )
    client.post(f"/failures/job/{job.pk}", {"act": "drop"})
    assert "Boom" not in client.get("/failures/").content.decode()


def test_strangers_and_operators_are_kept_out(client: Client) -> None:
    one = parked(settle(client, "owner"))
    settle(client, "stranger")
    assert client.post(f"/failures/delivery/{one.pk}", {"act": "drop"}).status_code == 404
    settle(client, "operator", role=Role.OPERATOR)
    assert client.get("/failures/").status_code == 403
    one.refresh_from_db()
    assert one.state == Delivery.State.PARKED


def test_an_unknown_act_is_not_found(client: Client) -> None:
    one = parked(settle(client, "owner"))
    assert client.post(f"/failures/delivery/{one.pk}", {"act": "explode"}).status_code == 404


def test_health_is_answered_to_anybody(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
