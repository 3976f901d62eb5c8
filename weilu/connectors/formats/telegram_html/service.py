"""What the lines between messages tell of in a page of Telegram (handbook K-4).

Source: telegramdesktop/tdesktop, export_output_html.cpp, which writes them in English always.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from weilu.chat.ports import Inbound, Kind

_LINK = re.compile(r"(?P<who>.+?) joined group by link from .+", re.DOTALL)
_REQUEST = re.compile(r"(?P<who>.+?) joined group by request", re.DOTALL)
_INVITED = re.compile(r"(?P<by>.+?) invited (?P<who>.+)", re.DOTALL)
_REMOVED = re.compile(r"(?P<by>.+?) removed (?P<who>.+)", re.DOTALL)
_CREATED = re.compile(r"(?P<by>.+?) created group «.*?»(?: with members (?P<who>.+))?", re.DOTALL)
_LISTED = re.compile(r", | and ")
_TO_CALL = (" to the voice chat", " to the video chat", " to a voice chat", " to a video chat")
_CHANGED = (" group photo", " group background")
# Nobody is called so; an account that is gone has no name to go by.
_NAMELESS = frozenset({"Deleted Account", "Deleted"})


def told(text: str, sent_ms: int, external_id: str) -> Sequence[Inbound]:
    """The joins and leaves of a service line, else a notice; never empty.

    The same as what Telegram's JSON tells of the same message, under the same ids.
    """
    kind, names, by = _people(text)
    if not names:
        return (Inbound(Kind.NOTICE, sent_ms, "", "", text, external_id),)
    return [
        Inbound(
            kind,
            sent_ms,
            "",
            name,
            "",
            f"{external_id}.{place}" if place and external_id else external_id,
            target="" if by == name else by,
        )
        for place, name in enumerate(names)
    ]


def _people(text: str) -> tuple[Kind, list[str], str]:
    """What happened, to whom, and by whom."""
    if len(text) > 4000:
        return Kind.NOTICE, [], ""
    if found := _CREATED.fullmatch(text):
        others = [one for one in _named(found["who"] or "") if one != found["by"]]
        return Kind.JOIN, [found["by"], *others], found["by"]
    if found := _LINK.fullmatch(text):
        return Kind.JOIN, [found["who"]], text.rpartition(" joined group by link from ")[2]
    if found := _REQUEST.fullmatch(text):
        return Kind.JOIN, [found["who"]], ""
    for kind, pattern, but in ((Kind.JOIN, _INVITED, _TO_CALL), (Kind.LEAVE, _REMOVED, _CHANGED)):
        if (found := pattern.fullmatch(text)) and not text.endswith(but):
            return kind, _named(found["who"]), found["by"]
    return Kind.NOTICE, [], ""


def _named(listed: str) -> list[str]:
    return [one for one in _LISTED.split(listed) if one and one not in _NAMELESS]
