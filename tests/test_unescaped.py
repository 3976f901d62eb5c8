"""Names and words that try to become markup stay words, on every page and in every fragment."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from tests import test_stranger
from tests.test_stranger import addresses, filled, furnish
from weilu.chat.models import Message
from weilu.communities.models import Community
from weilu.communities.rulebook import Rule, Text, publish
from weilu.core.codes import code_of
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import JoinLink
from weilu.moderation.models import Appeal, Violation
from weilu.moderation.speaking import APPEAL

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.once]

# Leaves an attribute of either quote, a tag and a script, and then makes a tag that can be seen.
POISON = "Zz'\"></script><i data-zz=1>"
SCHEMES = ("http://", "https://", "data:image/", "mailto:")
LED = {"href", "src", "action", "formaction", "hx-get", "hx-post"}


class Tags(HTMLParser):
    """Reads a page; `wrong` is what words of others have become in it."""

    def __init__(self, page: str) -> None:
        """Read the page at once."""
        super().__init__()
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag: none is of the poison's making, and none leads to a script."""
        for name, value in attrs:
            if name == "data-zz" or name.startswith("on"):
                self.wrong.append(f"{tag} has {name}")
            scheme = (value or "").split("/")[0] if name in LED else ""
            if ":" in scheme and not (value or "").startswith(SCHEMES):
                self.wrong.append(f"{tag} leads to {scheme[:40]}")


@pytest.fixture
def house(
    workspace: Workspace, owner: Person, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> dict[str, int]:
    """A workspace with one of everything, each named with the poison."""
    monkeypatch.setattr(test_stranger, "SECRET", POISON)
    made = furnish(workspace, owner, operator)
    Message.objects.filter(workspace=workspace, pk__gt=made["around"]).update(
        text=f"javascript:alert(1) {POISON} https://example.org/{POISON}"
    )
    return made


def _pages(client: Client, urls: list[str]) -> Iterator[tuple[str, str]]:
    for url in urls:
        for headers in ({}, {"hx-request": "true"}):
            answer = client.get(url, headers=headers)
            body = b"".join(answer) if answer.streaming else answer.content
            if "text/html" in answer.headers.get("Content-Type", ""):
                yield url, body.decode()


def test_words_stay_words(house: dict[str, int], owner: Person) -> None:
    client = owner.client()
    urls = [filled(name, wanted, house) for name, wanted in addresses()]
    urls += [f"{reverse('members')}?q=%22%3E%3Ci%20data-zz=1%3E", f"{reverse('messages')}?q=Zz"]
    seen = 0
    wrong = []
    for url, page in _pages(client, urls):
        seen += "Zz&#x27;&quot;&gt;" in page
        wrong += [f"{what} on {url}" for what in Tags(page).wrong]
    assert not wrong
    assert seen > 100


def test_words_stay_words_for_members(house: dict[str, int], owner: Person) -> None:
    place = Community.objects.get(pk=house["community"])
    rule = Rule(POISON, POISON, "ad")
    publish(owner.actor, community=place, text=Text(POISON, (rule,), POISON))
    place.refresh_from_db()
    asked = code_of(APPEAL, Violation.objects.get().pk)
    public = [
        reverse("join", args=[JoinLink.objects.get().code]),
        reverse("rules", args=[place.code]),
        reverse("appeal", args=[asked]),
    ]
    for is_open in (False, True):
        if is_open:
            Appeal.objects.all().delete()
        for url, page in _pages(Client(), public):
            assert "Zz&#x27;&quot;&gt;" in page, url
            assert not Tags(page).wrong, url


def test_the_walk_would_see_it() -> None:
    assert Tags(f"<p>{POISON}</p>").wrong == ["i has data-zz"]
    assert Tags(f"<script>var a = '{POISON}'</script>").wrong == ["i has data-zz"]
    assert Tags(f'<a title="{POISON}">').wrong == ["i has data-zz"]
    assert Tags('<a href="javascript:alert(1)">').wrong == ["a leads to javascript:alert(1)"]
    assert not Tags('<a href="/a/?next=b:c"><img src="data:image/png;base64,"></a>').wrong
