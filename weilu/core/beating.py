"""Whether a worker works: each writes down now and then that it does, and pages look.

Without one nothing is counted, judged, greeted or told, and no page would show why.
"""

from __future__ import annotations

import math
import time
from datetime import timedelta

from django.core.cache import cache

from weilu.core.clock import now
from weilu.core.models import Job, LogRow

EVERY_S = 20.0
# A worker may be held up by a long write; one that is silent for so long is taken for gone.
SILENT_S = 90.0
# Where no worker was ever heard, so much work has to lie about before that is said.
NEVER_S = 300.0
# All processes are started together: until then nobody is missed.
STARTING_S = 60.0
_KEY, _KEPT_S = "worker-beats", 90 * 86_400.0
_begun = time.monotonic()


def beat() -> int:
    """Write down that a worker works now; how much work it was: none."""
    cache.set(_KEY, now().timestamp(), _KEPT_S)
    return 0


def is_settled() -> bool:
    """Whether this process runs for long enough that others, started with it, should as well."""
    return time.monotonic() - _begun >= STARTING_S


def silence_s() -> float:
    """For how many seconds no worker has worked: 0 while one does, infinite if none ever did."""
    last = cache.get(_KEY)
    if not is_settled():
        return 0.0
    if last is None:
        return math.inf if _lies_about() else 0.0
    silent = now().timestamp() - float(last)
    return silent if silent >= SILENT_S else 0.0


def _lies_about() -> bool:
    """Whether work has waited for long that nobody ever did."""
    late = now() - timedelta(seconds=NEVER_S)
    due = Job.objects.filter(state=Job.State.DUE, due_at__lt=late)
    return due.exists() or LogRow.objects.filter(done_at=None, at__lt=late).exists()
