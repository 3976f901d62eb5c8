"""What a form or an address may name: numbers of rows, and pages to go on to."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from weilu.console.conftest import signed_in
from weilu.console.http import row_number, row_numbers, way_back
from weilu.core.models import User

HUGE = ("9" * 19, "9" * 5000, "18446744073709551616")
ELSEWHERE = (
    *("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"),
    *("http:evil.example", "\thttps://evil.example", "///evil.example"),
)
NAMELESS = ("members", "{}", "🧋", "-1", "<script>", "../x", "")


@pytest.mark.parametrize("text", [*HUGE, "", "-1", "1.5", "²", "x", " 1"])
def test_what_no_row_can_have_is_no_number(text: str) -> None:
    assert row_number(text) is None


def test_numbers_of_rows_keep_their_order() -> None:
    assert row_numbers(["12", "x", HUGE[1], "3"]) == [12, 3]


@pytest.mark.parametrize("wanted", [*ELSEWHERE, *NAMELESS])
def test_a_form_leads_nowhere_but_to_pages_here(wanted: str) -> None:
    request = RequestFactory().post("/preferences", {"next": wanted})
    assert way_back(request, "/today/") == "/today/"


@pytest.mark.parametrize("wanted", ["/members/?q=1", "http://testserver/groups/"])
def test_a_form_leads_to_pages_here(wanted: str) -> None:
    request = RequestFactory().post("/preferences", {"next": wanted})
    assert way_back(request, "/") == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", NAMELESS)
def test_a_preference_is_kept_whatever_page_is_named(owner: User, wanted: str) -> None:
    answer = signed_in(owner).post("/preferences", {"next": wanted, "theme": "dark"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.django_db
@pytest.mark.parametrize("number", HUGE)
def test_numbers_no_database_holds_pick_nothing(owner: User, number: str) -> None:
    client = signed_in(owner)
    client.raise_request_exception = False
    for address in ("/members/mark/staff/", "/members/mark/bot/", "/members/merge", "/workspace"):
        named = {"pick": number, "kept": number, "workspace": number}
        assert client.post(address, named).status_code < 500, address
    for address in ("/", "/members/", "/messages/", "/groups/", "/members/circles/"):
        answer = client.get(address, {"group": number, "member": number, "tag": number})
        assert answer.status_code < 500, address
