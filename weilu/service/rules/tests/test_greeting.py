"""The words of a greeting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weilu.service.rules.greeting import NAMED, greeting

FILLED = {"{group}": "Evening", "{community}": "Tea", "{rules}": ""}


def test_names_are_filled_in_and_empty_lines_of_marks_disappear() -> None:
    said = greeting("Hi {names}!\n{rules}\nThis is {group}.", "[A]", ["Ming", "Lan"], "", FILLED)
    assert said == "[A] Hi Ming、Lan!\nThis is Evening."


def test_a_line_whose_marks_are_all_empty_is_left_out_and_an_empty_line_stays() -> None:
    text = "Hi\n\nRules: {rules}\nBe kind"
    assert greeting(text, "", ["Ming"], "", FILLED) == "Hi\n\nBe kind"
    assert greeting(text, "", ["Ming"], "", {"{rules}": "x"}) == "Hi\n\nRules: x\nBe kind"


def test_ten_are_named_and_the_rest_counted() -> None:
    names = [f"n{k}" for k in range(25)]
    said = greeting("{names}", "", names, " and {count} more", FILLED)
    assert said == "、".join(names[:NAMED]) + " and 15 more"


@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=30))
def test_any_text_and_names_make_a_bounded_greeting(text: str, names: list[str]) -> None:
    said = greeting(text, "", names, " +{count}", {"{rules}": "https://example.org"})
    assert len(said) <= 300 * 400


def test_a_name_that_looks_like_a_mark_is_only_a_name() -> None:
    said = greeting("Hi {names}, see {rules}", "", ["{rules}"], "", {"{rules}": "here"})
    assert said == "Hi {rules}, see here"
