"""The member pages over HTTP: what they show, whom they refuse, what their buttons do."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from weilu.console.conftest import signed_in
from weilu.console.members.words import REASONS, reasons
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.insight.people.tests.history import came, id_of, make_group, said, tell
from weilu.members.actions import suggest
from weilu.members.models import Identity, Member, Merge, Suggestion

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def history(workspace: Workspace) -> None:
    """Three who speak, one of them with a hostile name, and one who never did."""
    tell(
        make_group(workspace, "Hall"),
        [
            said("reed", "2024-03-01 08:00", f"tea {HOSTILE}"),
            said("reed", "2024-03-02 08:00", "more tea"),
            said("rush", "2024-03-02 08:05", "\x0304,01red\x03 tea"),
            said(HOSTILE, "2024-03-02 09:00", "hi"),
            came("mute", "2024-03-02 10:00"),
        ],
    )


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's."""
    return signed_in(owner)


def page(browser: Client, name: str, *args: object, **query: str | int) -> str:
    response = browser.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return str(response.content.decode()).replace("\u00a0", " ")


def test_days_are_those_of_the_clock_in_the_group(browser: Client, workspace: Workspace) -> None:
    # Over there it is half past six in the morning, and the day before in London.
    tell(make_group(workspace, "Hall"), [said("dawn", "2024-03-02 06:30", "early tea")])
    assert "2 Mar 2024" in page(browser, "members")
    shown = page(browser, "member", id_of("dawn"))
    assert "2 Mar 2024" in shown
    assert "1 Mar 2024" not in shown


def test_the_list_shows_everybody(browser: Client, history: None) -> None:
    text = page(browser, "members")
    assert "4 people." in text
    assert "Stages are as of 2 Mar 2024" in text
    for name in ("reed", "rush", "mute", "&lt;script&gt;"):
        assert name in text
    assert HOSTILE not in text


def test_the_list_is_searched_and_filtered(browser: Client, history: None) -> None:
    text = page(browser, "members", q="REE")
    assert "1 person." in text
    assert "mute" in page(browser, "members", state="never")
    assert "Nobody fits" in page(browser, "members", state="left")
    odd = page(browser, "members", group="x", state="y", who="z", first_from="now", after="?")
    assert "4 people." in odd


def test_the_list_downloads(browser: Client, history: None) -> None:
    response = browser.get(reverse("members"), {"format": "xlsx", "sort": "name"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]  # a FileResponse
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:2] == ["Name", "Also called"]
    assert sorted(str(row[0]) for row in rows[1:]) == sorted([HOSTILE, "mute", "reed", "rush"])


def test_the_list_asks_little_of_the_database(browser: Client, history: None) -> None:
    page(browser, "members")
    with CaptureQueriesContext(connection) as seen:
        page(browser, "members")
    mine = [q for q in seen if "insight_" in q["sql"] or "members_" in q["sql"]]
    assert len(mine) <= 9


def test_a_profile_in_both_languages(browser: Client, history: None) -> None:
    pk = id_of("reed")
    text = page(browser, "member", pk)
    assert "2 messages in 1 group since 1 Mar 2024." in text
    assert "Known for 1 day, " in text
    assert HOSTILE not in text
    chinese = browser.get(reverse("member", args=[pk]), headers={"accept-language": "zh-hans"})
    assert "有记录 1 天" in chinese.content.decode()
    assert "Latest messages" not in chinese.content.decode()


def test_a_profile_of_somebody_who_never_spoke(browser: Client, history: None) -> None:
    text = page(browser, "member", id_of("mute"))
    assert "Has not said anything so far." in text
    assert "never said a word" in text
    assert "No messages" in page(browser, "member_messages", id_of("mute"))


def test_all_messages_of_a_member(browser: Client, history: None) -> None:
    text = page(browser, "member_messages", id_of("reed"))
    assert text.index("more tea") < text.index("tea &lt;script&gt;")
    assert HOSTILE not in text
    assert "red tea" in page(browser, "member_messages", id_of("rush"))


def test_merging_by_hand_and_parting_again(browser: Client, history: None) -> None:
    reed, rush = id_of("reed"), id_of("rush")
    assert "Merge rush into this member" in page(browser, "member", reed, **{"with": "rus"})
    url = reverse("member", args=[reed])
    done = browser.post(
        reverse("members_merge"), {"kept": reed, "absorbed": rush, "next": url}, follow=True
    )
    assert done.redirect_chain == [(url, 302)]
    assert "Now one person." in done.content.decode()
    assert "Merged by hand." in done.content.decode()
    assert browser.get(reverse("member", args=[rush])).headers["Location"] == url
    browser.post(reverse("members_part", args=[Merge.objects.get().pk]))
    assert Identity.objects.get(pk=rush).member_id == rush
    assert browser.get(reverse("member", args=[rush])).status_code == 200


def test_deciding_a_doubtful_pair(browser: Client, history: None, workspace: Workspace) -> None:
    reed, rush = id_of("reed"), id_of("rush")
    suggest(workspace.pk, [(reed, rush, 0.6, ["same_name", "hub"])])
    text = page(browser, "members_same")
    assert "They have the same name." in text
    assert "But many people start out under this name." in text
    browser.post(reverse("members_apart", args=[Suggestion.objects.get().pk]))
    assert Suggestion.objects.get().state == Suggestion.State.REJECTED
    assert "No doubtful pairs" in page(browser, "members_same")


@pytest.mark.parametrize(
    ("what", "field", "value"),
    [("staff", "is_staff", True), ("bot", "nature", "bot"), ("person", "nature", "person")],
)
def test_marking_many(browser: Client, history: None, what: str, field: str, value: object) -> None:
    picked = [id_of("reed"), id_of("rush")]
    done = browser.post(reverse("members_mark", args=[what]), {"pick": picked}, follow=True)
    assert "2 members marked." in done.content.decode()
    assert [getattr(m, field) for m in Member.objects.filter(pk__in=picked)] == [value, value]


def test_an_analyst_looks_but_does_not_touch(analyst: User, history: None) -> None:
    browser = signed_in(analyst)
    assert "Mark as staff" not in page(browser, "members")
    assert "Merge with another member" not in page(browser, "member", id_of("reed"))
    refused = browser.post(
        reverse("members_merge"), {"kept": id_of("reed"), "absorbed": id_of("rush")}
    )
    assert refused.status_code == 403
    assert not Merge.objects.exists()


def test_strangers_find_nobody(stranger: Person, history: None) -> None:
    browser = stranger.client()
    pk = id_of("reed")
    for name in ("member", "member_messages"):
        assert browser.get(reverse(name, args=[pk])).status_code == 404
    assert "reed" not in browser.get(reverse("members")).content.decode()
    done = browser.post(reverse("members_merge"), {"kept": pk, "absorbed": id_of("rush")})
    assert done.status_code == 404
    browser.post(reverse("members_mark", args=["staff"]), {"pick": [pk]})
    assert not Member.objects.filter(is_staff=True).exists()


def test_nobody_is_sent_to_another_site(browser: Client, history: None) -> None:
    done = browser.post(
        reverse("members_mark", args=["staff"]),
        {"pick": [id_of("reed")], "next": "https://elsewhere.example/"},
    )
    assert done.headers["Location"] == reverse("members")


def test_odd_requests_are_refused_in_words(browser: Client, history: None) -> None:
    assert browser.post(reverse("members_merge"), {"kept": "x"}).status_code == 422
    assert browser.post(reverse("members_mark", args=["king"])).status_code == 404
    assert browser.get(reverse("members_merge")).status_code == 405


def test_reasons_are_sentences() -> None:
    assert reasons(["same_name", "something_new"]) == ["They have the same name.", "something_new"]
    assert all(str(one).endswith(".") for one in REASONS.values())
