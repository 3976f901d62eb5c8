"""The time, in one place, so that tests can stop it."""

from datetime import UTC, date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day by the clock in force: the workspace's in a request, UTC in a worker."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day of a moment by the clock in force."""
    return timezone.localdate(moment)


def now_ms() -> int:
    """The present moment in UTC milliseconds since 1970."""
    return int(now().timestamp() * 1000)
