"""The page of the goodwill model: tried, saved, refused (C-4)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from weilu.console.members.goodwill_form import WorthForm
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.insight.people.tests.history import make_group, said, tell
from weilu.insight.recounting import recount_community
from weilu.insight.worth.keeping import keep_worth
from weilu.members.actions import mark
from weilu.members.models import GoodwillModel, Member
from weilu.members.rules.goodwill_json import Numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(workspace: Workspace, operator: Person) -> Client:
    """The operator's; two talked on a few days."""
    hall = make_group(workspace, "Hall")
    days = range(1, 6)
    tell(hall, [said(who, f"2024-03-0{n} 08:00", "tea") for n in days for who in ("reed", "mute")])
    # Who says the same at the same minute looks like a bot.
    ids = list(Member.objects.values_list("pk", flat=True))
    mark(operator.actor, member_ids=ids, nature=Member.Nature.PERSON)
    recount_community(hall.community, lambda _done: None)
    keep_worth(workspace.pk)
    return operator.client()


def typed(**changed: str) -> dict[str, str]:
    """The form as it stands, with changes."""
    form = WorthForm(Numbers(), 0, None)
    return {name: str(form[name].value()) for name in form.fields} | changed


def test_a_draft_is_tried_and_then_saved(browser: Client, workspace: Workspace) -> None:
    url = reverse("members_goodwill")
    tried = browser.post(url, typed(points_present="9", do="try"))
    assert "2 would have more and 0 less" in tried.content.decode()
    assert not GoodwillModel.objects.exists()
    assert browser.post(url, typed(points_present="9", do="save")).status_code == 302
    held = GoodwillModel.objects.get(pk=workspace.pk)
    assert held.body["worth"]["present"][0] == 9


@pytest.mark.parametrize("act", ["try", "save"])
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"keep_0": "50"}, "What keeps a level cannot be more than what enters it."),
        ({"enter_1": "5", "keep_1": "5"}, "A higher level cannot take less than the one below it."),
    ],
)
def test_what_contradicts_itself_is_told_at_once(
    browser: Client, act: str, changed: dict[str, str], words: str
) -> None:
    answer = browser.post(reverse("members_goodwill"), typed(**changed, do=act))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "would have more" not in answer.content.decode()
    assert not GoodwillModel.objects.exists()
