"""A session of a webhook: orders are posted, or handed over to be fetched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import msgspec
from django.conf import settings

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import FAULTS, Done, Inbox, Order
from weilu.chat.ports.sessions import Step
from weilu.connectors.outward import PrivateAddress, checked, client, fetched
from weilu.connectors.reaching import A_WHILE, wait_of
from weilu.connectors.webhook import encode, wire
from weilu.connectors.webhook.decode import key_of
from weilu.connectors.webhook.doctor import steps
from weilu.connectors.webhook.signing import signed
from weilu.core.clock import now
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

ANSWER_BYTES = 64_000
_A_MINUTE = timedelta(minutes=1)
_FINAL = {404: "gone", 405: "not_possible", 410: "gone", 413: "too_long", 501: "not_possible"}


class _Said(msgspec.Struct):
    """What may stand in an answer."""

    id: str = ""
    error: str = ""


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[WebhookSession]:
    """A session; raises GivenUp `bad_setting` for an address that orders may not be posted to."""
    allows_private: bool = settings.WEBHOOKS_PRIVATE
    address = config.settings.get("address", "")
    if address:
        checked(address, allows_private=allows_private)
    async with client(allows_private=allows_private) as http:
        yield WebhookSession(config, address, http)


@dataclass(slots=True)
class WebhookSession:
    """Posts orders to the operator's address."""

    config: Config
    address: str
    http: aiohttp.ClientSession

    async def listen(self, inbox: Inbox) -> None:
        """Be there until cancelled: what happens is pushed to the callback."""
        await asyncio.Event().wait()

    async def examine(self) -> Sequence[Step]:
        """Whether events have come, and whether orders are taken."""
        ping = self.post(wire.Order("ping", "ping")) if self.address else None
        return await steps(ping, has_heard="heard" in self.config.cursor)

    async def _do(self, order: Order) -> Done:
        """Post an order; without an address it waits to be fetched."""
        handed = Done(key_of(self.config.connection, order.key), awaits_person=True)
        if not self.address:
            return handed
        made = await asyncio.to_thread(encode.one, order)
        status, said = await self.post(made)
        return handed if status == 202 else Done(said[:200])

    send = recall = mute = unmute = remove = ban = unban = announce = approve = decline = _do

    async def picture(self, media: str, most: int) -> bytes:
        """The file at an address that a message named; private ones only where they are allowed."""
        return await fetched(media, most, allows_private=settings.WEBHOOKS_PRIVATE)

    async def withdraw(self, task: str) -> None:
        """What waits to be fetched is fetched no more; what was posted is the other system's."""
        if self.address:
            raise GivenUp("not_possible")

    async def post(self, order: wire.Order) -> tuple[int, str]:
        """The status and the id of what came of it; raises what `failure` says otherwise."""
        body = msgspec.json.encode(order)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": order.key,
            "User-Agent": "Weilu",
            **signed(self.config.settings["secret"], body, int(now().timestamp())),
        }
        try:
            async with self.http.post(
                self.address, data=body, headers=headers, allow_redirects=False
            ) as answer:
                said = _said(await _start_of(answer))
                if 200 <= answer.status < 300:
                    return answer.status, said.id
                raise failure(answer.status, answer.headers, said.error)
        except PrivateAddress:
            raise GivenUp("bad_setting") from None
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, PrivateAddress):
                raise GivenUp("bad_setting") from None
            raise TryLater("unreachable", after=A_WHILE) from None
        except (TimeoutError, aiohttp.ClientError):
            # It may have happened. The key goes along, so it may be asked again.
            raise Unsure("timeout") from None


async def _start_of(answer: aiohttp.ClientResponse) -> bytes:
    """No more of an answer than we read; what follows is left."""
    parts, size = [], 0
    async for part in answer.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > ANSWER_BYTES:
            break
    return b"".join(parts)[:ANSWER_BYTES]


def _said(body: bytes) -> _Said:
    """What an answer says, if it says something we know."""
    try:
        return msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Said()


def failure(status: int, headers: Mapping[str, str], said: str) -> WeiluError:
    """Our error for an answer that is not 2xx; `said` may be a code of FAULTS."""
    wait = headers.get("Retry-After")
    if status in {408, 425, 429}:
        return TryLater("rate_limited", after=wait_of(wait, _A_MINUTE))
    if status in {401, 403}:
        return TryLater("unauthorised", after=wait_of(wait, _A_MINUTE))
    if status in _FINAL:
        return GivenUp(said if said in FAULTS else _FINAL[status])
    if 400 <= status < 500:
        return GivenUp(said if said in FAULTS else "not_possible")
    if status >= 500:
        return TryLater("platform_down", after=wait_of(wait, A_WHILE))
    return TryLater("bad_answer", after=_A_MINUTE)
