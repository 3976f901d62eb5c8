"""Marks are filled in once, and only where they stand."""

from __future__ import annotations

from weilu.core.marks import fill


def test_a_name_that_looks_like_a_mark_is_only_a_name() -> None:
    values = {"{name}": lambda: "{link}", "{link}": lambda: "https://example.org"}
    assert fill("{name}: {link}", values) == "{link}: https://example.org"


def test_what_is_not_asked_for_is_not_looked_up() -> None:
    def never() -> str:
        raise AssertionError

    assert fill("Hello {other}", {"{name}": never}) == "Hello {other}"
    assert fill("Hello {name}", {}) == "Hello {name}"
