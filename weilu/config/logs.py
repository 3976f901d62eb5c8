"""What goes into the log: one line for a request that is refused, not a page of where it came from.

Scanners call by every name there is; a traceback of Django's own for each would hide what matters.
What an address itself gives the right to stays out, and nobody writes lines of their own into it.
"""

from __future__ import annotations

import logging
import re

# A one-time link that failed is still good, and whoever reads the log is not whom it was made for.
_SECRET = re.compile(r"(/(?:start|invitation|api/hooks|a)/)[^/\s]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_REFUSED = "django.security."


class Brief(logging.Filter):
    """Leaves out tracebacks of requests that were refused for what they are, and secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record; never holds one back."""
        if record.name.startswith(_REFUSED):
            record.msg = record.getMessage().replace(" ALLOWED_HOSTS", " WEILU_ALLOWED_HOSTS")
            record.args = ()
            record.exc_info = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        said = _SECRET.sub(r"\1…", record.getMessage())
        record.msg, record.args = _CONTROL.sub(_written, said), ()
        return True


def _written(found: re.Match[str]) -> str:
    """A sign that would begin a line, or colour it, as letters."""
    return found[0].encode("unicode_escape").decode("ascii")
