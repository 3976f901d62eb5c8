"""The quick way to a join link's page: the same page, every visit counted."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError

from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.models import Group, JoinLink, JoinTarget, Scan
from weilu.public import quick
from weilu.public.quick import QuickJoin

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def link(operator: Person, workspace: Workspace) -> JoinLink:
    """A link to one group for two, and then another."""
    community = Community.objects.create(workspace=workspace, name="Tea", time_zone="Asia/Shanghai")
    made = save_link(operator.actor, LinkWords("counter", "store"), community=community)
    for n in (1, 2):
        group = Group.objects.create(
            workspace=workspace, community=community, platform="wechat", name=f"Group {n}"
        )
        words = TargetWords(group.pk, position=n, address=f"https://example.org/{n}", most=2)
        save_target(operator.actor, made, words)
    return made


class Browser:
    """Asks the application as a server does; counts how often Django itself had to answer."""

    def __init__(self) -> None:
        self.drawn = 0
        self.django = WSGIHandler()
        self.door = QuickJoin(self._django, "sessionid")

    def _django(self, environ: dict[str, Any], start: Any) -> Any:
        self.drawn += 1
        return self.django(environ, start)

    def get(self, path: str, **more: str) -> tuple[str, dict[str, str], str]:
        """Status, headers and body."""
        path, _mark, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost", "HTTP_USER_AGENT": "Phone", "HTTP_ACCEPT_LANGUAGE": "en",
            "REMOTE_ADDR": "198.51.100.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(), **more,
        }  # fmt: skip
        said: list[tuple[str, list[tuple[str, str]]]] = []
        answer = self.door(environ, lambda status, headers, *_: said.append((status, headers)))
        body = b"".join(answer).decode()
        if hasattr(answer, "close"):
            answer.close()
        status, headers = said[-1]
        assert len(body.encode()) == int(dict(headers).get("Content-Length", len(body.encode())))
        return status, dict(headers), body

    def visit(self, link: JoinLink, who: int, **more: str) -> str:
        """The page somebody sees."""
        status, _headers, body = self.get(
            f"/j/{link.code}/", REMOTE_ADDR=f"198.51.100.{who}", **more
        )
        assert status == "200 OK"
        return body


def test_everybody_is_counted_and_the_page_drawn_once(link: JoinLink) -> None:
    browser = Browser()
    first = browser.visit(link, 1)
    assert browser.visit(link, 2) == first
    assert "Come into Group 1" in first
    assert browser.drawn == 1
    _status, headers, body = browser.get(f"/j/{link.code}/", REMOTE_ADDR="198.51.100.1")
    assert body == first
    plain = {k: v for k, v in headers.items() if k != "Content-Length"}
    assert plain["Cache-Control"] == "no-store"
    assert plain["X-Robots-Tag"] == "noindex"
    assert "Content-Security-Policy" in plain
    # The group is full though the door is still thought to be open.
    assert "Come into Group 2" in browser.visit(link, 3)
    assert "Come into Group 2" in browser.visit(link, 4)
    assert "full just now" in browser.visit(link, 5)
    assert browser.drawn == 3
    assert Scan.objects.count() == 6
    assert list(JoinTarget.objects.order_by("pk").values_list("shown", flat=True)) == [2, 2]


def test_each_language_and_host_has_its_page(link: JoinLink) -> None:
    browser = Browser()
    JoinTarget.objects.update(most=99)
    assert "Come into" in browser.visit(link, 1)
    assert "Come into" not in browser.visit(link, 2, HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert "Come into" in browser.visit(link, 3, HTTP_COOKIE="weilu_language=en")
    assert browser.drawn == 3
    status, _headers, _body = browser.get(f"/j/{link.code}/", HTTP_HOST="evil.example.org")
    assert status.startswith("400")
    assert Scan.objects.count() == 3


def test_each_visitor_has_letters_of_their_own(link: JoinLink) -> None:
    JoinLink.objects.update(asks_code=True)
    JoinTarget.objects.update(most=99)
    browser = Browser()
    pages = [browser.visit(link, who) for who in (1, 2, 3, 1)]
    says = list(Scan.objects.order_by("pk").values_list("says", flat=True))
    assert says[3] == ""
    assert len({*says[:3]}) == 3
    for page, letters in zip(pages, [*says[:3], says[0]], strict=True):
        assert f"#{letters}" in page
    assert browser.drawn == 1
    assert "#" not in browser.visit(link, 9, HTTP_USER_AGENT="curl/8").split("<main>")[1]


def test_what_staff_change_is_seen_within_a_second(
    link: JoinLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser()
    JoinTarget.objects.update(most=99)
    browser.visit(link, 1)
    Group.objects.filter(name="Group 1").update(ends_at=now() - timedelta(days=1))
    monkeypatch.setattr(quick, "KNOWN_FOR_S", -1.0)
    assert "Come into Group 2" in browser.visit(link, 2)
    JoinLink.objects.update(words="Tea at eight")
    assert "Tea at eight" in browser.visit(link, 3)
    JoinLink.objects.update(is_on=False)
    assert browser.get(f"/j/{link.code}/")[0].startswith("404")
    assert Scan.objects.count() == 3


def test_all_else_takes_the_usual_way(link: JoinLink) -> None:
    browser = Browser()
    JoinTarget.objects.update(most=99)
    browser.visit(link, 1)
    browser.visit(link, 2, HTTP_COOKIE="sessionid=abc")
    browser.get(f"/j/{link.code}/?a=x")
    browser.get(f"/j/{link.code}/", REQUEST_METHOD="HEAD")
    assert browser.drawn == 4
    assert browser.get("/j/nobody/")[0].startswith("404")
    assert browser.get("/healthz")[0].startswith("200")
    link.targets.update(answer="East")
    JoinLink.objects.update(question="Which shop?")
    assert "Which shop?" in Browser().visit(link, 3)


def test_a_database_that_fails_is_asked_the_usual_way(
    link: JoinLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser()
    browser.visit(link, 1)

    def fail(*_args: object, **_more: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(quick, "lead", fail)
    assert "Come into Group 1" in browser.visit(link, 2)
    assert Scan.objects.count() == 2
