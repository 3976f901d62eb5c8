"""The OneBot connector: its form, its facts, and how a session is opened."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import Config, Host, Setting
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session
from weilu.connectors.fitting import at_least, is_web
from weilu.connectors.onebot.addresses import door_address
from weilu.connectors.onebot.capabilities import CAPABILITIES
from weilu.connectors.opening import opened_by

TOKEN_CHARS = 16
SETTINGS = (
    Setting(
        "account",
        _("QQ number"),
        _("Of the account that NapCat or LLOneBot is signed in with."),
        placeholder="10001",
        fits=str.isdecimal,
    ),
    Setting(
        "token",
        _("Access token"),
        _(
            "Make one up, at least 16 letters and digits, and enter the same in NapCat: Network,"
            " WebSocket client. Which address to enter there, the connection's page says."
        ),
        is_secret=True,
        fits=at_least(TOKEN_CHARS),
    ),
    Setting(
        "api",
        _("Address of its HTTP server"),
        _("Only when events come by HTTP reports instead of a WebSocket."),
        is_required=False,
        placeholder="http://127.0.0.1:3000",
        fits=is_web,
    ),
    Setting(
        "secret",
        _("Secret of the reports"),
        _("Only when HTTP reports are signed with something else than the access token."),
        is_secret=True,
        is_required=False,
    ),
)


@dataclass(slots=True)
class OneBotConnector:
    """QQ groups through an implementation of OneBot v11."""

    name: str = "onebot"
    label: str = "QQ · OneBot v11"
    platform: Platform = Platform.QQ
    host: Host = Host.NONEBOT
    settings: tuple[Setting, ...] = SETTINGS
    capabilities: tuple[Capability, ...] = CAPABILITIES
    # OneBot has no transaction ids.
    keeps_keys: bool = False
    door_help: str = _(
        "In NapCat or LLOneBot: Network, WebSocket client, this address, the same token. From"
        " another machine or a container: this machine's address instead, and WEILU_BOTS_HOST set."
    )

    def door(self) -> str:
        """Where implementations connect."""
        return door_address()

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session of the account; in NoneBot's process it waits until the account connects."""
        return opened_by("weilu.connectors.onebot.session", config)
