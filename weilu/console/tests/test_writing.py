"""Whatever people type is set in the direction of their own language."""

from __future__ import annotations

import re
from pathlib import Path

import weilu

FIELD = re.compile(r'<(input|textarea)\b(?:[^>"]|"[^"]*")*>')
# Filled by machines, or only shown.
NOT_PROSE = ("readonly", 'id="website"', 'type="{{', 'id="authenticator_secret"')


def is_prose(tag: str) -> bool:
    kind = re.search(r'type="([^"]*)"', tag)
    is_text = tag.startswith("<textarea") or not kind or kind[1] in {"text", "search"}
    return is_text and not any(one in tag for one in NOT_PROSE)


def test_fields_written_by_hand_follow_the_direction_of_what_is_typed() -> None:
    pages = sorted(Path(weilu.__file__).parent.glob("*/templates/**/*.html"))
    tags = [(page.name, found[0]) for page in pages for found in FIELD.finditer(page.read_text())]
    assert len(tags) > 100
    assert not [one for one in tags if is_prose(one[1]) and 'dir="auto"' not in one[1]]
