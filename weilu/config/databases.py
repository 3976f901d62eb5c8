"""How each database is opened: SQLite in one folder, PostgreSQL by address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from weilu.config.options import Options
from weilu.config.sqlite import PATIENCE_S

# Checkpoints run in the worker, off the commit path (measured: p99 falls by half); the limit here
# only bounds the log should no worker run. 64 MiB page cache per connection.
SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
    "PRAGMA wal_autocheckpoint=20000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
)


def database(options: Options) -> dict[str, Any]:
    """Django's settings of the one database."""
    if options.database:
        return postgres(options.database)
    return sqlite(str(options.base / "weilu.db"))


def sqlite(path: str) -> dict[str, Any]:
    """A SQLite file; IMMEDIATE so that writers take turns instead of failing half way."""
    return {
        "ENGINE": "weilu.config.sqlite",
        "NAME": path,
        # Opening it reads the whole schema, and the pages kept at hand are those of a connection.
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": PATIENCE_S,
            "init_command": SQLITE_START,
        },
    }


def postgres(address: str) -> dict[str, Any]:
    """A PostgreSQL database named by its address; Unix sockets as `?host=/path`."""
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        message = "WEILU_DATABASE must look like postgresql://user:password@host:5432/name"
        raise ValueError(message)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
