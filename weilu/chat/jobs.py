"""Jobs of chat: looking at and running imports, and counting what a dead process left."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from weilu.chat.demo import make_demo
from weilu.chat.imports.kept import tidy_kept
from weilu.chat.imports.look import end_look, look
from weilu.chat.imports.run import run_import
from weilu.chat.imports.sweep import sweep
from weilu.chat.imports.undo import remove_messages
from weilu.chat.live.clearing import clear_hand_tasks, end_late, leave_to_hands
from weilu.chat.models import Import
from weilu.chat.pictures.queue import clear
from weilu.chat.search.changes import tidy_index
from weilu.chat.staging import count_waiting, pay_debts
from weilu.core.access import system
from weilu.core.clock import now
from weilu.core.jobs import LEASE, job, renew
from weilu.core.leases import is_over
from weilu.core.models import Job
from weilu.core.worker import beside, chore, is_work_waiting

# The lease is renewed and a cancellation noticed this often.
_LOOK_UP_S = 1.0
# So long the search index waits while there is other work.
_PUT_OFF_S = 60.0


def _watch(one: Job, run: Import, states: set[str]) -> Callable[[float], bool]:
    """A progress function: keeps lease and progress, stops when the import leaves `states`."""
    last = 0.0
    going = True

    def progress(done: float) -> bool:
        nonlocal last, going
        if time.monotonic() - last >= _LOOK_UP_S:
            last = time.monotonic()
            here = Import.objects.filter(pk=run.pk, state__in=states)
            going = renew(one) and bool(here.update(progress=done))
        return going

    return progress


@job("look_at_import")
def look_at_import(one: Job) -> datetime | None:
    """Look at an import's files; READY when done, FAILED when nothing in them can be read."""
    run = Import.objects.select_related("community", "workspace").filter(pk=int(one.key)).first()
    states = {Import.State.UPLOADED, Import.State.LOOKING}
    if run is None or run.state not in states:
        return None
    Import.objects.filter(pk=run.pk, state__in=states).update(
        state=Import.State.LOOKING, progress=0
    )
    try:
        finished = look(run, _watch(one, run, {Import.State.LOOKING}))
    except Exception:
        Import.objects.filter(pk=run.pk, state=Import.State.LOOKING).update(
            state=Import.State.FAILED
        )
        raise
    if finished and not end_look(run):
        _clear_uploads(run)
    return None


@job("run_import")
def run_import_job(one: Job) -> datetime | None:
    """Read an import in; goes on where a dead process left it."""
    run = Import.objects.select_related("community", "workspace").filter(pk=int(one.key)).first()
    if run is None or run.state != Import.State.RUNNING:
        return None
    run_import(run, _watch(one, run, {Import.State.RUNNING}))
    return None


@job("undo_import")
def undo_import_job(one: Job) -> datetime | None:
    """Remove messages and uploads of a cancelled import, once nothing is being read in."""
    running = Job.objects.filter(
        workspace_id=one.workspace_id, name="run_import", key=one.key, state=Job.State.DUE
    )
    if running.filter(leased_until__gt=now()).exclude(is_over(now(), LEASE)).exists():
        # It sees the cancellation within a second; what it stores until then must go too.
        return now() + timedelta(seconds=2)
    run = Import.objects.filter(pk=int(one.key), state=Import.State.CANCELLED).first()
    if run is not None and not remove_messages(run):
        return now() + timedelta(seconds=2)
    if run is not None:
        _clear_uploads(run)
    return None


def _clear_uploads(run: Import) -> None:
    # What was uploaded was a copy; files named on a command line are their owner's.
    shutil.rmtree(Path(settings.MEDIA_ROOT) / str(run.pk), ignore_errors=True)


@job("sweep_imports")
def sweep_imports_job(one: Job) -> datetime | None:
    """Remove the groups, people and names that imports taken back have left behind."""
    if not sweep(one.workspace_id):
        return now() + timedelta(seconds=5)
    return None


@job("make_demo")
def make_demo_job(one: Job) -> datetime | None:
    """Make the demo community, unless there is one."""
    make_demo(system(one.workspace_id), lambda _done: None)
    return None


@beside
def count_messages() -> int:
    """Count what has come into the roll-ups, a piece at a time."""
    return count_waiting()


@job("clear_pictures")
def clear_pictures(one: Job) -> datetime | None:
    """Forget what pictures said a month ago, once a day while there is any."""
    return now() + timedelta(days=1) if clear(one.workspace_id) else None


@chore
def tidy_stages() -> int:
    """Run owed stages; the worker calls this between rounds."""
    return pay_debts()


@chore
def tidy_outgoing() -> int:
    """End what is too late, leave to hands what nobody carries, and ask guards about hand tasks."""
    return end_late() + leave_to_hands() + clear_hand_tasks()


@chore
def tidy_looked_at() -> int:
    """Let go of what was decoded for imports that nobody has started."""
    return tidy_kept()


@chore
def tidy_search() -> int:
    """Keep the search index up with what came, was edited or came late, and merged.

    What somebody looks at comes first: search finds by reading what the index does not hold yet.
    """
    return 0 if _patience.must_wait(time.monotonic(), others=is_work_waiting()) else tidy_index()


class _Patience:
    """Lets others go first, but not for ever."""

    def __init__(self) -> None:
        self.since: float | None = None

    def must_wait(self, at: float, *, others: bool) -> bool:
        """Whether to wait once more, at a moment in seconds."""
        since = at if self.since is None else self.since
        waits = others and at - since < _PUT_OFF_S
        self.since = since if waits else None
        return waits


_patience = _Patience()
