"""System lines of Chinese platforms inside JSON exports, as records (handbook K-4)."""

from __future__ import annotations

from collections.abc import Sequence

from weilu.chat.ports import Inbound, Kind
from weilu.connectors.formats.chinese_notices import parse_notices


def system_items(
    text: str, sent_ms: int, external_id: str = "", *, account: str = "", name: str = ""
) -> Sequence[Inbound]:
    """What a system line tells of, a plain notice where its wording is unknown; never empty.

    `account` and `name` are of whom the export names beside the line. People after the first
    get their place behind the id; the id of a recalled message is not known from its line.
    """
    found = parse_notices(text)
    if not found:
        return (Inbound(Kind.NOTICE, sent_ms, account, name, text, external_id),)
    return [
        Inbound(
            notice.kind,
            sent_ms,
            account if notice.name == name else "",
            notice.name,
            # Other exports of the same group tell no more of it than who and by whom.
            text if notice.kind == Kind.NOTICE else "",
            "" if notice.kind == Kind.RECALL else numbered(external_id, place),
            target=notice.target,
        )
        for place, notice in enumerate(found)
    ]


def numbered(external_id: str, place: int) -> str:
    """The id of the `place`th record told of by one message; the first has the message's own."""
    return f"{external_id}.{place}" if external_id and place else external_id
