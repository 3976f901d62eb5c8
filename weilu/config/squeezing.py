"""Pages go out compressed where the browser takes that.

Django lengthens each by some random bytes and draws every form's token anew: so their size tells
nothing of what is in them (BREACH). Join links' pages stay as they are: they are small, and given
again as they were made, for which `public.quick` looks into them.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

JOIN_LINKS = "/j/"


class SqueezeMiddleware(GZipMiddleware):
    """Compresses whole pages and fragments from 200 bytes on; what comes in parts stays."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The answer, compressed if that is worth it."""
        if response.streaming or request.path.startswith(JOIN_LINKS):
            return response
        return super().process_response(request, response)
