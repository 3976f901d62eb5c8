"""`weilu link`: a one-time link that signs an owner in, for those who lost the password."""

from __future__ import annotations

from typing import Annotated

import typer

from weilu.config.commands import ready, refuse
from weilu.config.options import Options
from weilu.config.speech import gettext as _


def link(
    login: Annotated[str, typer.Argument(help=_("User name or e-mail of an owner."))] = "",
) -> None:
    """Print a link that signs an owner in; it works once, within an hour."""
    options = ready()
    from weilu.core.errors import NotFound  # noqa: PLC0415 - after ready()
    from weilu.core.people import (  # noqa: PLC0415 - after ready()
        create_first_link,
        create_sign_in_link,
        has_anybody_signed_in,
    )

    if not has_anybody_signed_in():
        typer.echo(address(options, create_first_link()))
        return
    try:
        user, token = create_sign_in_link(login=login)
    except NotFound:
        refuse(
            _("No owner has this user name or e-mail. Without a name, the oldest owner is taken.")
        )
    typer.echo(_("Signs in %(name)s, once, within an hour:") % {"name": user.username}, err=True)
    typer.echo(address(options, token))


def address(options: Options, token: str) -> str:
    """The link of a token, as a browser on this machine reaches it, or the public address."""
    host = "127.0.0.1" if options.host in {"0.0.0.0", "::", ""} else options.host  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    base = options.public_url.rstrip("/") or f"http://{shown}:{options.port}"
    return f"{base}/start/{token}"
