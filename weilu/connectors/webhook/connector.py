"""The webhook connector: its form, its facts, the answers to calls, its description."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import msgspec
from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import Answer, Call, Config, Host, Setting, before
from weilu.chat.ports.orders import Parcel
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session
from weilu.connectors.fitting import is_web
from weilu.connectors.opening import opened_by
from weilu.connectors.webhook import describing, wire
from weilu.connectors.webhook.capabilities import CAPABILITIES
from weilu.connectors.webhook.decode import NotUnderstood, parcel_of, read, receipts_of
from weilu.connectors.webhook.encode import many
from weilu.connectors.webhook.signing import is_genuine, new_secret
from weilu.core.clock import now

SETTINGS = (
    Setting(
        "address",
        _("Address for orders"),
        _("Where Weilu posts what is to be done. Empty: the other system fetches it."),
        is_required=False,
        placeholder="https://shop.example.org/weilu",
        fits=is_web,
    ),
    Setting(
        "secret",
        _("Secret"),
        _("Signs what is sent in both directions."),
        is_secret=True,
        make=new_secret,
    ),
)
JSON = "application/json"


@dataclass(slots=True)
class WebhookConnector:
    """Any system that can speak HTTP."""

    name: str = "webhook"
    label: str = "Webhook"
    platform: Platform = Platform.OTHER
    host: Host = Host.GATEWAY
    settings: tuple[Setting, ...] = SETTINGS
    capabilities: tuple[Capability, ...] = CAPABILITIES
    # The key goes along as Idempotency-Key, and the description asks to honour it.
    keeps_keys: bool = True
    # As long as nobody has fetched it and no receipt has come.
    takes_back: bool = True
    made_help: str = _("Whoever has both can push events. Keep the secret as you keep a password.")

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session that posts orders, or leaves them to be fetched."""
        return opened_by("weilu.connectors.webhook.session", config)

    def answer(self, config: Config, call: Call) -> Answer:
        """Events and receipts in, orders out; the signature is looked at before anything else."""
        keys = [config.settings.get(name, "") for name in ("secret", before("secret"))]
        if not is_genuine(keys, call.headers, call.body, int(now().timestamp())):
            return Answer(status=401)
        try:
            return _answered(config.connection, call)
        except NotUnderstood as error:
            where = f"{error.place}: " if error.place else ""
            return _json(wire.Problem("invalid", error.place, where + error.what), status=422)

    def paths(self) -> Mapping[str, object]:
        """What can be called."""
        return describing.PATHS

    def components(self) -> Mapping[str, Mapping[str, object]]:
        """The shapes that go over the wire."""
        return describing.components()


def _answered(connection: int, call: Call) -> Answer:
    match call.method, call.path.strip("/"):
        case "POST", wire.EVENTS:
            events = read(call.body, wire.Events)
            said = wire.Received(len(events.events))
            return _json(said, parcel=parcel_of(events, connection))
        case "POST", wire.RECEIPTS:
            receipts = read(call.body, wire.Receipts)
            said = wire.Received(len(receipts.receipts))
            return _json(said, parcel=receipts_of(receipts, connection))
        case "GET", wire.ORDERS:
            return _json(many(call.handed()))
        case _, wire.EVENTS | wire.RECEIPTS | wire.ORDERS:
            return _json(wire.Problem("method", message="Wrong method."), status=405)
    return _json(wire.Problem("address", message="There is nothing here."), status=404)


def _json(body: msgspec.Struct, status: int = 200, parcel: Parcel | None = None) -> Answer:
    return Answer(status, msgspec.json.encode(body), JSON, parcel)
