"""Carrying orders out in QQ groups."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weilu.chat.ports.orders import Done, Order
from weilu.connectors.onebot.api import Api
from weilu.connectors.outward import fetched
from weilu.connectors.wire import MAPPING, Json, text
from weilu.core.errors import GivenUp

# QQ mutes for at most thirty days; a minute less, so that no clock makes it more.
LONGEST_MUTE_S = 30 * 24 * 3600 - 60


class Orders:
    """What a session can be told to do."""

    api: Api

    async def say_so(self, order: Order, own: str, segments: list[Json]) -> None:
        """Hand in what our account has said."""
        raise NotImplementedError

    async def picture(self, media: str, most: int) -> bytes:
        """A picture by its address at QQ's; what lies with the implementation is not fetched."""
        return await fetched(media, most, allows_private=False)

    async def send(self, order: Order) -> Done:
        """One message: what it answers, a picture, the text."""
        message: list[Json] = []
        if order.reply_to:
            message.append(_segment("reply", id=order.reply_to))
        if order.picture is not None:
            message.append(_segment("image", file=_picture(order.picture)))
        if order.text:
            message.append(_segment("text", text=order.text))
        answer = await self._do("send_group_msg", order, says=True, message=message)
        number = text(answer, "message_id")
        await self.say_so(order, number, message)
        return Done(number)

    async def recall(self, order: Order) -> Done:
        """Take a message back; one that is gone already is gone."""
        try:
            await self.api.call("delete_msg", message_id=_number(order.message))
        except GivenUp as error:
            if str(error) != "gone":
                raise
        return Done()

    async def mute(self, order: Order) -> Done:
        """Mute a member, for at most what QQ allows."""
        seconds = min(order.seconds or LONGEST_MUTE_S, LONGEST_MUTE_S)
        return await self._mute(order, seconds)

    async def unmute(self, order: Order) -> Done:
        """Lift a mute."""
        return await self._mute(order, 0)

    async def _mute(self, order: Order, seconds: int) -> Done:
        who = _number(order.account)
        await self._do("set_group_ban", order, user_id=who, duration=seconds)
        return Done()

    async def remove(self, order: Order) -> Done:
        """Put a member out; one who is out already is out."""
        return await self._put_out(order, for_good=False)

    async def ban(self, order: Order) -> Done:
        """Put a member out and have QQ refuse requests to come back."""
        return await self._put_out(order, for_good=True)

    async def _put_out(self, order: Order, *, for_good: bool) -> Done:
        who = _number(order.account)
        try:
            await self._do("set_group_kick", order, user_id=who, reject_add_request=for_good)
        except GivenUp as error:
            if str(error) != "gone":
                raise
        return Done()

    async def unban(self, order: Order) -> Done:
        """Only a person can, in QQ."""
        raise GivenUp("not_possible")

    async def announce(self, order: Order) -> Done:
        """Put up a group notice."""
        await self._do("_send_group_notice", order, says=True, content=order.text)
        return Done()

    async def approve(self, order: Order) -> Done:
        """Let somebody in."""
        return await self._answer(order, lets_in=True)

    async def decline(self, order: Order) -> Done:
        """Turn somebody away, with the reason."""
        return await self._answer(order, lets_in=False)

    async def _answer(self, order: Order, *, lets_in: bool) -> Done:
        await self.api.call(
            "set_group_add_request",
            flag=order.request,
            sub_type="add",
            approve=lets_in,
            reason="" if lets_in else order.reason,
        )
        return Done()

    async def _do(self, action: str, order: Order, *, says: bool = False, **more: Any) -> Json:
        group = _number(order.group)
        answer = await self.api.call(action, says=says, group_id=group, **more)
        return answer if isinstance(answer, Mapping) else MAPPING


def _segment(kind: str, **data: str) -> Json:
    return {"type": kind, "data": data}


def _picture(path: Path) -> str:
    """The picture in the message itself: the implementation may run on another machine."""
    try:
        return "base64://" + base64.b64encode(path.read_bytes()).decode()
    except FileNotFoundError:
        raise GivenUp("gone") from None


def _number(written: str) -> int:
    """QQ's number; raises GivenUp for what has none, such as somebody anonymous."""
    if not written.removeprefix("-").isdecimal():
        raise GivenUp("not_possible")
    return int(written)
