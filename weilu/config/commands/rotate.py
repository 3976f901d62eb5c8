"""`weilu rotate`: a new key for the vault, every stored token under it, the old keys gone."""

from __future__ import annotations

import typer

from weilu.chat.live.connections import renew_secrets
from weilu.config.speech import gettext as _
from weilu.core import vault


def rotate() -> None:
    """Encrypt every stored token and password with a new key; Weilu may go on running."""
    vault.add_key()
    count = renew_secrets()
    # A second round takes what was written under the old key meanwhile.
    renew_secrets()
    vault.drop_old_keys()
    typer.echo(
        _("A new key is in use. Connections whose secrets it holds: %(count)s.") % {"count": count}
    )
