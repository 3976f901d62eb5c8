"""Notes, consents and a workspace's own fields (C-3)."""

from __future__ import annotations

from datetime import date

import pytest

from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.members.actions import merge
from weilu.members.actions.facts import (
    add_field,
    change_field,
    remove_field,
    set_fact,
    set_facts,
)
from weilu.members.actions.notes import (
    Agreed,
    give_consent,
    remove_note,
    withdraw_consent,
    write_note,
)
from weilu.members.models import Consent, Fact, Field, Note
from weilu.members.queries.known import consents_of, facts_of, notes_of
from weilu.members.tests.people import make_member

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)


@pytest.fixture
def ling(workspace: Workspace) -> int:
    """A member's id."""
    return make_member(workspace.pk, 11, "阿玲").pk


def agreed(day: int, wording: str = "可以给你发优惠信息吗？") -> Agreed:
    return Agreed(Consent.Purpose.MARKETING, Consent.Way.CHAT, wording, date(2026, 3, day))


def test_notes_are_written_and_thrown_away(operator: Person, ling: int) -> None:
    note = write_note(operator.actor, member_id=ling, text="  喜欢红茶 ")
    assert [(one.text, one.by_id) for one in notes_of(ling)] == [("喜欢红茶", operator.user.pk)]
    for text, code in (("  ", "required"), ("x" * 4001, "too_long")):
        with pytest.raises(Invalid, match=code):
            write_note(operator.actor, member_id=ling, text=text)
    with pytest.raises(NotFound):
        write_note(operator.actor, member_id=99, text="x")
    assert remove_note(operator.actor, note_id=note.pk) == ling
    with pytest.raises(NotFound):
        remove_note(operator.actor, note_id=note.pk)
    assert notes_of(ling) == []


def test_a_consent_has_a_date_and_words_and_ends(operator: Person, ling: int) -> None:
    first = give_consent(operator.actor, agreed(1), member_id=ling, today=TODAY)
    second = give_consent(operator.actor, agreed(5, "可以吗？"), member_id=ling, today=TODAY)
    found = consents_of(ling)
    assert [(c.pk, c.withdrawn_on) for c in found] == [
        (second.pk, None),
        (first.pk, date(2026, 3, 5)),
    ]
    with pytest.raises(Conflict, match="consent_order"):
        give_consent(operator.actor, agreed(2), member_id=ling, today=TODAY)
    with pytest.raises(Invalid, match="day_to_come"):
        give_consent(operator.actor, agreed(11), member_id=ling, today=TODAY)
    withdraw_consent(operator.actor, consent_id=second.pk, today=TODAY)
    with pytest.raises(Conflict, match="already_withdrawn"):
        withdraw_consent(operator.actor, consent_id=second.pk, today=TODAY)
    assert not Consent.objects.filter(withdrawn_on=None).exists()
    told = LogRow.objects.filter(name="ConsentChanged").values_list("payload__holds", flat=True)
    assert list(told.order_by("pk")) == [True, True, False]


def test_a_field_keeps_values_of_its_type(operator: Person, ling: int) -> None:
    kinds = Field.Kind
    cup, birthday, shop, vegan = (
        add_field(operator.actor, name=name, kind=kind, choices=choices)
        for name, kind, choices in (
            ("cups", kinds.NUMBER, ()),
            ("birthday", kinds.DAY, ()),
            ("shop", kinds.CHOICE, ("East", " West ", "East", "")),
            ("vegan", kinds.YES_NO, ()),
        )
    )
    assert shop.choices == ["East", "West"]
    typed = {cup.pk: "1,200.5", birthday.pk: "1990-02-28", shop.pk: "West", vegan.pk: "是"}
    assert set_facts(operator.actor, member_id=ling, typed=typed) == 4
    assert set_facts(operator.actor, member_id=ling, typed=typed) == 0
    held = {f.field_id: f for f in facts_of(ling)}
    assert held[cup.pk].number == 1200.5
    assert held[birthday.pk].day == date(1990, 2, 28)
    assert held[shop.pk].text == "West"
    assert held[vegan.pk].number == 1.0
    for pk, wrong in ((cup.pk, "many"), (birthday.pk, "soon"), (shop.pk, "North"), (vegan.pk, "x")):
        with pytest.raises(Invalid) as refused:
            set_fact(operator.actor, member_id=ling, field_id=pk, typed=wrong)
        assert refused.value.field == str(pk)
    assert Fact.objects.count() == 4


def test_one_wrong_value_keeps_none(operator: Person, ling: int) -> None:
    one = add_field(operator.actor, name="a", kind=Field.Kind.TEXT)
    two = add_field(operator.actor, name="b", kind=Field.Kind.NUMBER)
    with pytest.raises(Invalid):
        set_facts(operator.actor, member_id=ling, typed={one.pk: "x", two.pk: "y"})
    assert not Fact.objects.exists()


def test_values_are_replaced_and_stay_as_history(operator: Person, ling: int) -> None:
    one = add_field(operator.actor, name="size", kind=Field.Kind.TEXT)
    for typed in ("S", "M", ""):
        assert set_fact(operator.actor, member_id=ling, field_id=one.pk, typed=typed)
    assert [(f.text, f.replaced_at is None) for f in facts_of(ling)] == [("M", False), ("S", False)]


def test_a_value_set_after_a_merge_replaces_both(
    workspace: Workspace, operator: Person, ling: int
) -> None:
    other = make_member(workspace.pk, 12, "玲玲").pk
    one = add_field(operator.actor, name="size", kind=Field.Kind.TEXT)
    set_fact(operator.actor, member_id=ling, field_id=one.pk, typed="S")
    set_fact(operator.actor, member_id=other, field_id=one.pk, typed="M")
    merge(operator.actor, kept_id=ling, absorbed_id=other)
    assert {f.text for f in facts_of(ling) if f.replaced_at is None} == {"S", "M"}
    set_fact(operator.actor, member_id=ling, field_id=one.pk, typed="M")
    assert [f.text for f in facts_of(ling) if f.replaced_at is None] == ["M"]


def test_fields_are_renamed_and_thrown_away(operator: Person, ling: int) -> None:
    one = add_field(operator.actor, name="shop", kind=Field.Kind.CHOICE, choices=("a", "b"))
    add_field(operator.actor, name="other", kind=Field.Kind.TEXT)
    with pytest.raises(Conflict, match="taken"):
        change_field(operator.actor, field_id=one.pk, name="other", choices=("a", "b"))
    with pytest.raises(Invalid, match="choices_missing"):
        change_field(operator.actor, field_id=one.pk, name="shop", choices=("a",))
    change_field(operator.actor, field_id=one.pk, name="store", choices=("b", "c"))
    set_fact(operator.actor, member_id=ling, field_id=one.pk, typed="c")
    remove_field(operator.actor, field_id=one.pk)
    assert facts_of(ling) == []
    assert Field.objects.count() == 1


def test_strangers_and_analysts_write_nothing(
    operator: Person, analyst: Person, stranger: Person, ling: int
) -> None:
    field = add_field(operator.actor, name="size", kind=Field.Kind.TEXT)
    note = write_note(operator.actor, member_id=ling, text="x")
    for person, error in ((analyst, NotAllowed), (stranger, NotFound)):
        with pytest.raises(error):
            write_note(person.actor, member_id=ling, text="y")
        with pytest.raises(error):
            remove_note(person.actor, note_id=note.pk)
        with pytest.raises(error):
            set_fact(person.actor, member_id=ling, field_id=field.pk, typed="y")
        with pytest.raises(error):
            give_consent(person.actor, agreed(1), member_id=ling, today=TODAY)
    assert (Note.objects.count(), Fact.objects.count(), Consent.objects.count()) == (1, 0, 0)
