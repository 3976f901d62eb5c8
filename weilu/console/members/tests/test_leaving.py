"""Copies and erasures over HTTP."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta

import numpy as np
import pytest
import time_machine
from django.db import transaction
from django.db.models import BinaryField
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from weilu.console.conftest import signed_in
from weilu.core.clock import now
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.members.actions import merge
from weilu.members.actions.customers import bring_in
from weilu.members.actions.ledgers import book
from weilu.members.actions.notes import write_note
from weilu.members.models import Erasure, Identity, Member
from weilu.members.rules.customers import Row
from weilu.members.rules.exchange import Exchange, rows_of
from weilu.members.traces import OPENERS, traces


@pytest.fixture
def reed(workspace: Workspace, operator: Person) -> int:
    """A member with another account, a note and messages; and one who stays."""
    tell(
        make_group(workspace, "Hall"),
        [
            said("reed", "2024-03-01 08:00", "=tea"),
            said("reed2", "2024-03-02 08:00", "more tea"),
            said("rush", "2024-03-02 08:05", "@reed which?"),
        ],
    )
    pk = id_of("reed")
    merge(operator.actor, kept_id=pk, absorbed_id=id_of("reed2"))
    write_note(operator.actor, member_id=pk, text="likes red tea")
    bring_in(
        operator.actor, [Row(2, "reed", "13800138000", (), ())], wording="", today=date(2024, 3, 3)
    )
    who = Identity.objects.get(account="reed")
    thanked = rows_of(
        who=np.array([who.pk]), kind=Exchange.THANKED, day=19_783, group=7, partner=9, times=2
    )
    with transaction.atomic():
        book(workspace.pk, thanked)
    return pk


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's."""
    return signed_in(owner)


def test_a_copy_holds_everything(browser: Client, reed: int) -> None:
    response = browser.get(reverse("member_copy", args=[reed]))
    assert response.headers["Content-Disposition"] == f'attachment; filename="member-{reed}.zip"'
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a FileResponse
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = json.loads(archive.read("rows.json"))
        lines = archive.read("messages.jsonl").decode().splitlines()
        book = CalamineWorkbook.from_filelike(io.BytesIO(archive.read("readable.xlsx")))
    assert [one["text"] for one in rows["members_note"]] == ["likes red tea"]
    assert {one["account"] for one in rows["members_identity"]} == {"reed", "reed2"}
    assert len(rows["groups_participation"]) == 2
    # What is kept packed or sealed is readable.
    assert [one["phone"] for one in rows["members_customer"]] == ["13800138000"]
    assert [one["lines"] for one in rows["members_ledger"]] == [
        [
            {
                "what": "thanked",
                "day": "2024-03-01",
                "group_id": 7,
                "with_identity_id": 9,
                "times": 2,
            }
        ]
    ]
    assert [json.loads(line)["text"] for line in lines] == ["=tea", "more tea"]
    told = book.get_sheet_by_index(0).to_python()
    assert any("Note: likes red tea" in str(row[1]) for row in told)
    spoken = book.get_sheet_by_index(1).to_python()
    assert [(row[1], row[2]) for row in spoken[1:]] == [("Hall", "=tea"), ("Hall", "more tea")]
    # Nobody else is in it.
    assert b"which?" not in data
    assert not any("rush" in json.dumps(part) for part in rows.values())


def test_no_bytes_are_left_out_of_a_copy() -> None:
    packed = {
        trace.model
        for trace in traces()
        if any(isinstance(field, BinaryField) for field in trace.model._meta.fields)
    }
    assert packed
    assert packed <= OPENERS.keys()


def test_an_erasure_is_confirmed_by_name_and_on_record(browser: Client, reed: int) -> None:
    url = reverse("member_erase", args=[reed])
    assert "2 messages." in browser.get(url).content.decode()
    wrong = browser.post(url, {"reason": "asked", "name": "Reed", "everywhere": "on"})
    assert wrong.status_code == 422
    assert "This is not their name" in wrong.content.decode()
    assert not Erasure.objects.exists()
    begun = browser.post(url, {"reason": "asked", "name": "reed", "everywhere": "on"}, follow=True)
    assert "They are being erased." in begun.content.decode()
    assert "begins soon" in begun.content.decode()
    page = browser.get(reverse("member", args=[reed])).content.decode()
    assert "They are being erased from everything." in page
    assert "Erase them…" not in page
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(4):
            drain()
            clock.shift(timedelta(seconds=5))
    text = browser.get(reverse("members_erased")).content.decode()
    assert "They asked for it: 2 messages, their name in 1 message of others" in text
    assert "reed" not in text
    assert browser.get(reverse("member", args=[reed])).status_code == 404
    assert list(Member.objects.values_list("name", flat=True)) == ["rush"]


def test_only_whoever_may_erases(operator: Person, manager: Person, reed: int) -> None:
    url = reverse("member_erase", args=[reed])
    asked = {"reason": "asked", "name": "reed"}
    assert operator.client().post(url, asked).status_code == 403
    assert operator.client().get(reverse("members_erased")).status_code == 403
    page = operator.client().get(reverse("member", args=[reed])).content.decode()
    assert "Erase them…" not in page
    assert "Download everything about them" in page
    assert not Erasure.objects.exists()
    assert manager.client().post(url, asked).status_code == 302
