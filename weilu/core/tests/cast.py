"""The same few people in every test, and how to make one more."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from weilu.core.access import Actor, Role
from weilu.core.models import Seat, User, Workspace


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a seat: as an actor for actions, as a user for pages."""

    actor: Actor
    user: User
    seat: Seat

    def client(self) -> Client:
        """A browser of theirs, signed in."""
        client = Client()
        client.force_login(self.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


def settle(client: Client, name: str, role: Role = Role.OWNER) -> Workspace:
    """A workspace of its own with one person in it, signed in with this client."""
    workspace = Workspace.objects.create(name=name)
    user = person(workspace, name, role).user
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return workspace


def person(workspace: Workspace, name: str, role: Role) -> Person:
    """Make somebody with this role; the address is `name@example.org`."""
    user = User.objects.create_user(name, f"{name}@example.org", "a long enough password")
    seat = Seat.objects.create(workspace=workspace, user=user, role=role)
    return Person(Actor(workspace.pk, role, user.pk, name), user, seat)
