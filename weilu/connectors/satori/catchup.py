"""What was missed while the line was down, from a channel's list of messages."""

from __future__ import annotations

from typing import Any

from weilu.connectors.satori.api import Api
from weilu.connectors.wire import Json, number, rows, text

PAGE = 100
# A channel that was not read for months is not read back for ever; a burst is.
MOST_MISSED = 5_000
# Cursor entries: when a channel was last heard of, in milliseconds.
CHANNEL = "c:"


async def missed(api: Api, channel: str, since_ms: int) -> list[Json]:
    """Messages of a channel from that moment on, oldest first; raises as `Api.call`."""
    found: dict[str, Json] = {}
    older: dict[str, Any] = {}
    while len(found) <= MOST_MISSED:
        answer = await api.call("message.list", channel_id=channel, limit=PAGE, **older)
        page = answer if isinstance(answer, dict) else {}
        listed = [one for one in rows(page.get("data")) if text(one, "id")]
        fresh = {text(one, "id"): one for one in listed if text(one, "id") not in found}
        found |= fresh
        times = [number(one, "created_at") for one in fresh.values()]
        # Version 1.2 turns back with `prev`; before, the only way was back, and called `next`.
        token = text(page, "prev") if "prev" in page else text(page, "next")
        if not token or not times or min(times) < since_ms:
            break
        older = {"next": token, "direction": "before"}
    kept = [one for one in found.values() if number(one, "created_at") >= since_ms]
    return sorted(kept, key=lambda one: number(one, "created_at"))
