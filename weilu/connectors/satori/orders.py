"""Carrying orders out through a Satori server."""

from __future__ import annotations

import base64
import mimetypes
from pathlib import Path
from typing import Any

from weilu.chat.ports.orders import Done, Order
from weilu.connectors.outward import fetched
from weilu.connectors.satori.api import Api
from weilu.connectors.satori.elements import content_of
from weilu.connectors.satori.places import Places
from weilu.connectors.wire import Json, rows, text
from weilu.core.errors import GivenUp

# What stands for a mute without an end; the platform behind may allow less.
LONGEST_MUTE_S = 30 * 24 * 3600 - 60


class Orders:
    """What a session can be told to do."""

    api: Api
    places: Places

    async def say_so(self, order: Order, sent: Json, content: str) -> None:
        """Hand in what our account has said."""
        raise NotImplementedError

    async def picture(self, media: str, most: int) -> bytes:
        """A picture by its address."""
        return await fetched(media, most, allows_private=False)

    async def send(self, order: Order) -> Done:
        """One message; a server that makes several of it has the first one's number counted."""
        picture = _address(order.picture) if order.picture is not None else ""
        content = content_of(order.text, picture, order.reply_to)
        answer = await self.api.call(
            "message.create", says=True, channel_id=order.group, content=content
        )
        sent = rows(answer)
        for one in sent:
            await self.say_so(order, one, content if len(sent) == 1 else "")
        return Done(text(sent[0], "id") if sent else "")

    async def recall(self, order: Order) -> Done:
        """Take a message back; one that is gone already is gone."""
        return await self._done("message.delete", channel_id=order.group, message_id=order.message)

    async def mute(self, order: Order) -> Done:
        """Mute a member."""
        return await self._mute(order, order.seconds or LONGEST_MUTE_S)

    async def unmute(self, order: Order) -> Done:
        """Lift a mute."""
        return await self._mute(order, 0)

    async def _mute(self, order: Order, seconds: int) -> Done:
        await self.api.call("guild.member.mute", **self._whom(order), duration=seconds * 1000)
        return Done()

    async def remove(self, order: Order) -> Done:
        """Put a member out; one who is out already is out."""
        return await self._done("guild.member.kick", **self._whom(order), permanent=False)

    async def ban(self, order: Order) -> Done:
        """Put a member out for good."""
        return await self._done("guild.member.kick", **self._whom(order), permanent=True)

    async def unban(self, order: Order) -> Done:
        """Only a person can, in the app."""
        raise GivenUp("not_possible")

    async def approve(self, order: Order) -> Done:
        """Let somebody in."""
        return await self._answer(order, lets_in=True)

    async def decline(self, order: Order) -> Done:
        """Turn somebody away, with the reason."""
        return await self._answer(order, lets_in=False)

    async def _answer(self, order: Order, *, lets_in: bool) -> Done:
        await self.api.call(
            "guild.member.approve",
            message_id=order.request,
            approve=lets_in,
            comment="" if lets_in else order.reason,
        )
        return Done()

    def _whom(self, order: Order) -> dict[str, Any]:
        return {"guild_id": self.places.guild(order.group), "user_id": order.account}

    async def _done(self, method: str, **params: Any) -> Done:
        """Done, also when what it was about is not there any more."""
        try:
            await self.api.call(method, **params)
        except GivenUp as error:
            if str(error) != "gone":
                raise
        return Done()


def _address(path: Path) -> str:
    """The picture in the message itself: the server may run on another machine."""
    kind = mimetypes.guess_type(path.name)[0] or "image/png"
    try:
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except FileNotFoundError:
        raise GivenUp("gone") from None
