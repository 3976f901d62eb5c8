"""Addresses that people outside can open: known once the operator has named a public address."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse


def outside(name: str, *args: object) -> str:
    """The full address of a public page, "" while no public address is set (WEILU_PUBLIC_URL)."""
    base: str = settings.PUBLIC_URL
    return f"{base}{reverse(name, args=args)}" if base else ""
