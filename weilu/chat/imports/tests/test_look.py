"""Where in a file something stands that is kept out."""

from __future__ import annotations

import io

from weilu.chat.columns import DAY_MS
from weilu.chat.imports.look import untimely
from weilu.chat.ports import Bundle, ChatRef, Entry, Inbound, Kind, Platform, Portion, Problem
from weilu.core.clock import now_ms

CHAT = ChatRef(Platform.TELEGRAM, "1", "")


def entry(path: str) -> Entry:
    return Entry(path, 9, b"", io.BytesIO)


def late(*unread: int) -> Portion:
    """A record of long ago and one of days to come, beside places that could not be read."""
    times = ((1, "then"), (now_ms() + 10 * DAY_MS, "some day"))
    items = [Inbound(Kind.MESSAGE, at, "1", "nine", text) for at, text in times]
    return Portion(CHAT, items, [Problem("bad_time", "a.json", "record", n) for n in unread])


def test_the_place_of_a_record_counts_those_that_could_not_be_read() -> None:
    alone = Bundle("telegram", "", (entry("a.json"),))
    found = [Problem("time_range", "a.json", "record", 4, "some day")]
    assert untimely(late(1, 2, 7), alone, 0, []) == found
    before = [Problem("bad_time", "a.json", "record", n) for n in (1, 2)]
    found = [Problem("time_range", "a.json", "record", 7, "some day")]
    assert untimely(late(5), alone, 2, before) == found


def test_of_several_files_only_the_folder_is_named() -> None:
    several = Bundle("irc", "", (entry("logs/1.log"), entry("logs/2.log")))
    assert untimely(late(), several, 0, []) == [
        Problem("time_range", "logs", "byte", 1, "some day")
    ]
