"""Pictures of hand tasks: drawn anew, bounded, seen by the workspace alone."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from weilu.chat.live.queue import enqueue
from weilu.chat.models import Outgoing
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core import pictures
from weilu.core.tests.cast import Person
from weilu.groups.models import Group

pytestmark = pytest.mark.django_db
SECRET = b"taken at 31.2304 N 121.4737 E"


@pytest.fixture
def task(
    monkeypatch: pytest.MonkeyPatch, manager: Person, settings: LazySettings, tmp_path: Path
) -> Outgoing:
    """A hand task; media lies in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path
    one = RecordingPlatform()
    monkeypatch.setattr(CONNECTORS, "connectors", {one.name: one})
    group = group_of(connected(manager.actor, one))
    Group.objects.filter(pk=group.pk).update(connection=None, platform="wechat")
    enqueue(group.workspace_id, [draft(group, "k")])
    return Outgoing.objects.get()


def picture(width: int = 3000, height: int = 20, form: str = "PNG") -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    made = io.BytesIO()
    Image.new("RGBA", (width, height), (200, 80, 30, 255)).convert("RGB").save(
        made, form, exif=exif
    )
    return made.getvalue()


def upload(data: bytes, name: str = "../../evil.html") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/html")


def stored(tmp_path: Path) -> list[Path]:
    return [one for one in tmp_path.rglob("*") if one.is_file()]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_anew_and_shown(
    task: Outgoing, operator: Person, tmp_path: Path, form: str
) -> None:
    client = operator.client()
    url = f"/outbox/tasks/{task.pk}/act/"
    assert SECRET in picture(form=form)
    client.post(url, {"act": "done", "proof": upload(picture(form=form))})
    task.refresh_from_db()
    assert task.state == "sent"
    assert stored(tmp_path) == [tmp_path / task.proof]
    answer = client.get(f"/outbox/tasks/{task.pk}/proof/")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a FileResponse
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert SECRET not in body
    with Image.open(io.BytesIO(body)) as shown:
        assert (shown.format, max(shown.size)) == ("JPEG", 1600)
    for page in ("/outbox/tasks/", "/outbox/?tab=ended"):
        assert f"/outbox/tasks/{task.pk}/proof/" in client.get(page).content.decode()


def test_nobody_else_sees_it(task: Outgoing, operator: Person, stranger: Person) -> None:
    client = operator.client()
    assert client.get(f"/outbox/tasks/{task.pk}/proof/").status_code == 404
    client.post(f"/outbox/tasks/{task.pk}/act/", {"act": "done", "proof": upload(picture())})
    assert stranger.client().get(f"/outbox/tasks/{task.pk}/proof/").status_code == 404


def bomb() -> bytes:
    """A tiny file that says it is 60,000 pixels a side."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + check

    size = (60_000).to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + b"\x08\x02\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<script>alert(1)</script>", "no picture Weilu can read"),
        (b"", "no picture Weilu can read"),
        (picture()[:60], "no picture Weilu can read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "no picture Weilu can read"),
        (bomb(), "The picture is too large"),
    ],
)
def test_what_is_no_picture_changes_nothing(
    task: Outgoing, operator: Person, tmp_path: Path, data: bytes, said: str
) -> None:
    url = f"/outbox/tasks/{task.pk}/act/"
    answer = operator.client().post(url, {"act": "done", "proof": upload(data)}, follow=True)
    assert said in answer.content.decode()
    task.refresh_from_db()
    assert stored(tmp_path) == []
    assert task.state == "waiting"


def test_a_file_that_is_too_large_is_not_even_opened(
    task: Outgoing, operator: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    url = f"/outbox/tasks/{task.pk}/act/"
    answer = operator.client().post(
        url, {"act": "done", "proof": upload(picture(300, 300))}, follow=True
    )
    assert "The picture is too large" in answer.content.decode()
    assert stored(tmp_path) == []


def test_a_second_click_leaves_no_picture_behind(
    task: Outgoing, operator: Person, tmp_path: Path
) -> None:
    client = operator.client()
    for _ in range(2):
        client.post(f"/outbox/tasks/{task.pk}/act/", {"act": "done", "proof": upload(picture())})
    task.refresh_from_db()
    assert stored(tmp_path) == [tmp_path / task.proof]


def test_a_picture_of_what_was_not_done_after_all_is_gone(
    task: Outgoing, operator: Person, tmp_path: Path
) -> None:
    client = operator.client()
    url = f"/outbox/tasks/{task.pk}/act/"
    for _ in range(2):
        client.post(url, {"act": "done", "proof": upload(picture())})
    assert len(stored(tmp_path)) == 1
    for _ in range(2):
        client.post(url, {"act": "reopen"})
    task.refresh_from_db()
    assert (task.state, task.proof, stored(tmp_path)) == ("waiting", "", [])
