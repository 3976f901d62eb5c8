"""The application that the web server runs: join links' pages at once, all else by Django."""

from __future__ import annotations

import asyncio
import os
from typing import cast

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weilu.config.settings")

# Its own types speak of a response, which is a run of bytes.
_django = cast("Application", get_wsgi_application())

from django.conf import settings  # noqa: E402 - set up by now

from weilu.config.bridge import Application, Pages  # noqa: E402 - as above
from weilu.core.garbage import spare_what_is_loaded  # noqa: E402 - as above
from weilu.core.rsgi import Line, Scope  # noqa: E402 - as above
from weilu.public.quick import QuickJoin  # noqa: E402 - as above


class Weilu:
    """What answers requests."""

    def __init__(self) -> None:
        self.pages = Pages(_django)
        self.joins = QuickJoin(self.pages.whole, settings.SESSION_COOKIE_NAME)
        # Visits are made of many small things, and what the collector looks through is not theirs.
        spare_what_is_loaded()

    async def __rsgi__(self, scope: Scope, line: Line) -> None:
        """Answer a request."""
        if not await self.joins.answer(scope, line):
            await self.pages.answer(scope, line)

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Let what was begun come to its end."""
        self.joins.close()
        self.pages.close()


application = Weilu()
