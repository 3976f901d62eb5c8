"""The time, in one place, so that tests can stop it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def now_ms() -> int:
    """The present moment in UTC milliseconds since 1970."""
    return int(now().timestamp() * 1000)
