"""The Telegram connector: its form, its facts, and how a session is opened."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import Config, Host, Setting
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session
from weilu.connectors.fitting import is_web, like
from weilu.connectors.opening import opened_by
from weilu.connectors.telegram_bot.capabilities import CAPABILITIES

SETTINGS = (
    Setting(
        "token",
        _("Bot token"),
        _("Write to @BotFather: /newbot, then /setprivacy and Disable. It answers with the token."),
        is_secret=True,
        # A bot's number and its secret.
        fits=like(r"[0-9]+:[A-Za-z0-9_-]{30,}"),
    ),
    Setting(
        "server",
        _("Address of the Bot API"),
        _("Only when you run a Bot API server of your own."),
        is_required=False,
        placeholder="https://api.telegram.org",
        fits=is_web,
    ),
)


@dataclass(slots=True)
class TelegramConnector:
    """Telegram groups."""

    name: str = "telegram"
    label: str = "Telegram"
    platform: Platform = Platform.TELEGRAM
    host: Host = Host.GATEWAY
    settings: tuple[Setting, ...] = SETTINGS
    capabilities: tuple[Capability, ...] = CAPABILITIES
    # The Bot API has no transaction ids.
    keeps_keys: bool = False

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session of the bot."""
        return opened_by("weilu.connectors.telegram_bot.session", config)
