"""Charts on paper have the colours of those on screen, and people that of the interface."""

from __future__ import annotations

import re
from pathlib import Path

from weilu.console.communities import svg

STATIC = Path(svg.__file__).parents[1] / "static" / "console"


def test_paper_and_screen_share_their_colours() -> None:
    theme = (STATIC / "chart_theme.js").read_text("utf-8")
    light = theme[theme.index("var LIGHT") : theme.index("var DARK")]
    roles = re.search(r"roles: \{([^}]*)\}", light)
    assert roles is not None
    assert dict(re.findall(r'(\w+): "(#\w{6})"', roles[1])) == svg.ROLES
    for name, colours in (("circles", svg.CIRCLES), ("ramp", svg.RAMP)):
        listed = re.search(rf"{name}: \[([^\]]*)\]", light)
        assert listed is not None
        assert tuple(re.findall(r"#\w{6}", listed[1])) == colours
    single = dict(re.findall(r'(\w+): "(#\w{6})"', light.split("roles:")[0]))
    assert [single[key] for key in ("ink", "soft", "line", "card")] == [
        svg.INK,
        svg.SOFT,
        svg.LINE,
        svg.CARD,
    ]


def test_people_have_the_accent_colour() -> None:
    sheet = (STATIC / "weilu.css").read_text("utf-8")
    accent = re.search(r"--ember: (#\w{6});", sheet)
    assert accent is not None
    assert svg.ROLES["people"] == svg.CIRCLES[0] == accent[1]
    assert f'fill="{accent[1]}"' in (STATIC / "stove.svg").read_text("utf-8")
