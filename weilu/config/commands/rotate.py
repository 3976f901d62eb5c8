"""`weilu rotate`: a new key for the vault, every sealed text under it, the old keys gone."""

from __future__ import annotations

import time

import typer

from weilu.config.commands import fail
from weilu.config.speech import gettext as _
from weilu.config.speech import ngettext
from weilu.core import vault
from weilu.core.errors import Conflict
from weilu.core.sealed import Renewed, renew_all, renewing_alone

# Who read the keys before the new one was there has stored by then what was sealed with the old.
SETTLED_AFTER_S = 10.0


def rotate() -> None:
    """Encrypt every stored token, password and phone number anew; Weilu may go on running.

    Broken off at any point, nothing is lost: the old keys go last.
    """
    try:
        with renewing_alone():
            done = _rotated()
    except Conflict:
        fail(_("Another weilu rotate is at work. Nothing was changed; wait for it."))
    typer.echo(
        ngettext(
            "A new key is in use, for %(count)s token, password or phone number.",
            "A new key is in use, for %(count)s tokens, passwords and phone numbers.",
            done.sealed,
        )
        % {"count": done.sealed}
    )
    if done.unreadable:
        typer.echo(
            ngettext(
                "%(count)s more cannot be read with any key: enter it anew.",
                "%(count)s more cannot be read with any key: enter them anew.",
                done.unreadable,
            )
            % {"count": done.unreadable},
            err=True,
        )


def _rotated() -> Renewed:
    vault.add_key()
    begun = time.monotonic()
    renew_all()
    time.sleep(max(SETTLED_AFTER_S - (time.monotonic() - begun), 0))
    # A second round takes what was written under the old key meanwhile.
    done = renew_all()
    vault.drop_old_keys()
    return done
