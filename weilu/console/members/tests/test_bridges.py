"""A bridge names who speaks through it, they say so, and its buttons change whose it is."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from weilu.chat.people import know_people
from weilu.console.conftest import signed_in
from weilu.core.models import User, Workspace
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.members.models import Identity, Member

SPAN = (1_772_000_000_000, 1_773_000_000_000)


@pytest.fixture
def browser(workspace: Workspace, owner: User) -> Client:
    group = make_group(workspace, "Hall")
    names = ["moss", "fern", "[i onclick=x]"]
    tell(group, [
        said("link", f"2026-03-01 08:{n:02d}", f"<{names[n % 3]}> tea {n}") for n in range(30)
    ] + [said("reed", f"2026-03-01 09:{n:02d}", "moss: yes") for n in range(5)])  # fmt: skip
    know_people(group, SPAN, is_all=True)
    return signed_in(owner)


def page(browser: Client, member_id: int) -> str:
    return browser.get(reverse("member", args=[member_id])).content.decode()


def push(browser: Client, what: str, member_id: int) -> None:
    browser.post(reverse("members_mark", args=[what]), {"pick": str(member_id)})


@pytest.mark.django_db
def test_whose_the_words_are_is_said_and_can_be_changed(browser: Client) -> None:
    link = id_of("link")
    moss = Identity.objects.get(name="moss", through__isnull=False)
    shown = page(browser, link)
    assert "3 people write through this account" in shown
    assert f'href="/members/{moss.pk}/">moss</a>' in shown
    assert "Mark as bridge" not in shown
    theirs = page(browser, moss.pk)
    assert "named by the bridge" in theirs
    assert f'href="/members/{link}/">link</a>' in theirs
    push(browser, "bot", link)
    moss.refresh_from_db()
    assert moss.member_id == link
    shown = page(browser, link)
    assert "Its messages name 3 people, but count as its own" in shown
    push(browser, "bridge", link)
    moss.refresh_from_db()
    assert (moss.member_id, Member.objects.get(pk=link).nature) == (moss.pk, "relay")
    assert "Mark as bridge" not in page(browser, id_of("reed"))
