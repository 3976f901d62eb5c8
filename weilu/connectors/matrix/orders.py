"""Carrying orders out in Matrix rooms; each under the order's own transaction id."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import nio

from weilu.chat.ports.orders import Done, Order
from weilu.connectors.matrix.failures import ANSWER_S, asked
from weilu.connectors.matrix.power import Content, muted, unmuted
from weilu.connectors.outward import bounded
from weilu.core.errors import GivenUp, TryLater, WeiluError

UPLOAD_S = 28.0
_MXC = re.compile(r"mxc://([A-Za-z0-9.:\[\]-]{1,255})/([A-Za-z0-9_-]{1,255})")
_FINE, _TOO_MANY, _BROKEN = 200, 429, 500


class Orders:
    """What a session can be told to do."""

    client: nio.AsyncClient

    async def send(self, order: Order) -> Done:
        """Text, and a picture before it; each is one message."""
        done = Done()
        if order.picture is not None:
            content = await self._picture(order, order.picture)
            done = await self._say(order, content, f"{order.key}.p")
        if order.text:
            done = await self._say(order, {"msgtype": "m.text", "body": order.text}, order.key)
        return done

    async def _say(self, order: Order, content: dict[str, Any], key: str) -> Done:
        if order.reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": order.reply_to}}
        call = self.client.room_send(order.group, "m.room.message", content, tx_id=key)
        response = await self._asked(order, call)
        return Done(response.event_id)

    async def _picture(self, order: Order, path: Path) -> dict[str, Any]:
        """Upload a picture; one that nobody sees yet may be uploaded twice."""
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        try:
            size = path.stat().st_size
            with path.open("rb") as file:
                call = self._upload(file, path.name, kind, size)
                uploaded = await self._asked(order, call, writes=False, within_s=UPLOAD_S)
        except FileNotFoundError as error:
            raise GivenUp("gone") from error
        info = {"mimetype": kind, "size": size}
        return {
            "msgtype": "m.image",
            "body": path.name,
            "url": uploaded.content_uri,
            "info": info,
        }

    async def _upload(self, file: BinaryIO, name: str, kind: str, size: int) -> Any:
        response, _keys = await self.client.upload(
            lambda _limits, _timeouts: file, content_type=kind, filename=name, filesize=size
        )
        return response

    async def picture(self, media: str, most: int) -> bytes:
        """A picture of the server's; older servers answer at the older address."""
        found = _MXC.fullmatch(media)
        if found is None:
            raise GivenUp("gone")
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        for place in ("client/v1/media", "media/v3"):
            path = f"/_matrix/{place}/download/{found[1]}/{found[2]}"
            answer = await asked(self.client.send("GET", path, headers=headers))
            async with answer:
                if answer.status == _FINE:
                    return await bounded(answer, most)
                if answer.status >= _BROKEN or answer.status == _TOO_MANY:
                    raise TryLater("platform_down", after=timedelta(seconds=60))
        raise GivenUp("gone")

    async def recall(self, order: Order) -> Done:
        """Redact a message; one the server does not know is gone already."""
        call = self.client.room_redact(
            order.group, order.message, reason=order.reason or None, tx_id=order.key
        )
        try:
            return Done((await self._asked(order, call)).event_id)
        except GivenUp as error:
            if str(error) == "gone":
                return Done()
            raise

    async def mute(self, order: Order) -> Done:
        """Set the member's power level below what speaking needs."""
        return await self._set_power(order, muted)

    async def unmute(self, order: Order) -> Done:
        """Give the member back the power level from before."""
        return await self._set_power(order, unmuted)

    async def _set_power(
        self, order: Order, changed: Callable[[Content, str], Content | None]
    ) -> Done:
        state = await self._asked(
            order,
            self.client.room_get_state_event(order.group, "m.room.power_levels"),
            writes=False,
        )
        content = changed(state.content, order.account)
        if content is None:
            return Done()
        call = self.client.room_put_state(order.group, "m.room.power_levels", dict(content))
        return Done((await self._asked(order, call)).event_id)

    async def remove(self, order: Order) -> Done:
        """Kick a member; somebody who has left is out already."""
        if await self._membership(order) not in {"join", "invite", "knock"}:
            return Done()
        call = self.client.room_kick(order.group, order.account, order.reason or None)
        await self._asked(order, call)
        return Done()

    async def ban(self, order: Order) -> Done:
        """Ban an account from the room."""
        if await self._membership(order) != "ban":
            call = self.client.room_ban(order.group, order.account, order.reason or None)
            await self._asked(order, call)
        return Done()

    async def unban(self, order: Order) -> Done:
        """Let an account come back."""
        if await self._membership(order) == "ban":
            await self._asked(order, self.client.room_unban(order.group, order.account))
        return Done()

    async def announce(self, order: Order) -> Done:
        """Set the topic."""
        call = self.client.room_put_state(order.group, "m.room.topic", {"topic": order.text})
        return Done((await self._asked(order, call)).event_id)

    async def approve(self, order: Order) -> Done:
        """Invite somebody who knocks; raises GivenUp `gone` when they do not knock any more."""
        membership = await self._membership(order)
        if membership not in {"knock", "invite", "join"}:
            raise GivenUp("gone")
        if membership == "knock":
            await self._asked(order, self.client.room_invite(order.group, order.account))
        return Done()

    async def decline(self, order: Order) -> Done:
        """Turn somebody who knocks away."""
        if await self._membership(order) == "knock":
            call = self.client.room_kick(order.group, order.account, order.reason or None)
            await self._asked(order, call)
        return Done()

    async def _membership(self, order: Order) -> str:
        try:
            state = await self._asked(
                order,
                self.client.room_get_state_event(order.group, "m.room.member", order.account),
                writes=False,
            )
        except GivenUp as error:
            if str(error) == "gone":
                return ""
            raise
        return str(state.content.get("membership", ""))

    async def _asked(
        self, order: Order, call: Awaitable[Any], *, writes: bool = True, within_s: float = ANSWER_S
    ) -> Any:
        """As `asked`, with what a refusal means for an order.

        A token that is no longer good is the connection's trouble, not the order's; a room our
        account is not in refuses with the same words as one where it lacks the power.
        """
        try:
            return await asked(call, writes=writes, within_s=within_s)
        except GivenUp as error:
            if str(error) == "unauthorised":
                raise TryLater("unauthorised", after=timedelta(minutes=1)) from error
            if str(error) == "no_rights" and not await self._is_in(order.group):
                raise GivenUp("not_in_group") from error
            raise

    async def _is_in(self, room_id: str) -> bool:
        try:
            return room_id in (await asked(self.client.joined_rooms())).rooms
        except WeiluError:
            return True
