"""The sentence that says that no worker works, for pages whose numbers would stand still."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

from weilu.console.formats import duration
from weilu.core.beating import silence_s


def idle_words() -> str:
    """What waits, and what to start; "" while a worker works. One statement, two at first."""
    silent = silence_s()
    if not silent:
        return ""
    since = (
        _("No worker has run yet.")
        if math.isinf(silent)
        else _("No worker has run for %(time)s.") % {"time": duration(silent)}
    )
    return _(
        "%(since)s Until one does, nothing is counted, judged or greeted, and this page grows old;"
        " nothing is lost. Start Weilu (weilu up), or its worker (weilu work)."
    ) % {"since": since}
