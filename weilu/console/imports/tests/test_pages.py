"""The import pages over HTTP, with the worker drained in this process."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from weilu.chat.models import Import, ImportBundle, Message
from weilu.chat.ports import FORMATS, PROBLEMS
from weilu.communities.models import Community
from weilu.console.conftest import signed_in
from weilu.console.imports.uploads import safe_name
from weilu.console.imports.words import _PROBLEMS, FORMAT_WORDS, format_label, problem_sentence
from weilu.core.clock import now
from weilu.core.models import User
from weilu.core.worker import drain
from weilu.groups.models import Group

LOG = b"[08:03] <nine> morning\n[08:04] <ten> tea?\n[08:05] <nine> yes\n"


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    return tmp_path / "uploads"


def send(client: Client, name: str, content: bytes) -> Import:
    """Upload one file; the import made of it."""
    response = client.post("/imports/upload", {"files": SimpleUploadedFile(name, content)})
    run = Import.objects.order_by("-pk").get()
    assert response.status_code == 302
    assert response.headers["Location"] == f"/imports/{run.pk}/"
    return run


def test_a_file_becomes_a_community(owner: User, uploads: Path) -> None:
    client = signed_in(owner)
    run = send(client, "#tea_20260102.log", LOG)

    assert run.state == Import.State.UPLOADED
    assert (uploads / str(run.pk) / "#tea_20260102.log").read_bytes() == LOG
    assert [p.name for p in uploads.iterdir()] == [str(run.pk)]
    assert "Looking at the files" in client.get(f"/imports/{run.pk}/").content.decode()

    drain()
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "3 messages found" in page
    assert "2026-01-02 08:03" in page
    bundle = ImportBundle.objects.get()
    answers = {
        "zone": "Europe/Berlin",
        "community_name": "Tea house",
        f"name-{bundle.pk}-0": "tea friends",
    }
    client.post(f"/imports/{run.pk}/start", answers)
    drain()

    community = Community.objects.get()
    assert (community.name, community.time_zone) == ("Tea house", "Europe/Berlin")
    assert Group.objects.get().name == "tea friends"
    assert list(Message.objects.order_by("id").values_list("text", flat=True)) == [
        "morning",
        "tea?",
        "yes",
    ]
    # 08:03 in Berlin in winter.
    assert Message.objects.order_by("id")[0].sent_ms == 1_767_337_380_000
    done = client.get(f"/imports/{run.pk}/").content.decode()
    assert "3 records were new, 0 were known already. Messages, joins, leaves and new" in done
    assert f'/communities/{community.pk}/?group={Group.objects.get().pk}">tea friends · IRC' in done
    assert "Tea house" in client.get("/imports/").content.decode()


def test_an_export_is_called_by_its_group_and_says_its_file(owner: User) -> None:
    client = signed_in(owner)
    run = send(client, "#tea_20260102.log", LOG)
    drain()

    page = client.get(f"/imports/{run.pk}/").content.decode()

    assert '<span class="import-title">#tea</span>' in page
    assert '<span class="sentence">#tea_20260102.log · IRC log' in page


def test_undo_takes_everything_back(owner: User) -> None:
    client = signed_in(owner)
    run = send(client, "#tea_20260102.log", LOG)
    drain()
    client.post(f"/imports/{run.pk}/start", {"zone": "UTC", "community_name": "Tea"})
    drain()
    assert Message.objects.count() == 3

    client.post(f"/imports/{run.pk}/undo")
    drain()

    assert Message.objects.count() == 0
    assert (
        "What only these files brought is gone."
        in client.get(f"/imports/{run.pk}/").content.decode()
    )


def test_what_cannot_be_read_is_said_with_its_place(owner: User) -> None:
    client = signed_in(owner)
    run = send(client, "photo.json", b"\x89PNG\r\n\x1a\n" + bytes(200))
    drain()
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "photo.json: It is a picture, a document or a program, not text." in page
    assert "Nothing in these files can be read" in page
    # There is nothing to answer, so nobody is asked to, and the copy goes.
    assert "photo.json</h2>" in client.get("/imports/").content.decode()
    assert "An import is waiting" not in client.get("/").content.decode()
    assert not Path(run.paths[0]).exists()
    assert f"/imports/{run.pk}/undo" not in page


def test_what_waits_is_named(owner: User) -> None:
    client = signed_in(owner)
    send(client, "#tea_20260102.log", LOG)
    drain()
    assert "#tea_20260102.log: looked at." in client.get("/").content.decode()


def test_places_tell_what_stands_there() -> None:
    place = {
        "code": "bad_time",
        "path": "a.txt",
        "unit": "line",
        "number": 7,
        "excerpt": "25:61 %s",
    }
    assert problem_sentence(place) == (
        "a.txt, line 7: The time cannot be read. It reads: “25:61 %s”"
    )


def test_a_wrong_answer_is_said_and_nothing_starts(owner: User) -> None:
    client = signed_in(owner)
    run = send(client, "#tea_20260102.log", LOG)
    drain()
    client.post(f"/imports/{run.pk}/start", {"zone": "Moon/Base", "community_name": "Tea"})
    assert "This time zone is not known." in client.get(f"/imports/{run.pk}/").content.decode()
    client.post(f"/imports/{run.pk}/start", {"zone": "UTC", "community_name": " "})
    assert "needs a name." in client.get(f"/imports/{run.pk}/").content.decode()
    run.refresh_from_db()
    assert run.state == Import.State.READY
    assert Community.objects.count() == 0


def test_analysts_and_strangers_stay_outside(analyst: User, uploads: Path) -> None:
    client = signed_in(analyst)
    assert client.get("/imports/").status_code == 403
    response = client.post("/imports/upload", {"files": SimpleUploadedFile("a.txt", LOG)})
    assert response.status_code == 403
    assert Client().post("/imports/upload", {}).status_code == 302
    assert not uploads.exists()
    assert Import.objects.count() == 0


def test_a_folder_keeps_its_order(owner: User, uploads: Path) -> None:
    """Files of a dropped folder lie where they lay; a path that leads out of it leads nowhere."""
    places = ["shop/tea/chat.txt", "shop/../../../out.txt", "loose.txt", "shop/tea/chat.txt"]
    files = [SimpleUploadedFile(Path(one).name, LOG) for one in places]
    sent = {"files": files, "paths": json.dumps(places)}
    assert signed_in(owner).post("/imports/upload", sent).status_code == 302
    run = Import.objects.get()
    folder = uploads / str(run.pk)
    assert [Path(one) for one in run.paths] == [
        folder / "shop",
        folder / "loose.txt",
        folder / "2-chat.txt",
    ]
    assert sorted(str(one.relative_to(uploads)) for one in uploads.rglob("*.txt")) == sorted(
        f"{run.pk}/{one}"
        for one in ("2-chat.txt", "loose.txt", "shop/out.txt", "shop/tea/chat.txt")
    )


@pytest.mark.parametrize("paths", ["", "no json", "[1", '["one"]', '{"a": 1}'])
def test_paths_that_say_nothing_change_nothing(paths: str, owner: User, uploads: Path) -> None:
    files = [SimpleUploadedFile("a.txt", LOG), SimpleUploadedFile("b.txt", LOG)]
    signed_in(owner).post("/imports/upload", {"files": files, "paths": paths})
    assert [Path(one).name for one in Import.objects.get().paths] == ["a.txt", "b.txt"]


def test_without_token_nothing_stays(owner: User, uploads: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/imports/")
    response = client.post("/imports/upload", {"files": SimpleUploadedFile("a.txt", LOG)})
    assert response.status_code == 403
    assert Import.objects.count() == 0
    assert list(uploads.iterdir()) == []


def test_too_much_is_refused_unread(owner: User, settings: Any, uploads: Path) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"upload_max_gb": 1e-9})
    client = signed_in(owner)
    response = client.post("/imports/upload", {"files": SimpleUploadedFile("a.txt", LOG)})
    assert response.status_code == 422
    assert "larger than this server takes" in response.content.decode()
    assert not uploads.exists()


def test_nothing_chosen_is_said(owner: User) -> None:
    response = signed_in(owner).post("/imports/upload", {"other": "1"})
    assert response.status_code == 422
    assert "Choose at least one file." in response.content.decode()


def test_two_files_of_one_name_both_stay(owner: User, uploads: Path) -> None:
    files = [SimpleUploadedFile("_chat.txt", LOG), SimpleUploadedFile("_chat.txt", LOG[:23])]
    signed_in(owner).post("/imports/upload", {"files": files})
    run = Import.objects.get()
    assert [Path(p).name for p in run.paths] == ["_chat.txt", "2-_chat.txt"]
    assert [len(Path(p).read_bytes()) for p in run.paths] == [len(LOG), 23]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("#ubuntu.txt", "#ubuntu.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\chats\\茶 群.txt", "茶 群.txt"),
        (".hidden", "hidden"),
        ("a\x00b\n.txt", "ab.txt"),
        ("..", "file"),
        ("x" * 300 + ".json", "x" * 115 + ".json"),
    ],
)
def test_names_stay_in_their_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_every_problem_has_a_sentence() -> None:
    assert set(_PROBLEMS) == set(PROBLEMS)
    problem: dict[str, Any] = {"code": "truncated", "path": "a.json", "unit": "record", "number": 7}
    assert problem_sentence(problem) == (
        "a.json, message 7: It ends in the middle of a message. Export it again if you can."
    )


def test_another_workspace_sees_no_import(owner: User, stranger: Any) -> None:
    run = send(signed_in(owner), "#tea_20260102.log", LOG)
    client = stranger.client()
    assert client.get(f"/imports/{run.pk}/").status_code == 404
    assert client.post(f"/imports/{run.pk}/cancel").status_code == 404
    run.refresh_from_db()
    assert run.state == Import.State.UPLOADED


def test_a_table_is_asked_for_its_columns(owner: User) -> None:
    """What no heading tells is asked, and nothing starts before it is answered."""
    client = signed_in(owner)
    rows = "a;b;c\n" + "".join(f"2026-01-02 08:0{k};{f'u{k}' * 21};{k}\n" for k in range(4))
    run = send(client, "茶友群聊天记录.csv", rows.encode())
    drain()
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "What is in which column?" in page
    # On a phone each row is a card, which shows facts with their headings only.
    assert '<td class="fact" data-label="c">3</td>' in page
    assert "<th>a<br>= Time</th>" in page
    assert "Not readable" not in page
    bundle = ImportBundle.objects.get()
    answers = {"zone": "UTC", "community_name": "Tea"}
    client.post(f"/imports/{run.pk}/start", answers)
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "Say which column holds the time and which the writer" in page
    mapped = {f"column-{bundle.pk}-time": "a", f"column-{bundle.pk}-name": "b"}
    client.post(f"/imports/{run.pk}/start", {**answers, **mapped})
    drain()
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "4 messages found" in page
    assert 'value="茶友群"' in page
    client.post(f"/imports/{run.pk}/start", {**answers, **mapped})
    drain()
    assert Message.objects.count() == 4
    assert Group.objects.get().name == "茶友群"


def test_every_stage_says_how_far_it_is(owner: User) -> None:
    client = signed_in(owner)
    run = send(client, "#tea_20260102.log", LOG)
    assert "Waiting for the worker" in client.get(f"/imports/{run.pk}/").content.decode()
    Import.objects.filter(pk=run.pk).update(state=Import.State.LOOKING, progress=0.42)
    bar = client.get(f"/imports/{run.pk}/progress", HTTP_HX_REQUEST="true").content.decode()
    assert "42\u00a0%" in bar
    assert f"/imports/{run.pk}/cancel" in bar
    client.post(f"/imports/{run.pk}/cancel")
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "Nothing of these files was stored." in page
    drain()
    assert "Not brought in" in client.get("/imports/").content.decode()


def test_reading_shows_its_pace(owner: User) -> None:
    client = signed_in(owner)
    run = send(client, "#tea_20260102.log", LOG)
    drain()
    began = now()
    Import.objects.filter(pk=run.pk).update(state=Import.State.RUNNING, started_at=began)
    ImportBundle.objects.filter(run=run).update(read=20_000, progress=0.5)
    with time_machine.travel(began + timedelta(seconds=10), tick=False):
        page = client.get(f"/imports/{run.pk}/").content.decode()
    assert re.search(r"20,000 read, 2,000 a second, about .*10\s?.* to go\.", page)
    assert "50\u00a0%" in page


def test_every_format_is_said_in_the_readers_language() -> None:
    assert set(FORMATS.formats) <= set(FORMAT_WORDS)
    assert format_label("whatsapp") == "WhatsApp text"
    with translation.override("zh-hans"):
        assert format_label("whatsapp") == "WhatsApp 文本"


def test_uploads_go_with_the_import(owner: User, uploads: Path) -> None:
    client = signed_in(owner)
    run = send(client, "#tea_20260102.log", LOG)
    drain()
    client.post(f"/imports/{run.pk}/cancel")
    drain()
    assert list(uploads.iterdir()) == []


def test_the_day_of_a_log_without_dates_is_asked_and_read_anew(owner: User) -> None:
    client = signed_in(owner)
    run = send(client, "#tea.log", LOG)
    drain()
    (one,) = ImportBundle.objects.filter(run=run)
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert f'name="day-{one.pk}"' in page
    assert one.guesses["first_day"] == now().date().isoformat()

    wrong = {"zone": "UTC", "community_name": "Tea", f"day-{one.pk}": "2026-02-30"}
    client.post(f"/imports/{run.pk}/start", wrong)
    run.refresh_from_db()
    assert run.state == Import.State.READY

    said = {"zone": "UTC", "community_name": "Tea", f"day-{one.pk}": "2026-01-02"}
    client.post(f"/imports/{run.pk}/start", said)
    drain()
    (one,) = ImportBundle.objects.filter(run=run)
    assert one.found["chats"][0]["first_ms"] == 1_767_340_980_000
    client.post(f"/imports/{run.pk}/start", {**said, f"day-{one.pk}": "2026-01-02"})
    drain()
    assert Message.objects.filter(sent_ms__gte=1_767_340_980_000).count() == 3


def test_looking_again_loses_nothing_that_was_written(owner: User) -> None:
    client = signed_in(owner)
    talk = "01/02/2026, 10:00 - Lan: fresh oolong\n01/03/2026, 10:05 - Bo: how much?\n"
    run = send(client, "chat.txt", talk.encode())
    drain()
    bundle = ImportBundle.objects.get(run=run)
    said = {
        f"order-{bundle.pk}": "dmy",
        f"name-{bundle.pk}-0": "tea friends",
        "zone": "Asia/Shanghai",
        "community_name": "Tea house",
    }
    client.post(f"/imports/{run.pk}/start", said)
    drain()
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert '<option value="dmy" selected>' in page
    assert 'value="tea friends"' in page
    assert 'value="Tea house"' in page
    again = ImportBundle.objects.get(run=run)
    said = {**said, f"order-{again.pk}": "mdy", f"skip-{again.pk}": "1"}
    client.post(f"/imports/{run.pk}/start", said)
    drain()
    assert ImportBundle.objects.get(run=run).state == ImportBundle.State.SKIPPED
