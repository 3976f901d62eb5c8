"""The address of whoever calls: what our own proxies saw, and nothing the caller made up."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def caller_of(request: HttpRequest) -> str:
    """The IP address a request came from; "" when even the server does not know it."""
    said = request.META
    forwarded = str(said.get("HTTP_X_FORWARDED_FOR", ""))
    return seen_by_ours(forwarded, settings.TRUSTED_PROXIES) or str(said.get("REMOTE_ADDR", ""))


def seen_by_ours(forwarded: str, proxies: int) -> str:
    """The address that the outermost of `proxies` of our own saw, "" without any, or without sense.

    `forwarded` is X-Forwarded-For: each proxy adds whom it saw at the end, so what stands before
    the last ones of ours is only what the caller says.
    """
    passed = forwarded.split(",") if proxies else []
    return _address(passed[-proxies].strip()) if proxies and len(passed) >= proxies else ""


def _address(text: str) -> str:
    """An IP address without the port that some proxies add; "" for what is none."""
    bare = text.partition("]")[0].strip("[") if text.startswith("[") else text
    for one in (bare, bare.partition(":")[0]):
        try:
            return str(ipaddress.ip_address(one))
        except ValueError:
            continue
    return ""
