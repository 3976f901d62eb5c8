"""Who comes in, and what each failure looks like."""

from __future__ import annotations

import logging
import re
from typing import Protocol

import pytest
from django.test import Client

from weilu.console.conftest import signed_in
from weilu.core.models import Seat, User, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.urls("weilu.console.tests.urls")]


class Answer(Protocol):
    @property
    def content(self) -> bytes: ...


def text(response: Answer) -> str:
    return response.content.decode()


def test_stranger_goes_to_login_and_comes_back() -> None:
    response = Client().get("/owners?a=1")
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/login/?next=/owners%3Fa%3D1"


def test_stranger_with_htmx_leaves_the_page_and_comes_back_to_it() -> None:
    around = {"hx-request": "true", "referer": "http://testserver/members/?page=2"}
    response = Client().get("/owners", headers=around)
    assert response.headers["HX-Redirect"] == "/account/login/?next=/members/%3Fpage%3D2"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/members/?q=a", "/members/%3Fq%3Da"),
        ("https://elsewhere.example/members/", "/"),
        ("", "/"),
    ],
)
def test_who_was_signed_out_comes_back_to_the_form(referer: str, back: str) -> None:
    client = Client()
    response = client.post("/owners", headers={"referer": referer, "accept-language": "en"})
    assert response.headers["Location"] == f"/account/login/?next={back}"
    login = client.get("/account/login/", headers={"accept-language": "en"})
    assert "so this was not saved" in text(login)


def test_without_a_seat_there_is_nothing_to_see(db: None) -> None:
    user = User.objects.create_user(username="new", email="new@example.org")
    response = signed_in(user).get("/owners")
    assert response.status_code == 403
    assert "No workspace yet" in text(response)


def test_owner_comes_in(owner: User, workspace: Workspace) -> None:
    assert text(signed_in(owner).get("/owners")) == f"owner {workspace.pk}"


def test_analyst_stays_out(analyst: User) -> None:
    response = signed_in(analyst).get("/owners")
    assert response.status_code == 403
    assert "Not yours to open" in text(response)


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("not_allowed", 403, "Not yours to open"),
        ("not_found", 404, "Nothing here"),
        ("conflict", 409, "This name is taken already. Choose another one."),
        ("invalid", 422, "Please fill this in."),
        ("later", 503, "Try again in a few minutes."),
        ("given_up", 502, "This does not go together with what is there (odd_code)."),
    ],
)
def test_each_failure_is_a_page(owner: User, kind: str, status: int, words: str) -> None:
    response = signed_in(owner).get(f"/failing/{kind}")
    assert response.status_code == status
    assert words in text(response)
    assert "<main" in text(response)
    assert 'class="rail' in text(response)


def test_a_failure_under_htmx_is_a_notice(owner: User) -> None:
    response = signed_in(owner).get("/failing/conflict", headers={"hx-request": "true"})
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#notices"
    assert "<main" not in text(response)
    assert "This name is taken already." in text(response)


def test_a_crash_gives_the_code_that_is_in_the_log(
    owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(owner)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR, "weilu.console"):
        response = client.get("/failing/crash")
    assert response.status_code == 500
    assert 'class="rail' not in text(response)
    code = re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", text(response))
    assert code is not None
    logged = [one for one in caplog.records if one.name == "weilu.console"]
    assert [one.getMessage() for one in logged] == [f"error {code[0]} at /failing/crash"]
    assert logged[0].exc_info is not None


def test_an_unknown_address_is_a_page(owner: User) -> None:
    response = signed_in(owner).get("/there-is-nothing-like-this")
    assert response.status_code == 404
    assert "Nothing here" in text(response)
    assert 'class="rail' in text(response)
    stranger = Client().get("/there-is-nothing-like-this")
    assert 'class="rail' not in text(stranger)


def test_a_form_without_its_token_says_so(owner: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    response = client.post("/preferences", {"theme": "dark"})
    assert response.status_code == 403
    assert "This form is out of date" in text(response)


def test_pages_run_under_a_strict_content_policy(owner: User) -> None:
    response = signed_in(owner).get("/teas")
    policy = response.headers["Content-Security-Policy"]
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["style-src"] == "'self'"
    assert rules["script-src"].split()[0] == "'self'"
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script>|<style", text(response))


def test_preferences_are_kept(owner: User) -> None:
    client = signed_in(owner)
    response = client.post("/preferences", {"language": "zh-hans", "next": "/teas"})
    assert (response.status_code, response.headers["Location"]) == (302, "/teas")
    owner.refresh_from_db()
    assert (owner.language, owner.theme) == ("zh-hans", "")
    page = text(client.get("/teas"))
    assert '<html lang="zh-hans"' in page
    assert "下载 xlsx" in page


def test_preferences_refuse_what_they_do_not_know(owner: User) -> None:
    response = signed_in(owner).post(
        "/preferences", {"theme": "neon", "next": "https://example.org/"}
    )
    assert response.headers["Location"] == "/"
    owner.refresh_from_db()
    assert owner.theme == ""


def test_another_workspace_can_be_chosen_only_with_a_seat(owner: User) -> None:
    mine, foreign = (Workspace.objects.create(name=name) for name in ("Mine", "Foreign"))
    Seat.objects.create(workspace=mine, user=owner, role="owner")
    client = signed_in(owner)
    assert client.post("/workspace", {"workspace": foreign.pk}).status_code == 404
    assert client.post("/workspace", {"workspace": mine.pk}).status_code == 302
    assert text(client.get("/owners")) == f"owner {mine.pk}"


@pytest.mark.parametrize(
    ("cookie", "accepted", "shown"),
    [("", "zh-CN,zh;q=0.9", "zh-hans"), ("en", "zh-CN", "en"), ("", "fr", "en")],
)
def test_language_of_strangers(cookie: str, accepted: str, shown: str) -> None:
    client = Client(headers={"accept-language": accepted})
    if cookie:
        client.cookies["weilu_language"] = cookie
    assert client.get("/nowhere").headers["Content-Language"] == shown
