"""The Satori connector: its form, its facts, and how a session is opened."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import Config, Host, Setting
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session
from weilu.connectors.fitting import is_web
from weilu.connectors.opening import opened_by
from weilu.connectors.satori.capabilities import CAPABILITIES

SETTINGS = (
    Setting(
        "server",
        _("Address of the Satori server"),
        _("With its path, without /v1. In Koishi: the server plugin's address and /satori."),
        placeholder="http://127.0.0.1:5140/satori",
        fits=is_web,
    ),
    Setting(
        "token",
        _("Token"),
        _("As set in the Satori server; empty when it has none."),
        is_secret=True,
        is_required=False,
    ),
    Setting(
        "login",
        _("Account"),
        _("Needed when the server has several: platform:number, as its list shows them."),
        is_required=False,
        placeholder="kook:10001",
    ),
)


@dataclass(slots=True)
class SatoriConnector:
    """Groups of one platform through a Satori server; which platform, is known when it is made."""

    name: str = "satori"
    label: str = "Satori"
    platform: Platform = Platform.OTHER
    host: Host = Host.GATEWAY
    settings: tuple[Setting, ...] = SETTINGS
    capabilities: tuple[Capability, ...] = CAPABILITIES
    # Satori has no transaction ids.
    keeps_keys: bool = False

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session of one account on the server."""
        return opened_by("weilu.connectors.satori.session", config, self.platform)
