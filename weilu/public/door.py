"""The door of every public page: nobody is signed in, and nothing about the house leaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from hashlib import blake2b, sha256
from typing import Concatenate, Final, NamedTuple, ParamSpec, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weilu.communities.models import Community
from weilu.core.callers import seen_by_ours
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound, WeiluError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

SENTENCES: Final[dict[str, Promise]] = {
    "required": _("Please fill this in."),
    "too_long": _("That is too long; say it in fewer words."),
    "changed": _("This has changed in the meantime. Have another look."),
    "too_many": _("A lot has been written here just now. Try again in an hour."),
    "appeal_closed": _("This can no longer be looked at again."),
}


def sentence(error: WeiluError) -> str:
    """What went wrong, for a visitor."""
    code = error.code if isinstance(error, Invalid) else str(error)
    return str(SENTENCES[code] if code in SENTENCES else _("That did not work. Try again."))


def public(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Answer expected failures with a small page; no page here is kept by search engines."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except WeiluError as error:
            response = _failure(request, error)
        response.headers["X-Robots-Tag"] = "noindex"
        # The address is the right to see it: it must not travel to other sites. Not `no-referrer`:
        # browsers then send no origin with a form either, and it is refused as forged.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return guarded


def _failure(request: HttpRequest, error: WeiluError) -> HttpResponse:
    if isinstance(error, NotFound):
        gone = {
            "title": _("There is nothing here"),
            "text": _(
                "The link may have been closed, or copied only in part."
                " Ask whoever sent it for a new one."
            ),
        }
        return render(request, "public/failure.html", gone, status=404)
    status = 409 if isinstance(error, Conflict) else 422 if isinstance(error, Invalid) else 503
    said = {"title": str(_("That did not work")), "text": sentence(error)}
    return render(request, "public/failure.html", said, status=status)


def community_of(code: str) -> Community:
    """The community whose public pages stand under this code; raises NotFound."""
    found = Community.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def source_of(request: HttpRequest) -> str:
    """Tells visitors apart for a day, and tells nothing else about them.

    What it is made of is not kept, and tomorrow the same visitor is another.
    """
    said = request.META
    return Sources.of_house().mark(
        said.get("HTTP_USER_AGENT", ""),
        said.get("REMOTE_ADDR", ""),
        said.get("HTTP_X_FORWARDED_FOR", ""),
    )


class Sources(NamedTuple):
    """What visitors are told apart by: the installation's key, and how many proxies are its own."""

    secret: str
    proxies: int

    @classmethod
    def of_house(cls) -> Self:
        """Those of this installation."""
        return cls(settings.SECRET_KEY, settings.TRUSTED_PROXIES)

    def mark(self, agent: str, address: str, forwarded: str) -> str:
        """`source_of` by what the server says; `forwarded` is what proxies said of a request."""
        return self.marker()(agent, address, forwarded)

    def marker(self) -> Callable[[str, str, str], str]:
        """`mark` for those who come at this moment."""
        key, proxies = _key_of(self.secret, now().date()), self.proxies

        def mark(agent: str, address: str, forwarded: str) -> str:
            seen = f"{seen_by_ours(forwarded, proxies) or address} {agent}"
            return blake2b(seen.encode(), digest_size=8, key=key).hexdigest()

        return mark


@lru_cache(maxsize=2)
def _key_of(secret: str, day: date) -> bytes:
    """What a day's visitors are told apart with."""
    return sha256(f"{secret} visits {day}".encode()).digest()


def address_of(client: str) -> str:
    """The address of who is connected, as the server says it with the port: `[::1]:80`."""
    return client.rpartition(":")[0].strip("[]")
