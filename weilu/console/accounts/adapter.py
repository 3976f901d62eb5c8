"""How allauth behaves here: nobody signs up by themselves, seats are given by invitation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from weilu.core.callers import caller_of
from weilu.core.models import User
from weilu.core.people import end_links_of


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """Sign-up is closed; who comes in has a link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries are counted together; the same for both ways of counting them."""
        return caller_of(request)

    def set_password(self, user: User, password: str) -> None:
        """Set it; a link that was made for who had lost the old one ends with that."""
        super().set_password(user, password)
        end_links_of(user)

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Refuse who tried too often; axes, which counts too, then shows its page for both."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            request.axes_locked_out = True  # type: ignore[attr-defined]  # read by axes' middleware
            raise
