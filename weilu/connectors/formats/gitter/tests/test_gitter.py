"""Gitter."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Form, Kind
from weilu.connectors.formats.gitter.reader import GitterFormat
from weilu.connectors.formats.tests.entries import data_folder
from weilu.connectors.formats.tests.jsonmaking import codes_of, entry, items_of, portions_of

ONE = GitterFormat()
USER = {"id": "u", "username": "ann", "displayName": "Ann"}


def test_messages() -> None:
    told = {"id": "1", "text": "hi", "sent": "2023-11-14T22:13:20.000Z", "fromUser": USER}
    records = [
        told,
        {**told, "status": True, "parentId": "0"},
        {**told, "text": ""},
        {**told, "sent": None},
    ]
    portions = portions_of(ONE, entry(records))
    assert [(Kind(i.kind).name, i.name, i.reply_to, Form(i.form)) for i in items_of(portions)] == [
        ("MESSAGE", "Ann", "", Form.TEXT),
        ("MESSAGE", "Ann", "0", Form.ACTION),
        ("RECALL", "Ann", "", Form.TEXT),
    ]
    assert codes_of(portions) == [("bad_record", 4)]


@pytest.mark.data
def test_the_real_sample() -> None:
    folder = data_folder("export_samples") / "gitter_api"
    files = [entry(path.read_bytes(), path.name) for path in sorted(folder.iterdir())]
    assert [i.text for i in items_of(portions_of(ONE, *files))] == [
        "This is test message 1",
        "This is test message 2",
    ]
