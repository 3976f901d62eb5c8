"""How `weilu import` gets an import done: by working here, or waiting for a worker (K-4)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Avg

from weilu.chat.models import Import, ImportBundle
from weilu.config.commands.running import bar
from weilu.config.commands.trouble import sentence_of
from weilu.config.speech import gettext as _
from weilu.core.errors import Invalid
from weilu.core.models import Job
from weilu.core.worker import drain
from weilu.insight.underway import share_followed

_WAIT_S = 0.5


def work(run: Import, *, quiet: bool) -> bool:
    """Do the import's job and all that follows here, or wait for the worker that took it.

    False when what follows failed; it is tried again later. Raises Invalid when the import did.
    """

    def read() -> float:
        shares = ImportBundle.objects.filter(run_id=run.pk).aggregate(done=Avg("progress"))
        return shares["done"] or 0.0

    def followed() -> float:
        return share_followed(run.workspace_id, run.pk) or 0.0

    with bar(_("Reading"), quiet=quiet) as moved, _watched(read, moved, quiet):
        while not _is_read(run):
            if not drain(limit=1):
                time.sleep(_WAIT_S)
        moved["done"] = 1.0
    title = _("Working out who answers whom, themes and findings")
    with bar(title, quiet=quiet) as moved, _watched(followed, moved, quiet):
        while drain(limit=1) or _is_followed_elsewhere(run):
            pass
        moved["done"] = 1.0
    return share_followed(run.workspace_id, run.pk) is not None


def _is_read(run: Import) -> bool:
    """Whether the import's job is over; raises Invalid when it failed or is lost."""
    run.refresh_from_db()
    if run.state != Import.State.RUNNING:
        return True
    job = Job.objects.filter(name="run_import", key=str(run.pk)).order_by("-pk").first()
    if job is None:
        raise Invalid("import_lost")
    if job.error:
        said = job.error.strip().rsplit("\n", 1)[-1]
        raise Invalid(sentence_of(said) or said)
    return False


def is_underway(run: Import) -> bool:
    """Whether what follows an import that is read in is still to be worked out."""
    return share_followed(run.workspace_id, run.pk) not in {None, 1.0}


def _is_followed_elsewhere(run: Import) -> bool:
    """Whether another process works out what follows the import; then waits a little."""
    if not is_underway(run):
        return False
    time.sleep(_WAIT_S)
    return True


@contextmanager
def _watched(
    look: Callable[[], float],
    moved: dict[str, float],
    quiet: bool,  # noqa: FBT001 - private
) -> Iterator[None]:
    """Keep the bar at the stored progress, whichever process makes it."""
    if quiet:
        yield
        return
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.5):
            moved["done"] = look()
        connection.close()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
