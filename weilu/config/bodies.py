"""How much anybody may send: said before any of it is read.

Django writes a form's files to disk before it asks who sent them: whoever can open the sign-in
could fill the disk of a shop's machine, and hold the threads that files arrive in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from weilu.console.failures import bad_request

# Above all that a public form, or the sign-in, can hold.
OF_STRANGERS: Final = 64 * 1024
# Above the largest file that a page other than the import's takes: a list of customers.
OF_OURS: Final = 64 * 1024 * 1024
# These say themselves what they take, and look at who asks before they read.
_OWN: Final = re.compile(r"/api/hooks/|/imports/upload$")


class BodyMiddleware:
    """Refuses what is too large; stands behind the middleware that knows who has a seat."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say that it was too much (413)."""
        said = request.META.get("CONTENT_LENGTH") or "0"
        # Django reads nothing of what has no length, or one that is no number.
        length = int(said) if said.isdecimal() else 0
        most = OF_STRANGERS if getattr(request, "seat", None) is None else OF_OURS
        if length > most and not _OWN.match(request.path_info):
            return bad_request(request, RequestDataTooBig())
        return self.get_response(request)
