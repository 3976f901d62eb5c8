"""Tags, notes, fields and consents over HTTP."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weilu.console.conftest import signed_in
from weilu.core.clock import now
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.insight.people.tests.history import came, id_of, make_group, said, tell
from weilu.members.actions.circles import add_to_circle, save_circle, take_from_circle
from weilu.members.actions.facts import add_field
from weilu.members.actions.standing import Plan, end_company, keep_company
from weilu.members.actions.tags import TagWords, named_tag, put_on, save_tag, save_tag_group
from weilu.members.models import (
    Colour,
    Consent,
    Customer,
    Deed,
    Fact,
    Field,
    Identity,
    Note,
    Tag,
    Tagging,
)
from weilu.members.queries.known import worn_by

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def browser(operator: Person) -> Client:
    """The operator's."""
    return operator.client()


@pytest.fixture
def hall(workspace: Workspace) -> list[int]:
    """Three in a hall; their ids."""
    tell(
        make_group(workspace, "Hall"),
        [
            said("reed", "2024-03-01 08:00", "tea"),
            said("rush", "2024-03-02 08:05", "more tea"),
            came("mute", "2024-03-02 10:00"),
        ],
    )
    return [id_of(who) for who in ("reed", "rush", "mute")]


def read(browser: Client, name: str, *args: object, **query: str | int) -> str:
    response = browser.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_member_is_tagged_from_their_page(browser: Client, hall: list[int]) -> None:
    url = reverse("member_tag", args=[hall[0]])
    done = browser.post(url, {"new": HOSTILE, "last": "2999-12-31"}, follow=True)
    text = done.content.decode()
    assert "Saved." in text
    assert "until 31 Dec 2999" in text
    assert HOSTILE not in text
    tag = Tag.objects.get()
    assert [w.name for w in worn_by(hall)[hall[0]]] == [HOSTILE]
    again = browser.post(url, {"last": "2020-01-01", "tag": tag.pk})
    assert again.status_code == 422
    assert "Choose a day to come." in again.content.decode()
    nothing = browser.post(url, {"last": ""})
    assert "Choose a tag, or write a new one." in nothing.content.decode()
    browser.post(reverse("member_untag", args=[hall[0]]), {"tag": tag.pk})
    assert worn_by(hall) == {}
    assert "No longer tagged" in read(browser, "member_part", hall[0], "history")


def test_members_picked_are_tagged_and_that_is_undone(
    browser: Client, operator: Person, hall: list[int]
) -> None:
    tag = named_tag(operator.actor, "vip")
    url = reverse("members_many")
    asked = browser.post(url, {"pick": hall[:2]}).content.decode()
    assert "2 members are picked." in asked
    assert "reed" in asked
    done = browser.post(url, {"pick": hall[:2], "do": "on", "tag": tag.pk}, follow=True)
    assert "2 members tagged vip." in done.content.decode()
    assert "2 members" in read(browser, "members_tags")
    listed = read(browser, "members", tag=tag.pk)
    assert "2 people." in listed
    assert "mute" not in listed
    browser.post(url, {"pick": hall, "do": "off", "tag": tag.pk})
    assert worn_by(hall) == {}
    deed = Deed.objects.order_by("-pk")[0]
    undone = browser.post(reverse("members_undo", args=[deed.pk]), follow=True)
    assert "Taken back: 2 members no longer tagged vip." in undone.content.decode()
    assert sorted(worn_by(hall)) == sorted(hall[:2])


def test_everybody_a_filter_finds_is_tagged(
    browser: Client, operator: Person, hall: list[int]
) -> None:
    tag = named_tag(operator.actor, "silent")
    url = f"{reverse('members_many')}?state=never"
    assert "1 member is picked." in browser.get(url).content.decode()
    browser.post(url, {"do": "on", "tag": tag.pk})
    assert list(worn_by(hall)) == [hall[2]]


def test_nobody_is_tagged_when_nobody_is_picked(
    browser: Client, operator: Person, hall: list[int]
) -> None:
    tag = named_tag(operator.actor, "vip")
    response = browser.post(reverse("members_many"), {"do": "on", "tag": tag.pk})
    assert response.status_code == 422
    assert "Nobody is picked." in response.content.decode()
    assert not Tagging.objects.exists()


def test_the_tags_page_makes_changes_and_throws_away(
    browser: Client, operator: Person, hall: list[int]
) -> None:
    assert "No tags yet" in read(browser, "members_tags")
    browser.post(reverse("members_tag_groups"), {"name": "Trade", "colour": "teal"})
    browser.post(reverse("members_tags"), {"name": "baker", "group": "", "days": ""})
    tag = Tag.objects.get()
    taken = browser.post(reverse("members_tags"), {"name": "baker"})
    assert taken.status_code == 422
    assert "This name is taken already." in taken.content.decode()
    group = save_tag_group(operator.actor, name="Trades", colour=Colour.PINK)
    edit = reverse("members_tag", args=[tag.pk])
    browser.post(edit, {"name": "bakers", "group": group.pk, "days": 9})
    tag.refresh_from_db()
    assert (tag.name, tag.group_id, tag.days) == ("bakers", group.pk, 9)
    assert browser.post(edit, {"name": "bakers", "days": 0}).status_code == 422
    browser.post(reverse("members_tag_group", args=[group.pk]), {"name": "Jobs", "colour": "blue"})
    text = read(browser, "members_tags")
    assert "Jobs" in text
    assert "dye-blue" in text
    browser.post(reverse("members_tag_group_remove", args=[group.pk]))
    browser.post(reverse("members_tag_remove", args=[tag.pk]))
    assert not Tag.objects.exists()


def test_facts_are_typed_and_kept_all_or_none(
    browser: Client, operator: Person, hall: list[int]
) -> None:
    size = add_field(operator.actor, name="size", kind=Field.Kind.NUMBER)
    shop = add_field(operator.actor, name="shop", kind=Field.Kind.CHOICE, choices=("a", "b"))
    url = reverse("member_facts", args=[hall[0]])
    wrong = browser.post(url, {f"fact-{size.pk}": "big", f"fact-{shop.pk}": "b"})
    assert wrong.status_code == 422
    assert "Write a number" in wrong.content.decode()
    assert 'value="big"' in wrong.content.decode()
    assert not Fact.objects.exists()
    browser.post(url, {f"fact-{size.pk}": "38", f"fact-{shop.pk}": "b"})
    text = read(browser, "member", hall[0])
    assert 'value="38"' in text
    assert "size: 38" in read(browser, "member_part", hall[0], "history")


def test_fields_are_made_changed_and_thrown_away(browser: Client) -> None:
    url = reverse("members_fields")
    assert "No fields yet" in read(browser, "members_fields")
    assert browser.post(url, {"name": "shop", "kind": "choice"}).status_code == 422
    browser.post(url, {"name": "shop", "kind": "choice", "choices": "a\nb"})
    field = Field.objects.get()
    browser.post(reverse("members_field", args=[field.pk]), {"name": "store", "choices": "a\nb\nc"})
    field.refresh_from_db()
    assert (field.name, field.choices) == ("store", ["a", "b", "c"])
    browser.post(reverse("members_field_remove", args=[field.pk]))
    assert not Field.objects.exists()


def test_notes_and_consents_stand_on_the_page(browser: Client, hall: list[int]) -> None:
    pk = hall[0]
    browser.post(reverse("member_note", args=[pk]), {"note": f"likes {HOSTILE}"})
    browser.post(
        reverse("member_consent", args=[pk]),
        {"purpose": "marketing", "way": "paper", "given_on": "2024-03-05", "wording": "May we?"},
    )
    text = read(browser, "member", pk)
    assert "likes &lt;script&gt;" in text
    assert HOSTILE not in text
    assert "May we?" in text
    assert "Agreed: Offers and advertising" in read(browser, "member_part", pk, "history")
    late = browser.post(
        reverse("member_consent", args=[pk]),
        {"purpose": "contact", "way": "chat", "given_on": "2999-01-01", "wording": "May we?"},
    )
    assert "Nobody has agreed on a day to come." in late.content.decode()
    browser.post(reverse("members_consent_end", args=[Consent.objects.get().pk]))
    browser.post(reverse("members_note_remove", args=[Note.objects.get().pk]))
    text = read(browser, "member", pk) + read(browser, "member_part", pk, "history")
    assert "No longer agrees: Offers and advertising" in text
    assert "likes" not in text


def test_the_history_is_in_order_and_says_where_from(browser: Client, hall: list[int]) -> None:
    named = named_tag_by(browser, hall[1])
    text = read(browser, "member_part", hall[1], "history")
    told = text[text.index('id="history"') :]
    assert told.index(f"Tagged {named}") < told.index("First seen in Hall")
    assert "by operator" in told
    assert "seen in the group" in told


def test_the_history_tells_of_company_circles_and_lists_of_customers(
    browser: Client, operator: Person, hall: list[int]
) -> None:
    pk, actor = hall[1], operator.actor
    keep_company(actor, Plan("expert", None, 7), member_id=pk, today=date(2026, 3, 2))
    circle = save_circle(actor, name="tea house", note="")
    add_to_circle(actor, circle_id=circle.pk, member_ids=[pk])
    one = Identity.objects.filter(member_id=pk).first()
    assert one
    Customer.objects.create(
        workspace_id=one.workspace_id, identity=one, name=HOSTILE, at=now(), by=operator.user
    )
    end_company(actor, member_id=pk)
    take_from_circle(actor, circle_id=circle.pk, member_id=pk)
    told = html.unescape(read(browser, "member_part", pk, "history"))
    for words in (
        "Kept company from now on: Anybody, Topic expert",
        "No longer kept company",
        "Came into the circle “tea house”",
        "Left the circle “tea house”",
        f"On a list of customers as {HOSTILE}",
    ):
        assert words in told, words
    ended = told[: told.index("No longer kept company") + 200].rpartition("<li>")[2]
    assert "seen in the group" not in ended, "staff end company, nobody saw it in a group"


def named_tag_by(browser: Client, pk: int) -> str:
    browser.post(reverse("member_tag", args=[pk]), {"new": "regular"})
    return "regular"


def test_analysts_see_but_get_no_forms(analyst: User, operator: Person, hall: list[int]) -> None:
    put_on(operator.actor, tag_id=named_tag(operator.actor, "vip").pk, member_ids=hall)
    browser = signed_in(analyst)
    text = read(browser, "member", hall[0])
    assert "vip" in text
    assert "Keep the note" not in text
    assert "New tag" not in read(browser, "members_tags")
    assert browser.post(reverse("member_note", args=[hall[0]]), {"note": "x"}).status_code == 403
    assert browser.get(reverse("members_many")).status_code == 403
    assert not Note.objects.exists()


def test_pages_of_tags_ask_little_of_the_database(
    browser: Client, operator: Person, hall: list[int]
) -> None:
    group = save_tag_group(operator.actor, name="g")
    for n in range(30):
        tag = save_tag(operator.actor, TagWords(f"tag {n}", group.pk))
        put_on(operator.actor, tag_id=tag.pk, member_ids=hall)
    read(browser, "members_tags")
    with CaptureQueriesContext(connection) as seen:
        read(browser, "members_tags")
    assert len([q for q in seen if "members_" in q["sql"]]) <= 6
    with CaptureQueriesContext(connection) as seen:
        read(browser, "member", hall[0])
    assert len(seen) <= 33
