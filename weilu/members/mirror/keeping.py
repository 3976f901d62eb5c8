"""Which workspaces have a mirror in this process, and when one may be asked.

One process may answer of another's changes at once, for all ask the database what was noted. In a
transaction nothing is answered from here: its own changes are not anybody else's yet, and may never
be. What two threads want at once, one asks of the database.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from weilu.core.changes import KEPT
from weilu.core.clock import now
from weilu.members.mirror.mirror import Mirror
from weilu.members.mirror.places import Disorder

log = logging.getLogger(__name__)

# A workspace that is too small is looked at again after so long.
_LOOK_AGAIN = timedelta(minutes=10)
_Key = tuple[str, int]
_mirrors: OrderedDict[_Key, Mirror] = OrderedDict()
_not_before: dict[_Key, datetime] = {}
_lock = threading.Lock()


def forget() -> None:
    """Drop every mirror of this process."""
    with _lock:
        _mirrors.clear()
        _not_before.clear()


def forget_one(workspace_id: int) -> None:
    """Drop the mirror of a workspace; the next who asks makes it anew."""
    with _lock:
        _mirrors.pop(_key(workspace_id), None)


def _key(workspace_id: int) -> _Key:
    return str(connection.settings_dict["NAME"]), workspace_id


@contextmanager
def borrowed(workspace_id: int) -> Iterator[Mirror | None]:
    """The mirror of a workspace, up to date; None where the database is to be asked instead."""
    if not settings.MIRROR_FROM or connection.in_atomic_block or not _lock.acquire(blocking=False):
        yield None
        return
    key = _key(workspace_id)
    try:
        yield _current(key)
        _mind_memory()
    except BaseException:
        # Half of something may have been followed.
        _mirrors.pop(key, None)
        raise
    finally:
        _lock.release()


def _current(key: _Key) -> Mirror | None:
    found = _mirrors.get(key)
    if found is not None and now() - found.asked_at < KEPT / 2:
        _mirrors.move_to_end(key)
        try:
            found.refresh()
        except Disorder:
            del _mirrors[key]
        else:
            return found
    return _made(key)


def _made(key: _Key) -> Mirror | None:
    """A new mirror, where the workspace is large enough for one."""
    _mirrors.pop(key, None)
    if key in _not_before and now() < _not_before[key]:
        return None
    _not_before[key] = now() + _LOOK_AGAIN
    if not _is_large(key[1]):
        return None
    try:
        made = Mirror(key[1])
    except Disorder:
        log.warning("the members of workspace %s cannot be mirrored", key[1])
        return None
    del _not_before[key]
    _mirrors[key] = made
    return made


def _is_large(workspace_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM"
            " (SELECT 1 FROM members_member WHERE workspace_id = %s LIMIT %s) few",
            [workspace_id, settings.MIRROR_FROM],
        )
        return bool(cursor.fetchone()[0] >= settings.MIRROR_FROM)


def _mind_memory() -> None:
    """Forget what was asked for longest ago, as long as all takes more than it may."""
    most = settings.MIRROR_MB * 2**20
    while _mirrors and sum(one.nbytes for one in _mirrors.values()) > most:
        key, oldest = next(iter(_mirrors.items()))
        if not oldest.drop_oldest():
            del _mirrors[key]
