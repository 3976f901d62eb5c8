"""How allauth behaves here: nobody signs up by themselves, seats are given by invitation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """Sign-up is closed; who comes in has a link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
