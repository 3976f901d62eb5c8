"""Addresses that people outside can open: known once the operator has named a public address."""

from __future__ import annotations

from django.conf import settings
from django.urls import get_resolver, reverse


def outside(name: str, *args: object) -> str:
    """The full address of a public page, "" while no public address is set (WEILU_PUBLIC_URL)."""
    base: str = settings.PUBLIC_URL
    return f"{base}{reverse(name, args=args)}" if base else ""


def prepare() -> None:
    """Read the table of addresses now, where one is going to be asked for.

    It takes half a second, once in a process: not while a group's messages are being stored.
    """
    if settings.PUBLIC_URL:
        _ = get_resolver().reverse_dict
