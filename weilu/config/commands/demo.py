"""`weilu demo`: a made-up tea shop, so that every page is alive (K-4)."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from weilu.config.commands import ready
from weilu.config.speech import gettext as _


def demo(
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help=_("Print one JSON object and nothing else."))
    ] = False,
) -> None:
    """Make the demo community; when it is there already, only say so."""
    ready()
    from weilu.chat.demo import demo_community, make_demo  # noqa: PLC0415 - after ready()
    from weilu.config.commands.running import bar, prepare  # noqa: PLC0415 - after ready()
    from weilu.core.access import system  # noqa: PLC0415 - after ready()
    from weilu.core.people import home_workspace  # noqa: PLC0415 - after ready()
    from weilu.core.worker import drain  # noqa: PLC0415 - after ready()

    prepare()
    actor = system(home_workspace().pk)
    was_there = demo_community(actor) is not None
    with bar(_("Telling the year of a tea shop"), quiet=as_json) as moved:
        community = make_demo(actor, lambda done: moved.update(done=done))
    drain()
    if as_json:
        plain = {"community": community.name, "id": community.pk, "made": not was_there}
        typer.echo(json.dumps(plain, ensure_ascii=False))
    elif was_there:
        typer.echo(_("The demo community %(name)s is there already.") % {"name": community.name})
    else:
        typer.echo(
            _("The demo community %(name)s is made; open it in the browser.")
            % {"name": community.name}
        )
