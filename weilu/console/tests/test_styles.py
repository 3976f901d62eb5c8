"""Styles that would hide what people must see."""

from __future__ import annotations

import re
from pathlib import Path

STYLES = Path(__file__).resolve().parent.parent / "static" / "console"


def test_headings_of_entries_are_hidden_only_inside_folds() -> None:
    hidden = [
        selector.strip()
        for sheet in STYLES.glob("*.css")
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet.read_text("utf-8"))
        if "display: none" in body
        for selector in selectors.split(",")
        if selector.strip().endswith((".entry-words h3", ".entry-words .h"))
    ]
    assert hidden
    assert [one for one in hidden if not one.startswith(".fold ")] == []
