"""`weilu rebuild`: count everything anew from the messages (J-1)."""

from __future__ import annotations

from typing import Annotated

import typer

from weilu.config.commands import ready, refuse
from weilu.config.speech import gettext as _
from weilu.config.speech import ngettext


def rebuild(
    community: Annotated[str, typer.Option(help=_("Only the community of this name."))] = "",
) -> None:
    """Count communities anew from their messages; the numbers are then the same as before."""
    ready()
    from weilu.communities.models import Community  # noqa: PLC0415 - after ready()
    from weilu.config.commands.running import bar, prepare  # noqa: PLC0415 - after ready()
    from weilu.core.worker import drain  # noqa: PLC0415 - after ready()
    from weilu.insight.recounting import recount_community  # noqa: PLC0415 - after ready()

    prepare()
    chosen = Community.objects.order_by("pk")
    if community:
        chosen = chosen.filter(name=community)
    if not chosen:
        refuse(
            _("There is no community %(name)s.") % {"name": community}
            if community
            else _("There is no community yet.")
        )
    for one in chosen:
        with bar(one.name, quiet=False) as moved:
            count = recount_community(one, lambda done, m=moved: m.update(done=done))  # type: ignore[misc]  # bound per turn
        typer.echo(
            ngettext(
                "%(name)s: %(count)s record counted anew.",
                "%(name)s: %(count)s records counted anew.",
                count,
            )
            % {"name": one.name, "count": f"{count:,}"}
        )
    drain()
