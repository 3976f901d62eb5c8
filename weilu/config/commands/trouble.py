"""What a machine may be short of, said in a sentence instead of a traceback."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

from weilu.config.options import data_folder
from weilu.config.speech import gettext as _

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_NOT_ALLOWED = {errno.EROFS, errno.EACCES, errno.EPERM}


def sentence_for(error: Exception) -> str:
    """What is wrong with the machine and what to do; "" when it is none of these."""
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno in _NO_ROOM:
            return _no_room()
        if isinstance(one, OSError) and one.errno in _NOT_ALLOWED and _is_ours(one.filename):
            return _not_allowed()
        if type(one).__name__ in {"OperationalError", "DatabaseError"} and (
            found := sentence_of(str(one))
        ):
            return found
    return ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of; each once."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def sentence_of(said: str) -> str:
    """What a database's own words mean for the machine; "" when it is none of these."""
    if "disk is full" in said or "No space left" in said:
        return _no_room()
    if "readonly database" in said or "unable to open database file" in said:
        return _not_allowed()
    if "database is locked" in said:
        return _(
            "Another process has kept the database of %(folder)s to itself for half a minute."
            " Wait until it is done, or end it, and start this again."
        ) % {"folder": data_folder()}
    if "not a database" in said or "disk image is malformed" in said:
        return _(
            "The database in %(folder)s is damaged (%(error)s). Move the folder aside and bring"
            " the last backup into an empty one: weilu restore ARCHIVE"
        ) % {"folder": data_folder(), "error": said.strip()}
    if "connection failed" in said or "connection is bad" in said:
        return _(
            "PostgreSQL does not answer: %(error)s\n"
            "Start it, or mend its address in WEILU_DATABASE."
        ) % {"error": said.strip().splitlines()[0]}
    return ""


def _no_room() -> str:
    return _(
        "There is no room left on the disk of %(folder)s. Make room and start this again; what was"
        " stored before is safe."
    ) % {"folder": data_folder()}


def _is_ours(path: object) -> bool:
    """Whether a path is the data folder or lies in it."""
    base = data_folder()
    return isinstance(path, str | Path) and (base in Path(path).parents or base == Path(path))


def _not_allowed() -> str:
    return _(
        "%(folder)s cannot be written. Let this user write there, or name another data folder:"
        " WEILU_HOME=/path/to/folder"
    ) % {"folder": data_folder()}
