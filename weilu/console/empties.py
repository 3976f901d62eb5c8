"""What pages say where nothing has been imported yet."""

from __future__ import annotations

from django.utils.translation import gettext as _

from weilu.console.parts import Empty
from weilu.console.places import address
from weilu.core.access import Actor, Right


def nothing_yet(viewer: Actor) -> Empty:
    """The way to the first import; for who may not import, whom to ask."""
    if not viewer.may(Right.IMPORT):
        return Empty(
            _("Nothing here yet"),
            _("Ask an owner to bring in the chat history; a minute later it is all here."),
        )
    return Empty(
        _("Nothing here yet"),
        _("Bring in the chat history you already have; a minute later you see what is going on."),
        action=_("Import chat history"),
        href=address("imports"),
    )
