"""What goes into the log: one line for a request that is refused, not a page of where it came from.

Scanners call by every name there is; a traceback of Django's own for each would hide what matters.
"""

from __future__ import annotations

import logging

_REFUSED = "django.security."


class Brief(logging.Filter):
    """Leaves out the traceback of requests that were refused for what they are."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record; never holds one back."""
        if record.name.startswith(_REFUSED):
            record.msg = record.getMessage().replace(" ALLOWED_HOSTS", " WEILU_ALLOWED_HOSTS")
            record.args = ()
            record.exc_info = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
