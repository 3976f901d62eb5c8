"""The Discord connector: its form, its facts, and how a session is opened."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import Config, Host, Setting
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session
from weilu.connectors.discord_bot.capabilities import CAPABILITIES
from weilu.connectors.opening import opened_by

SETTINGS = (
    Setting(
        "token",
        _("Bot token"),
        _(
            "In the developer portal: your application, Bot, Reset token. Switch both intents on"
            " there: server members and message content."
        ),
        is_secret=True,
    ),
)


@dataclass(slots=True)
class DiscordConnector:
    """Discord text channels."""

    name: str = "discord"
    label: str = "Discord"
    platform: Platform = Platform.DISCORD
    host: Host = Host.GATEWAY
    settings: tuple[Setting, ...] = SETTINGS
    capabilities: tuple[Capability, ...] = CAPABILITIES
    # Discord knows a nonce again for some minutes only: enough for a retry, not after an outage.
    keeps_keys: bool = False

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session of the bot."""
        return opened_by("weilu.connectors.discord_bot.session", config)
