"""Rules are versions; readings are kept once."""

from __future__ import annotations

import pytest

from weilu.communities.models import Community, Reading, Rules
from weilu.communities.rulebook import (
    MOST_RULES,
    Rule,
    Text,
    current,
    note_reading,
    publish,
    readers,
    rules_in,
    versions,
    versions_in_force,
)
from weilu.core.access import Role
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person

pytestmark = pytest.mark.django_db
KIND = Rule("Stay kind", "No insults.", "abuse")


@pytest.fixture
def community(workspace: Workspace) -> Community:
    """A community without rules."""
    return Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")


def text(*rules: Rule, intro: str = "", contact: str = "Lan") -> Text:
    return Text(intro, rules or (KIND,), contact)


def test_each_change_is_a_version_and_the_same_text_none(
    community: Community, operator: Person
) -> None:
    first = publish(operator.actor, community=community, text=text())
    assert publish(operator.actor, community=community, text=text(), seen=0).pk == first.pk
    second = publish(
        operator.actor, community=community, text=text(KIND, Rule(" No ads ", "", "ad")), seen=1
    )
    assert (first.version, second.version) == (1, 2)
    assert rules_in(second) == [KIND, Rule("No ads", "", "ad")]
    assert rules_in(Rules.objects.get(version=1)) == [KIND]
    assert [one.row.version for one in versions(operator.actor, community)] == [2, 1]
    assert versions_in_force([community.pk]) == {community.pk: 2}


def test_two_who_write_at_once_do_not_undo_each_other(
    community: Community, operator: Person
) -> None:
    publish(operator.actor, community=community, text=text())
    with pytest.raises(Conflict, match="changed"):
        publish(operator.actor, community=community, text=text(intro="Hi"), seen=0)
    assert Rules.objects.count() == 1


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (Text("", (), ""), "rules_missing"),
        (Text("", (Rule("", "words without a title"),), ""), "rules_missing"),
        (Text("", (Rule("x" * 81),), ""), "too_long"),
        (Text("", (Rule("x", "y" * 401),), ""), "too_long"),
        (Text("i" * 501, (Rule("x"),), ""), "too_long"),
        (Text("", tuple(Rule(f"r{n}") for n in range(MOST_RULES + 1)), ""), "too_long"),
        (Text("", (Rule("x", "", "gambling"),), ""), "bad_kind"),
    ],
)
def test_what_is_no_rule_is_refused(
    community: Community, operator: Person, bad: Text, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        publish(operator.actor, community=community, text=bad)
    assert caught.value.code == code
    assert not Rules.objects.exists()


def test_only_those_who_moderate_write_them(community: Community, workspace: Workspace) -> None:
    analyst = person(workspace, "ana", Role.ANALYST).actor
    with pytest.raises(NotAllowed):
        publish(analyst, community=community, text=text())
    other = Workspace.objects.create(name="other")
    stranger = person(other, "sue", Role.OWNER).actor
    with pytest.raises(NotFound):
        publish(stranger, community=community, text=text())


def test_a_reading_is_kept_once_and_is_of_its_version(
    community: Community, operator: Person
) -> None:
    publish(operator.actor, community=community, text=text())
    assert note_reading(community, version=1, name="  小 明 ")
    assert not note_reading(community, version=1, name="小 明")
    with pytest.raises(Invalid):
        note_reading(community, version=1, name="  ")
    row = publish(operator.actor, community=community, text=text(intro="New"), seen=1)
    with pytest.raises(Conflict):
        note_reading(community, version=1, name="late")
    assert note_reading(community, version=2, name="小 明")
    assert [one.name for one in readers(operator.actor, row)] == ["小 明"]
    assert Reading.objects.count() == 2
    assert current(community) == row
