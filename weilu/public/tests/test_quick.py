"""The quick way to a join link's page: the same page, every visit counted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, connections

from weilu.communities.models import Community
from weilu.config.bridge import AT_ONCE, Pages
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.core.tests.serving import Request, Way
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.joining.visiting import Coming, Led, lead
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
        self.pages = Pages(self._django)
        self.door = QuickJoin(self.pages.whole, "sessionid")

    def _django(self, environ: dict[str, Any], start: Any) -> Any:
        self.drawn += 1
        return self.django(environ, start)

    def close(self) -> None:
        """Close what the threads have opened, and the threads."""
        self.door.visits._thread.submit(connections.close_all).result()
        # Each waits for the other, so that it is done in both.
        both = threading.Barrier(AT_ONCE)

        def end() -> None:
            connections.close_all()
            both.wait(10)

        for ended in [self.pages._pages.submit(end) for _ in range(AT_ONCE)]:
            ended.result()
        self.door.close()
        self.pages.close()

    async def ask(self, path: str, who: int, **more: str) -> Way:
        """What is answered to a request."""
        path, _mark, query = path.partition("?")
        method = more.pop("method", "GET")
        words = {"host": "localhost", "user_agent": "Phone", "accept_language": "en", **more}
        said = [(name.replace("_", "-"), value) for name, value in words.items()]
        request = Request(path, method, query, said, client=f"198.51.100.{who}:4242")
        way = Way()
        if not await self.door.answer(request, way):
            await self.pages.answer(request, way)
        return way

    def get(self, path: str, who: int = 1, **more: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body."""
        way = asyncio.run(self.ask(path, who, **more))
        headers = dict(way.headers)
        assert len(way.body) == int(headers.get("Content-Length", len(way.body)))
        return way.status, headers, way.body.decode()

    def visit(self, link: JoinLink, who: int, **more: str) -> str:
        """The page somebody sees."""
        status, _headers, body = self.get(f"/j/{link.code}/", who, **more)
        assert status == 200
        return body


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser()
    yield made
    made.close()


def test_everybody_is_counted_and_the_page_drawn_once(link: JoinLink, browser: Browser) -> None:
    first = browser.visit(link, 1)
    assert browser.visit(link, 2) == first
    assert "Come into Group 1" in first
    assert browser.drawn == 1
    _status, headers, body = browser.get(f"/j/{link.code}/")
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


def test_each_language_and_host_has_its_page(link: JoinLink, browser: Browser) -> None:
    JoinTarget.objects.update(most=99)
    assert "Come into" in browser.visit(link, 1)
    assert "Come into" not in browser.visit(link, 2, accept_language="zh-CN")
    assert "Come into" in browser.visit(link, 3, cookie="weilu_language=en")
    assert browser.drawn == 3
    status, _headers, _body = browser.get(f"/j/{link.code}/", host="evil.example.org")
    assert status == 400
    assert Scan.objects.count() == 3


def test_each_visitor_has_letters_of_their_own(link: JoinLink, browser: Browser) -> None:
    JoinLink.objects.update(asks_code=True)
    JoinTarget.objects.update(most=99)
    pages = [browser.visit(link, who) for who in (1, 2, 3, 1)]
    says = list(Scan.objects.order_by("pk").values_list("says", flat=True))
    assert says[3] == ""
    assert len({*says[:3]}) == 3
    for page, letters in zip(pages, [*says[:3], says[0]], strict=True):
        assert f"#{letters}" in page
    assert browser.drawn == 1
    assert "#" not in browser.visit(link, 9, user_agent="curl/8").split("<main>")[1]


def test_what_staff_change_is_seen_within_a_second(
    link: JoinLink, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    JoinTarget.objects.update(most=99)
    browser.visit(link, 1)
    Group.objects.filter(name="Group 1").update(ends_at=now() - timedelta(days=1))
    monkeypatch.setattr(quick, "KNOWN_FOR_S", -1.0)
    assert "Come into Group 2" in browser.visit(link, 2)
    JoinLink.objects.update(words="Tea at eight")
    assert "Tea at eight" in browser.visit(link, 3)
    JoinLink.objects.update(is_on=False)
    assert browser.get(f"/j/{link.code}/")[0] == 404
    assert Scan.objects.count() == 3


def test_all_else_takes_the_usual_way(link: JoinLink, browser: Browser) -> None:
    JoinTarget.objects.update(most=99)
    browser.visit(link, 1)
    browser.visit(link, 2, cookie="sessionid=abc")
    browser.get(f"/j/{link.code}/?a=x")
    browser.get(f"/j/{link.code}/", method="HEAD")
    assert browser.drawn == 4
    assert browser.get("/j/nobody/")[0] == 404
    assert browser.get("/healthz")[0] == 200
    link.targets.update(answer="East")
    JoinLink.objects.update(question="Which shop?")
    browser.door.doors.clear()
    assert "Which shop?" in browser.visit(link, 3)


def test_a_database_that_fails_is_asked_the_usual_way(
    link: JoinLink, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.visit(link, 1)

    def fail(*_args: object, **_more: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(quick, "lead", fail)
    assert "Come into Group 1" in browser.visit(link, 2)
    assert Scan.objects.count() == 2


def test_those_who_come_at_once_share_one_transaction_and_no_place(
    link: JoinLink, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.visit(link, 0)
    batches: list[int] = []

    def led(visits: Sequence[Coming]) -> list[Led]:
        batches.append(len(visits))
        return lead(visits)

    monkeypatch.setattr(quick, "lead", led)

    async def rush() -> list[Way]:
        asked = (browser.ask(f"/j/{link.code}/", who) for who in range(1, 21))
        return list(await asyncio.gather(*asked))

    pages = [way.body.decode() for way in asyncio.run(rush())]
    assert sum("Come into Group 1" in page for page in pages) == 1
    assert sum("Come into Group 2" in page for page in pages) == 2
    assert sum("full just now" in page for page in pages) == 17
    assert Scan.objects.count() == 21
    assert len(batches) < 5


def test_a_link_that_vanishes_takes_nobody_else_with_it(
    link: JoinLink, browser: Browser, operator: Person
) -> None:
    JoinTarget.objects.update(most=99)
    other = save_link(operator.actor, LinkWords("poster", "store"), community=link.community)
    browser.visit(link, 1)
    browser.visit(other, 1)
    JoinLink.objects.filter(pk=other.pk).delete()

    async def rush() -> list[Way]:
        codes = [link.code, other.code] * 5
        asked = (browser.ask(f"/j/{code}/", who) for who, code in enumerate(codes, start=2))
        return list(await asyncio.gather(*asked))

    assert [way.status for way in asyncio.run(rush())] == [200, 404] * 5
    assert Scan.objects.count() == 6
