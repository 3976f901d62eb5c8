"""Drafts of a starter kit, filled from what the plan says (A-9).

A line that names something the plan does not say yet is left out, so a draft never has a hole.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter

from weilu.communities.blueprint.rules.canvas import Sheet

_HERE = Path(__file__).parent / "texts"
ANY_TRADE = "any"
# Of what stands within a sentence of ours, which has its own end.
_ENDS = " \n\t。.；;，,！!"


class Piece(StrEnum):
    """What a kit is made of, in the order in which it is used."""

    NAME = "name"
    INTRO = "intro"
    WELCOME = "welcome"
    ANNOUNCEMENT = "announcement"
    OPENING_1 = "opening_1"
    OPENING_2 = "opening_2"
    OPENING_3 = "opening_3"


OPENINGS = (Piece.OPENING_1, Piece.OPENING_2, Piece.OPENING_3)


def drafts(sheet: Sheet, trade: str, language: str) -> dict[Piece, str]:
    """A draft of every piece; Chinese for `zh…`, else English."""
    texts = _read("zh" if language.startswith("zh") else "en")
    own, common = texts.get(trade, {}), texts[ANY_TRADE]
    said = {
        "name": sheet.name.strip(),
        "purpose": sheet.purpose.strip(),
        "audience": sheet.audience.strip(),
        "not_for": sheet.not_for.strip(),
        "voice": sheet.voice.strip(_ENDS),
        "promise": next(filter(None, (one.strip(_ENDS) for one in sheet.promises.values())), ""),
    }
    openings = own.get("openings", common["openings"])
    return {
        Piece.NAME: _filled(common["name"], said),
        Piece.INTRO: _filled(common["intro"], said),
        Piece.WELCOME: _filled(common["welcome"], said),
        Piece.ANNOUNCEMENT: _filled(common["announcement"], said),
        **{piece: _filled([text], said) for piece, text in zip(OPENINGS, openings, strict=True)},
    }


def _filled(lines: Sequence[str], said: Mapping[str, str]) -> str:
    """Lines whose every name is known, each filled in; other braces are left as they are."""
    found = []
    for line in lines:
        names = {name for _text, name, _spec, _how in Formatter().parse(line) if name}
        mine = names & set(said)
        if all(said[name] for name in mine):
            for name in mine:
                line = line.replace(f"{{{name}}}", said[name])  # noqa: PLW2901 - filled name by name
            found.append(line)
    return "\n".join(found)


@cache
def _read(language: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((_HERE / f"{language}.toml").read_text(encoding="utf-8"))
