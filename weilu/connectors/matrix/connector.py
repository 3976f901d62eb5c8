"""The Matrix connector: its form, its facts, and how a session is opened."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import Config, Host, Setting
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session
from weilu.connectors.matrix.capabilities import CAPABILITIES
from weilu.connectors.opening import opened_by

SETTINGS = (
    Setting(
        "homeserver",
        _("Homeserver"),
        _("Address of the server the account is on."),
        placeholder="https://matrix.example.org",
    ),
    Setting(
        "token",
        _("Access token"),
        _("Of an account made for Weilu. In Element: Settings, Help & About, Access token."),
        is_secret=True,
    ),
    Setting(
        "inviters",
        _("Follow invitations of"),
        _(
            "The account enters a room by itself when one of these Matrix IDs invites it; several"
            " with spaces between. *:example.org allows everybody of that server, * everybody."
            " Empty: nobody."
        ),
        is_required=False,
        placeholder="@you:example.org",
    ),
)


@dataclass(slots=True)
class MatrixConnector:
    """Matrix rooms."""

    name: str = "matrix"
    label: str = "Matrix"
    platform: Platform = Platform.MATRIX
    host: Host = Host.GATEWAY
    settings: tuple[Setting, ...] = SETTINGS
    capabilities: tuple[Capability, ...] = CAPABILITIES
    # Transaction ids: the server answers a second request of the same id with the first's result.
    keeps_keys: bool = True

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session of the account the token belongs to."""
        return opened_by("weilu.connectors.matrix.session", config)
