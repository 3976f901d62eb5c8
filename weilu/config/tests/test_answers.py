"""What goes around every page: compression, and short words for requests that are refused."""

from __future__ import annotations

import gzip
import logging
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from weilu.config import bodies
from weilu.config.bodies import OF_STRANGERS
from weilu.config.logs import Brief
from weilu.console import failures
from weilu.core.tests.cast import Person

pytestmark = pytest.mark.django_db
TAKES = {"accept-encoding": "gzip, br"}


def test_pages_go_out_compressed_to_who_takes_that(owner: Person) -> None:
    client = owner.client()
    plain = client.get(reverse("members"))
    squeezed = client.get(reverse("members"), headers=TAKES)
    assert plain.headers.get("Content-Encoding") is None
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in squeezed.headers["Vary"]
    assert int(squeezed.headers["Content-Length"]) == len(squeezed.content)
    assert len(squeezed.content) < len(plain.content) / 2
    assert b"</html>" in gzip.decompress(squeezed.content)


def test_the_size_of_a_page_tells_nothing_of_what_is_in_it(owner: Person) -> None:
    """Each answer is lengthened by chance: a secret is not found out by guessing at it (BREACH)."""
    client = owner.client()
    sizes = {len(client.get(reverse("members"), headers=TAKES).content) for _ in range(12)}
    assert len(sizes) > 3


def test_join_links_stay_as_the_quick_way_reads_them() -> None:
    page = Client().get("/j/nosuchlink/", headers=TAKES)
    assert page.status_code == 404
    assert "Content-Encoding" not in page.headers
    assert len(page.content) > 200


def record(name: str) -> logging.LogRecord:
    error = ValueError("no")
    said = (type(error), error, None)
    text = "Invalid HTTP_HOST header: %r. You may need to add %r to ALLOWED_HOSTS."
    return logging.LogRecord(name, logging.ERROR, "", 1, text, ("tea\n", "tea\n"), said)


def test_a_request_under_another_name_takes_one_line_of_the_log() -> None:
    refused, crashed = record("django.security.DisallowedHost"), record("django.request")
    assert Brief().filter(refused)
    assert Brief().filter(crashed)
    assert logging.Formatter("%(levelname)s %(message)s").format(refused) == (
        "WARNING Invalid HTTP_HOST header: 'tea\\n'."
        " You may need to add 'tea\\n' to WEILU_ALLOWED_HOSTS."
    )
    assert crashed.exc_info is not None


def test_who_comes_under_another_name_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    page = Client(headers={"host": "tea.example", "accept-language": "en"}).get("/account/login/")
    assert page.status_code == 400
    assert "WEILU_ALLOWED_HOSTS" in page.content.decode()
    assert [one.name for one in caplog.records] == ["django.security.DisallowedHost"]


def test_a_full_disk_is_said_on_the_page() -> None:
    request = RequestFactory().get("/")
    try:
        raise OperationalError("database or disk is full")  # noqa: TRY301 - as a view would
    except OperationalError:
        page = failures.crashed(request)
    assert page.status_code == 507
    assert "Nothing was saved just now" in page.content.decode()


def posted(client: Client, path: str, size: int) -> tuple[int, int]:
    """The status of a form of so many bytes, and how many files of it were read."""
    read: list[int] = []

    class Counting(FileUploadHandler):
        def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
            read.append(len(raw_data))

        def file_complete(self, file_size: int) -> None:
            return None

    with patch("django.core.files.uploadhandler.load_handler", lambda *_a, **_k: Counting()):
        form = {"file": SimpleUploadedFile("a.txt", b"x" * size)}
        return client.post(path, form).status_code, len(read)


@pytest.mark.parametrize("path", ["/account/login/", "/r/shop/report", "/members/customers"])
def test_of_strangers_nothing_large_is_read(path: str) -> None:
    assert posted(Client(enforce_csrf_checks=True), path, OF_STRANGERS) == (413, 0)


def test_who_has_a_seat_may_send_what_pages_take(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, client = reverse("members_customers"), owner.client()
    assert posted(client, page, OF_STRANGERS)[1] > 0
    monkeypatch.setattr(bodies, "OF_OURS", 2 * OF_STRANGERS)
    assert posted(client, page, 2 * OF_STRANGERS) == (413, 0)


def test_what_is_no_number_is_no_length(rf: RequestFactory) -> None:
    request = rf.post("/", CONTENT_LENGTH="1e9")
    assert bodies.BodyMiddleware(lambda _request: HttpResponse("fine"))(request).content == b"fine"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/start/Zk-9_x", "/start/…"),
        ("/invitation/Zk-9_x/take", "/invitation/…/take"),
        ("/api/hooks/Zk9/events", "/api/hooks/…/events"),
        ("/a/zk9/", "/a/…/"),
        ("/members/7/", "/members/7/"),
        ("/x\n2026 INFO root: all is well\x1b[2J", r"/x\n2026 INFO root: all is well\x1b[2J"),
    ],
)
def test_the_log_holds_no_one_time_link_and_no_lines_of_others(path: str, written: str) -> None:
    told = logging.LogRecord("weilu.console", logging.ERROR, "", 1, "error at %s", (path,), None)
    assert Brief().filter(told)
    assert logging.Formatter("%(message)s").format(told) == f"error at {written}"
