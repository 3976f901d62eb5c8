"""What goes around every page: compression, and short words for requests that are refused."""

from __future__ import annotations

import gzip
import logging

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

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
