"""What speaks for it that something arrived of which no answer came back (B-6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from weilu.chat.columns import HOUR_MS
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.records import Kind

WITHIN = timedelta(minutes=30)
# Platforms' clocks and ours differ.
_SLACK_MS = 60_000
LOOKED_AT = 40


def heard_again(rows: Iterable[Outgoing]) -> dict[int, int]:
    """When (UTC ms) the words of rows nobody is sure of were heard in their group, by row.

    Rows whose words were not heard are missing, as are those after the first forty.
    """
    asked = [
        one
        for one in rows
        if one.state == Outgoing.State.UNSURE and one.deed == Deed.SEND and one.begun_at
    ]
    found = {}
    for one in asked[:LOOKED_AT]:
        moment = _first_heard(one)
        if moment is not None:
            found[one.pk] = moment
    return found


def _first_heard(one: Outgoing) -> int | None:
    words = "\n".join(part for part in (one.text, one.link) if part).strip()
    if one.begun_at is None or not words:
        return None
    begun = int(one.begun_at.timestamp() * 1000) - _SLACK_MS
    end = begun + _SLACK_MS + int(WITHIN.total_seconds() * 1000)
    hours = list(range(begun // HOUR_MS, end // HOUR_MS + 1))
    marks = ", ".join(["%s"] * len(hours))
    # Each hour by itself, as the index has them.
    near = Message.objects.extra(where=[f"(sent_ms / {HOUR_MS}) IN ({marks})"], params=hours)  # noqa: S610 - numbers as values
    said = near.filter(
        group_id=one.group_id, sent_ms__gte=begun, sent_ms__lte=end, kind=int(Kind.MESSAGE)
    )
    return said.filter(text=words).order_by("sent_ms").values_list("sent_ms", flat=True).first()
