"""From Weilu's orders to the wire: pure but for reading pictures."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from weilu.chat.ports.orders import Order
from weilu.connectors.webhook import wire
from weilu.connectors.webhook.decode import own_of
from weilu.core.errors import GivenUp

PICTURE_BYTES = 5_000_000
# An answer with many pictures is cut short here; what is left out comes with the next one.
ANSWER_BYTES = 8_000_000


def one(order: Order) -> wire.Order:
    """An order in the other system's own ids; raises GivenUp for a picture that cannot be sent."""
    deed: Any = order.deed.value
    return wire.Order(
        key=order.key,
        type=deed,
        group=own_of(order.group),
        text=order.text,
        member=own_of(order.account),
        message=order.message,
        reply_to=order.reply_to,
        request=order.request,
        seconds=order.seconds,
        reason=order.reason,
        picture=_picture(order.picture) if order.picture else None,
    )


def many(orders: Iterable[Order]) -> wire.Orders:
    """As many of the orders as one answer holds, in their order; at least the first."""
    chosen: list[wire.Order] = []
    room = ANSWER_BYTES
    for order in orders:
        made = one(order)
        room -= len(made.picture.base64) if made.picture else len(made.text)
        if chosen and room < 0:
            break
        chosen.append(made)
    return wire.Orders(chosen)


def _picture(path: Path) -> wire.Picture:
    try:
        if path.stat().st_size > PICTURE_BYTES:
            raise GivenUp("too_long")
        data = path.read_bytes()
    except OSError as error:
        raise GivenUp("gone") from error
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return wire.Picture(kind, base64.b64encode(data).decode("ascii"))
