"""The message pages over HTTP: search, newest, the conversation around a hit."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from weilu.chat.models import Message
from weilu.chat.ports import Kind
from weilu.chat.search.index import update_index
from weilu.communities.models import Community
from weilu.console.conftest import signed_in
from weilu.console.messages.text import clean, marked, place_of
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.insight.people.tests.history import came, id_of, make_group, said, tell
from weilu.members.actions import merge

# What each search asks of the database, signing in included.
STATEMENTS = {"": 11, "tea": 15, "absent": 11}
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def history(workspace: Workspace) -> None:
    """Two groups; tea is spoken of in both."""
    tell(
        make_group(workspace, "Hall"),
        [
            said("reed", "2024-03-01 08:00", f"紅茶 tea {HOSTILE}"),
            came("rush", "2024-03-01 08:01"),
            said("rush", "2024-03-01 08:02", "\x02bold\x02 \x0304red\x03 tea"),
        ],
    )
    tell(make_group(workspace, "Yard"), [said("sedge", "2024-03-05 08:00", "coffee")])


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's."""
    return signed_in(owner)


def search(browser: Client, **query: str | int) -> str:
    response = browser.get(reverse("messages"), query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_hits_are_marked_and_escaped(browser: Client, history: None) -> None:
    text = search(browser, q="tea")
    assert "2 messages, newest first." in text
    assert "bold red <mark>tea</mark>" in text
    assert "<mark>tea</mark> &lt;img src=x" in text
    assert HOSTILE not in text
    assert "1 Mar 2024 08:02" in text
    assert f'href="{reverse("member", args=[id_of("reed")])}"' in text
    assert "<mark>紅茶</mark>" in search(browser, q="红茶")
    hostile = search(browser, q='"><script>')
    assert "<script>" not in hostile.split("<main")[1]


def test_filters_and_the_newest(browser: Client, history: None) -> None:
    newest = search(browser)
    assert newest.index("coffee") < newest.index("red tea")
    assert "coffee" not in search(browser, to="2024-03-04")
    assert "coffee" not in search(browser, q="tea", member=id_of("reed"))
    assert "only reed" in search(browser, q="tea", member=id_of("reed"))
    assert "No message holds these words." in search(browser, q="oolong")
    odd = search(browser, q="tea", group="x", member="-", before="1_x", **{"from": "0001-01-01"})
    assert "2 messages" in odd


def test_all_groups_of_a_community(browser: Client, workspace: Workspace, history: None) -> None:
    assert "All of" not in search(browser)
    other = Community.objects.create(workspace=workspace, name="Harbour", time_zone="UTC")
    pier = Group.objects.create(workspace=workspace, community=other, platform="other", name="Pier")
    tell(pier, [said("thrift", "2024-03-06 08:00", "tea on the pier")])
    own = Group.objects.get(name="Hall").community_id
    assert "All of Harbour" in search(browser)
    assert "3 messages" in search(browser, q="tea")
    assert "2 messages" in search(browser, q="tea", group=f"all-of-{own}")
    assert "1 message." in search(browser, q="tea", group=f"all-of-{other.pk}")
    assert "coffee" not in search(browser, group=f"all-of-{other.pk}")
    chosen = f'value="all-of-{other.pk}" selected'
    assert chosen in search(browser, group=f"all-of-{other.pk}")


def test_hits_download(browser: Client, history: None) -> None:
    response = browser.get(reverse("messages"), {"q": "tea", "format": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]  # a FileResponse
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[1:] for row in rows] == [
        ["Group", "Name", "Message"],
        ["Hall", "rush", "bold red tea"],
        ["Hall", "reed", f"紅茶 tea {HOSTILE}"],
    ]


def test_pages_of_hits(browser: Client, workspace: Workspace) -> None:
    tell(
        make_group(workspace, "Hall"),
        [said("reed", f"2024-03-01 {n // 60:02d}:{n % 60:02d}", f"tea cup{n}x") for n in range(70)],
    )
    first = browser.get(reverse("messages"), {"q": "tea"})
    assert len(first.context["lines"]) == 50
    second = browser.get(reverse("messages") + first.context["older"])
    assert len(second.context["lines"]) == 20
    shown = [one["line"].id for page in (first, second) for one in page.context["lines"]]
    assert len(set(shown)) == 70
    assert second.context["older"] == ""
    assert second.context["newer"]


def test_around_a_hit(browser: Client, history: None) -> None:
    hit = Message.objects.get(text__contains="bold")
    response = browser.get(reverse("around", args=[hit.pk]), {"q": "tea"})
    text = response.content.decode()
    assert "rush came in" in text
    assert "<mark>tea</mark>" in text
    assert 'class="said is-hit"' in text
    assert HOSTILE not in text
    Message.objects.filter(pk=hit.pk).update(flags=int(Message.Flag.RECALLED))
    gone = browser.get(reverse("around", args=[hit.pk]), {"q": "tea"}).content.decode()
    assert "taken back by its sender" in gone
    assert "bold red" not in gone


def test_many_comings_are_told_in_one_line_but_the_one_looked_for(
    browser: Client, workspace: Workspace
) -> None:
    guests = [came(f"guest{n}", f"2024-03-01 10:{n:02d}") for n in range(9)]
    group = make_group(workspace, "Hall")
    tell(group, [said("reed", "2024-03-01 09:00", "tea?"), *guests])
    hit = Message.objects.get(text="tea?")
    lines = browser.get(reverse("around", args=[hit.pk])).context["lines"]
    assert [len(one["passing"].lines) if "passing" in one else 1 for one in lines] == [1, 9]
    fourth = Message.objects.filter(kind=int(Kind.JOIN)).order_by("pk")[4]
    page = browser.get(reverse("around", args=[fourth.pk]))
    lines = page.context["lines"]
    assert [len(one["passing"].lines) if "passing" in one else 1 for one in lines] == [1, 4, 1, 4]
    text = page.content.decode()
    assert text.count("4 comings and goings") == 2
    assert "guest4 came in" in text
    assert "guest8 came in" in text


def test_in_chinese(browser: Client, history: None) -> None:
    response = browser.get(
        reverse("messages"), {"q": "tea"}, headers={"accept-language": "zh-hans"}
    )
    assert "2 条消息，新的在前。" in response.content.decode()


def test_a_merged_sender_is_named_once(
    browser: Client, workspace: Workspace, operator: Person, history: None
) -> None:
    merge(operator.actor, kept_id=id_of("reed"), absorbed_id=id_of("rush"))
    assert reverse("member", args=[id_of("rush")]) not in search(browser, q="tea")


def test_strangers_find_nothing(stranger: Person, history: None) -> None:
    browser = stranger.client()
    hit = Message.objects.order_by("pk")[0]
    assert browser.get(reverse("around", args=[hit.pk])).status_code == 404
    assert browser.get(reverse("messages"), {"member": id_of("reed")}).status_code == 404
    assert "紅茶" not in browser.get(reverse("messages"), {"q": "tea"}).content.decode()
    assert "coffee" not in browser.get(reverse("messages")).content.decode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x0304,01red\x03 and \x02bold\x0f", "red and bold"),
        ("\x04ff0000hex", "hex"),
        ("\x1b[34mnew\x1b[0m", "new"),
        ("line\none\ttab", "line\none\ttab"),
        ("\x00\x07\x9b", ""),
    ],
)
def test_controls_are_not_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(text=st.text("ab<>&\"'茶\x03 1", max_size=30), query=st.text("ab<茶 ", max_size=5))
def test_marking_never_lets_tags_through(text: str, query: str) -> None:
    shown = str(marked(text, query))
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert ">" not in bare
    assert shown.count("<mark>") == shown.count("</mark>")


@pytest.mark.parametrize(
    ("text", "place"),
    [("5_7", (5, 7)), ("-5_7", (-5, 7)), ("", None), ("5", None), (f"{2**63}_1", None)],
)
def test_places(text: str, place: tuple[int, int] | None) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize(
    "odd",
    [
        "'",
        '"',
        "%",
        "_",
        "\\",
        "🍵",
        "，。！",
        "->",
        "茶",
        "x",
        "\x00",
        "a" * 5000,
        "茶 " * 400,
        "((((",
        "\ud800",
    ],
)
def test_odd_words_are_searched_like_others(browser: Client, history: None, odd: str) -> None:
    response = browser.get(reverse("messages"), {"q": odd.encode("utf-8", "replace")})
    assert response.status_code == 200


def test_many_hits_are_counted_roughly(browser: Client, workspace: Workspace) -> None:
    tell(
        make_group(workspace, "Hall"),
        [said("reed", f"2024-03-{d:02} {h:02}:00", "tea") for d in range(1, 29) for h in range(5)],
    )
    update_index(workspace.pk)
    text = search(browser, q="tea")
    assert "About 140 messages, newest first. Each holds all the words." in text
    assert text.count("<mark>tea</mark>") == 50


def test_pages_take_a_few_statements(
    browser: Client, history: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    update_index(Workspace.objects.get().pk)
    search(browser)
    for query, statements in STATEMENTS.items():
        with django_assert_num_queries(statements):
            search(browser, q=query)
