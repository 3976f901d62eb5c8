"""What was said while the line was down, read from the channels' lists of messages."""

from __future__ import annotations

from starlette.responses import Response

from weilu.connectors.satori.tests.club import BORN_MS, ROOM, SIDE, Club
from weilu.connectors.satori.tests.test_session import heard


def test_what_was_missed_is_read_first_page_by_page() -> None:
    club = Club(page=40)
    for number in range(250):
        club.say(f"m{number}")
    box = heard(club, club.told("live"), cursor={f"c:{ROOM}": str(BORN_MS + 11_000)})
    texts = list(dict.fromkeys(i.text for i in box.items))
    assert texts == [f"m{n}" for n in range(10, 250)] + ["live", "end"]
    assert {i.external_id for i in box.items} == {f"m{n}" for n in range(11, 253)}


def test_a_channel_that_is_closed_to_us_does_not_keep_the_others_unread() -> None:
    club = Club(answers={"message.list": [Response(status_code=403)]})
    club.say("what was missed", room=SIDE)
    cursor = {f"c:{ROOM}": str(BORN_MS), f"c:{SIDE}": str(BORN_MS)}
    assert [i.text for i in heard(club, cursor=cursor).items] == ["what was missed", "end"]
