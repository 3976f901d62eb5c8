"""Front-end files: pinned by hash, named by no host, icons that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from weilu.config import assets


def test_the_lock_names_no_host_and_pins_every_package() -> None:
    text = (assets.ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert not re.search(r"https?:|\bresolved\b", text)
    packages = json.loads(text)["packages"]
    pinned = {name for name, entry in packages.items() if "integrity" in entry}
    assert pinned == set(packages) - {""}


def test_icons_that_templates_draw_are_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates" / "page.html"
    page.write_text('{% icon "sun" %} {% icon name %} {%icon "file-import"%}', encoding="utf-8")
    assert assets.drawn_icons(tmp_path) == {"sun", "file-import"}


def test_the_sprite_holds_each_icon_once(tmp_path: Path) -> None:
    shape = '<svg width="24" stroke="currentColor">\n  <path d="M1 1" />\n</svg>'
    (tmp_path / "sun.svg").write_text(shape, encoding="utf-8")
    assert assets.sprite(tmp_path, ["sun"]) == (
        '<svg xmlns="http://www.w3.org/2000/svg">'
        '<symbol id="sun" viewBox="0 0 24 24"><path d="M1 1" /></symbol></svg>\n'
    )


def test_an_icon_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsMissing, match="no such Tabler icon: sunn"):
        assets.sprite(tmp_path, ["sunn"])


def test_every_icon_drawn_is_in_the_sprite() -> None:
    sprite = assets.TARGET / "icons.svg"
    if not sprite.is_file():
        pytest.skip("the front-end files are not fetched; run the set-up")
    held = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite.read_text(encoding="utf-8")))
    assert assets.drawn_icons(assets.PACKAGE) <= held


def test_the_typeface_of_the_report_speaks_chinese() -> None:
    made = assets.PAPER / assets.FONT
    if not made.is_file():
        pytest.skip("the front-end files are not fetched; run the set-up")
    known = TTFont(made).getBestCmap()
    assert {ord(letter) for letter in "围炉说过话的人 2,956 条 Weilu"} <= set(known)
    assert len(known) > 10_000


def test_the_other_typeface_draws_emoji() -> None:
    made = assets.PAPER / assets.EMOJI
    if not made.is_file():
        pytest.skip("the front-end files are not fetched; run the set-up")
    assert {ord(letter) for letter in "🌸🍵😂🎉❤"} <= set(TTFont(made).getBestCmap())
