"""People and rooms every test of the console needs."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import trans_real

from weilu.config import catalogue
from weilu.core.access import Role
from weilu.core.models import Seat, User, Workspace


@pytest.fixture(autouse=True, scope="session")
def _chinese() -> None:
    """Chinese as the catalogue stands now, not as it was compiled last."""
    if catalogue.compile_all():
        trans_real._translations.clear()  # type: ignore[attr-defined]  # no public way to reload


@pytest.fixture
def workspace(db: None) -> Workspace:
    """One workspace."""
    return Workspace.objects.create(name="Stove and tea")


def seated(workspace: Workspace, role: Role) -> User:
    """A person with that role, named after it."""
    name = role.value
    user = User.objects.create_user(username=name, email=f"{name}@example.org", password="x")  # noqa: S106 - a test
    Seat.objects.create(workspace=workspace, user=user, role=role)
    return user


@pytest.fixture
def owner(workspace: Workspace) -> User:
    """Whoever may do everything."""
    return seated(workspace, Role.OWNER)


@pytest.fixture
def analyst(workspace: Workspace) -> User:
    """Whoever may only look."""
    return seated(workspace, Role.ANALYST)


def signed_in(user: User) -> Client:
    """A browser in which the person is signed in, reading English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
