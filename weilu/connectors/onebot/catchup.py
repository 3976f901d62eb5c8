"""What was missed while the connection was down, read from the implementation's history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weilu.connectors.onebot.api import Api
from weilu.connectors.wire import Json, number, rows, text

PAGE = 100
# A group that was not read for months is not read back for ever; a burst is.
MOST_MISSED = 5_000


class History:
    """The past of groups; remembers in which direction this implementation turns its pages."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.is_reversed = False

    async def since(self, group: str, seconds: int) -> list[Json]:
        """Messages of a group from that moment on, oldest first; raises as `Api.call`."""
        found: dict[str, Json] = {}
        page = await self._page(group, "")
        while page:
            fresh = {key: one for key, one in _by_number(page) if key not in found}
            found |= fresh
            oldest = min(page, key=lambda one: number(one, "time"))
            if not fresh or number(oldest, "time") < seconds or len(found) > MOST_MISSED:
                break
            page = await self._before(group, oldest, found)
        kept = [one for one in found.values() if number(one, "time") >= seconds]
        return sorted(kept, key=lambda one: (number(one, "time"), number(one, "real_seq")))

    async def _before(self, group: str, oldest: Json, known: Mapping[str, Json]) -> list[Json]:
        """The page before a message. Implementations differ in what `reverseOrder` turns round."""
        anchor = text(oldest, "message_seq", "message_id")
        for _way in range(2):
            page = await self._page(group, anchor)
            if any(key not in known for key, _one in _by_number(page)):
                return page
            self.is_reversed = not self.is_reversed
        return []

    async def _page(self, group: str, anchor: str) -> list[Json]:
        more: dict[str, Any] = {}
        if anchor:
            more = {"message_seq": anchor, "reverseOrder": self.is_reversed}
        answer = await self.api.call(
            "get_group_msg_history", group_id=int(group), count=PAGE, **more
        )
        listed = answer.get("messages") if isinstance(answer, Mapping) else None
        return [one for one in rows(listed) if text(one, "message_id")]


def _by_number(page: list[Json]) -> list[tuple[str, Json]]:
    return [(text(one, "message_id"), one) for one in page]


async def joins_between(api: Api, group: str, begun: int, end: int) -> list[Json]:
    """Joins after one moment and up to another, in seconds, as events; from the list of members."""
    members = rows(await api.call("get_group_member_list", group_id=int(group), no_cache=True))
    joins = [{**one, "time": number(one, "join_time"), "group_id": group} for one in members]
    return sorted((o for o in joins if begun < o["time"] <= end), key=lambda one: one["time"])
