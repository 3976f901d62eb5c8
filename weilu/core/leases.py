"""When a lease is over: work that was claimed is free for others again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q


def is_over(moment: datetime, lease: timedelta) -> Q:
    """Rows whose lease has run out, or reaches further than any lease of this length can.

    The second are of a clock that stood wrong, and was set right: held until then, a connection
    or a job might rest for a year.
    """
    return Q(leased_until__lt=moment) | Q(leased_until__gt=moment + 2 * lease)
