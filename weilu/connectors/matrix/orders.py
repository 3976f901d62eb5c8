"""Carrying orders out in Matrix rooms; each under the order's own transaction id."""

from __future__ import annotations

import mimetypes
from datetime import timedelta
from pathlib import Path
from typing import Any

import nio

from weilu.chat.ports.orders import Done, Order
from weilu.connectors.matrix.failures import asked
from weilu.core.errors import GivenUp, TryLater

MUTED = -1


class Orders:
    """What a session can be told to do."""

    client: nio.AsyncClient

    async def send(self, order: Order) -> Done:
        """Text, and a picture before it; each is one message."""
        done = Done()
        if order.picture is not None:
            content = await self._picture(order.picture)
            done = await self._say(order, content, f"{order.key}.p")
        if order.text:
            done = await self._say(order, {"msgtype": "m.text", "body": order.text}, order.key)
        return done

    async def _say(self, order: Order, content: dict[str, Any], key: str) -> Done:
        if order.reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": order.reply_to}}
        call = self.client.room_send(order.group, "m.room.message", content, tx_id=key)
        response = await _ordered(call)
        return Done(response.event_id)

    async def _picture(self, path: Path) -> dict[str, Any]:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        size = path.stat().st_size
        with path.open("rb") as file:
            response, _keys = await self.client.upload(
                lambda _limits, _timeouts: file,
                content_type=kind,
                filename=path.name,
                filesize=size,
            )
        uploaded = await _ordered(_ready(response), writes=False)
        info = {"mimetype": kind, "size": size}
        return {
            "msgtype": "m.image",
            "body": path.name,
            "url": uploaded.content_uri,
            "info": info,
        }

    async def recall(self, order: Order) -> Done:
        """Redact a message."""
        call = self.client.room_redact(
            order.group, order.message, reason=order.reason or None, tx_id=order.key
        )
        return Done((await _ordered(call)).event_id)

    async def mute(self, order: Order) -> Done:
        """Set the member's power level below what speaking needs."""
        return await self._set_power(order, MUTED)

    async def unmute(self, order: Order) -> Done:
        """Give the member the room's usual power level back."""
        return await self._set_power(order, None)

    async def _set_power(self, order: Order, level: int | None) -> Done:
        state = await _ordered(
            self.client.room_get_state_event(order.group, "m.room.power_levels"), writes=False
        )
        content = {**state.content, "users": dict(state.content.get("users", {}))}
        has = content["users"].get(order.account)
        if has == level or (level is None and has != MUTED):
            return Done()
        if level is None:
            del content["users"][order.account]
        else:
            content["users"][order.account] = level
        call = self.client.room_put_state(order.group, "m.room.power_levels", content)
        return Done((await _ordered(call)).event_id)

    async def remove(self, order: Order) -> Done:
        """Kick a member; somebody who has left is out already."""
        if await self._membership(order) not in {"join", "invite", "knock"}:
            return Done()
        await _ordered(self.client.room_kick(order.group, order.account, order.reason or None))
        return Done()

    async def ban(self, order: Order) -> Done:
        """Ban an account from the room."""
        await _ordered(self.client.room_ban(order.group, order.account, order.reason or None))
        return Done()

    async def unban(self, order: Order) -> Done:
        """Let an account come back."""
        if await self._membership(order) == "ban":
            await _ordered(self.client.room_unban(order.group, order.account))
        return Done()

    async def announce(self, order: Order) -> Done:
        """Set the topic."""
        call = self.client.room_put_state(order.group, "m.room.topic", {"topic": order.text})
        return Done((await _ordered(call)).event_id)

    async def approve(self, order: Order) -> Done:
        """Invite somebody who knocks; one who is in already is in."""
        if await self._membership(order) != "join":
            await _ordered(self.client.room_invite(order.group, order.account))
        return Done()

    async def decline(self, order: Order) -> Done:
        """Turn somebody who knocks away."""
        if await self._membership(order) == "knock":
            call = self.client.room_kick(order.group, order.account, order.reason or None)
            await _ordered(call)
        return Done()

    async def _membership(self, order: Order) -> str:
        try:
            state = await _ordered(
                self.client.room_get_state_event(order.group, "m.room.member", order.account),
                writes=False,
            )
        except GivenUp as error:
            if str(error) == "gone":
                return ""
            raise
        return str(state.content.get("membership", ""))


async def _ready(response: Any) -> Any:
    return response


async def _ordered(call: Any, *, writes: bool = True) -> Any:
    """As `asked`; a token that is no longer good is the connection's trouble, not the order's."""
    try:
        return await asked(call, writes=writes)
    except GivenUp as error:
        if str(error) == "unauthorised":
            raise TryLater("unauthorised", after=timedelta(minutes=1)) from error
        raise
