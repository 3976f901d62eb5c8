"""The clean-up pages by HTTP."""

from __future__ import annotations

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from weilu.chat.models import Message
from weilu.console.conftest import signed_in
from weilu.console.moderation import views
from weilu.console.moderation.lists import inert
from weilu.core.access import Role
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import person
from weilu.groups.models import Participation
from weilu.moderation.checking import check_group
from weilu.moderation.models import Doubt, WordList
from weilu.moderation.tests.story import group_with_ads

pytestmark = pytest.mark.django_db
QUERIES = 17


@pytest.fixture
def browser(owner: User, workspace: Workspace) -> Client:
    """The owner's browser, with a checked group."""
    check_group(group_with_ads(workspace), lambda _done: None)
    return signed_in(owner)


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def account(name: str) -> int:
    return Doubt.objects.filter(identity__name=name).values_list("identity_id", flat=True)[0]


def test_the_page_shows_accounts_with_reasons_and_marks(browser: Client) -> None:
    page = text(browser, "/cleanup/")
    assert "7 of 67 messages look like junk. You decide." in page
    assert "<mark>兼职日结</mark>" in page
    assert "an address or a number to go to" in page
    assert "and 1 more" in page
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.get("/cleanup/")
    assert len(asked) <= QUERIES
    assert "rude" in text(browser, "/cleanup/?kind=abuse")


def test_deciding_one_account_and_taking_it_back(browser: Client) -> None:
    answer = browser.post(
        "/cleanup/decide/", {"kind": "ad", "state": "open", "do": f"{account('sly')} junk"}
    )
    assert answer["Location"] == "/cleanup/?kind=ad&state=open"
    assert Doubt.objects.filter(state="junk").count() == 4
    page = text(browser, "/cleanup/")
    assert "4 messages are junk. Weilu learns from them." in page
    assert "sly" not in page
    browser.post("/cleanup/undo/", {"kind": "ad", "state": "open"})
    assert Doubt.objects.filter(state="open").count() == 7
    assert "Take it back" not in text(browser, "/cleanup/")


def test_two_who_decide_at_once_hear_of_each_other(browser: Client, workspace: Workspace) -> None:
    other = person(workspace, "op", Role.OPERATOR).client()
    asked = {"kind": "ad", "state": "open"}
    sly = account("sly")
    browser.post("/cleanup/decide/", asked | {"do": f"{sly} junk"})
    other.post("/cleanup/decide/", asked | {"do": f"{sly} fine"})
    assert Doubt.objects.filter(identity_id=sly, state="junk").count() == 4
    page = text(other, "/cleanup/")
    assert "Somebody else decided about it meanwhile." in page
    assert "Take it back" not in page
    other.post("/cleanup/decide/", asked | {"state": "junk", "do": f"{sly} fine"})
    browser.post("/cleanup/undo/", asked)
    assert Doubt.objects.filter(identity_id=sly, state="fine").count() == 4
    assert "Somebody else decided about it meanwhile." in text(browser, "/cleanup/")


def test_whoever_decides_on_a_page_stays_there_and_an_empty_one_gives_the_last(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    assert 'name="page" value="2"' in text(browser, "/cleanup/?page=2")
    answer = browser.post(
        "/cleanup/decide/",
        {"kind": "ad", "state": "open", "page": "2", "do": f"{account('a')} fine"},
    )
    assert answer["Location"] == "/cleanup/?kind=ad&state=open&page=2"
    assert browser.get("/cleanup/?page=9")["Location"] == "/cleanup/?kind=ad&state=open"


def test_deciding_those_ticked(browser: Client) -> None:
    ticked = [account("spam"), account("a")]
    data = {"kind": "ad", "state": "open", "do": "picked fine", "pick": ticked}
    browser.post("/cleanup/decide/", data)
    assert Doubt.objects.filter(state="fine").count() == 2
    nothing = browser.post("/cleanup/decide/", {"kind": "ad", "state": "open", "do": "picked fine"})
    assert nothing.status_code == 422
    assert "Choose at least one account first." in nothing.content.decode()
    assert browser.post("/cleanup/decide/", {"do": "1 rubbish"}).status_code == 422


def test_the_page_knows_what_an_account_did_before(browser: Client) -> None:
    (one,) = Participation.objects.filter(identity_id=account("spam"))
    Participation.objects.filter(pk=one.pk).update(messages=1234)
    page = text(browser, "/cleanup/")
    assert "1,234 messages since" in page
    assert "called junk before" not in page
    some = Doubt.objects.filter(identity__name="sly").order_by("pk")
    Doubt.objects.filter(pk=some[0].pk).update(state="junk")
    Doubt.objects.filter(pk=some[1].pk).update(state="fine")
    assert "called junk before: 1 · left alone before: 1" in text(browser, "/cleanup/")


def test_hostile_texts_are_escaped(browser: Client) -> None:
    one = Doubt.objects.get(identity__name="spam")
    hostile = "今天<script>alert(1)</script>加微信"
    Message.objects.filter(pk=one.pk).update(text=hostile)
    Doubt.objects.filter(pk=one.pk).update(spans=[[27, 30]])
    page = text(browser, "/cleanup/")
    assert "<script>alert" not in page
    assert "今天&lt;script&gt;alert(1)&lt;/script&gt;<mark>加微信</mark>" in page


def test_word_lists_come_and_go(browser: Client) -> None:
    data = {"name": "trade", "kind": "fraud", "weight": "2", "words": "盖碗\n公道杯"}
    browser.post("/cleanup/words/", data)
    assert WordList.objects.get().count == 2
    page = text(browser, "/cleanup/words/")
    assert "trade" in page
    again = browser.post("/cleanup/words/", data).content.decode()
    assert "This name is taken already." in again
    empty = browser.post("/cleanup/words/", {**data, "name": "new", "words": " "})
    assert "There is no word in it." in empty.content.decode()
    pk = WordList.objects.get().pk
    browser.post(f"/cleanup/words/{pk}/switch/", {"on": "0"})
    assert not WordList.objects.get().is_on
    browser.post(f"/cleanup/words/{pk}/remove/")
    assert not WordList.objects.exists()


def test_a_list_from_a_packed_file_is_called_like_it(browser: Client) -> None:
    packed = SimpleUploadedFile("非法网址.txt.gz", gzip.compress("盖碗\n164865364\n".encode()))
    data = {"name": "", "kind": "fraud", "weight": "2", "words": ""}
    browser.post("/cleanup/words/", data | {"file": packed})
    one = WordList.objects.get()
    assert (one.name, one.words) == ("非法网址", "盖碗\n164865364")
    for number, held in enumerate((b"PK\x03\x04\0\0", b"\x1f\x8bbroken")):
        file = SimpleUploadedFile(f"list{number}.xlsx", held)
        page = browser.post("/cleanup/words/", data | {"file": file}).content.decode()
        assert "This is no text file." in page
    nameless = browser.post("/cleanup/words/", data | {"words": "公道杯"}).content.decode()
    assert "Please fill this in." in nameless
    assert WordList.objects.count() == 1


def test_what_was_learned_can_be_seen_downloaded_and_forgotten(browser: Client) -> None:
    assert "Nothing yet" in text(browser, "/cleanup/learned/")
    for name, state in (("sly", "junk"), ("a", "fine")):
        browser.post(
            "/cleanup/decide/", {"kind": "ad", "state": "open", "do": f"{account(name)} {state}"}
        )
    page = text(browser, "/cleanup/learned/")
    assert "Called junk 4 times, left alone 1 time." in page
    table = browser.get("/cleanup/learned/decisions.csv").content.decode()
    assert table.splitlines()[0] == "label,text"
    assert sorted(line.split(",")[0] for line in table.splitlines()[1:]) == ["ad"] * 4 + ["normal"]
    browser.post("/cleanup/learned/forget/")
    assert Doubt.objects.filter(state="open").count() == 7


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_message_downloaded_is_never_a_formula(text: str) -> None:
    assert (inert(text), inert(f"早 {text}"), inert("")) == (f"'{text}", f"早 {text}", "")


def test_an_analyst_looks_and_does_not_decide(browser: Client, analyst: User) -> None:
    client = signed_in(analyst)
    page = text(client, "/cleanup/")
    assert "兼职日结" in page
    assert 'name="do"' not in page
    for url in ("decide/", "undo/", "again/", "learned/forget/"):
        assert client.post(f"/cleanup/{url}").status_code == 403
