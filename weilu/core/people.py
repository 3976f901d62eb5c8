"""Users, seats and invitations: who gets in, as what, and by which link (handbook I-1).

A link carries a secret token of which only the hash is stored. It works once, until it expires:
the conditional update of `used_at` decides who was first.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet

from weilu.core.access import MAY_GIVE, Actor, Right, Role
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import Invitation, Seat, User, Workspace

FIRST_LINK_LIVES = timedelta(days=1)
SIGN_IN_LINK_LIVES = timedelta(hours=1)
INVITATION_LIVES = timedelta(days=7)
COLLEAGUE_LINK_LIVES = timedelta(days=1)
FIRST_NAME = "owner"


@dataclass(frozen=True, slots=True)
class NewUser:
    """What somebody who comes in by an invitation says about themselves."""

    username: str
    email: str
    password: str


def home_workspace() -> Workspace:
    """The first workspace, made when there is none: where commands without a user work."""
    with transaction.atomic():
        first = Workspace.objects.order_by("pk").first()
        return first or Workspace.objects.create(name="Weilu")


def has_anybody_signed_in() -> bool:
    """Whether the set-up link of the first run has served its purpose."""
    return User.objects.filter(last_login__isnull=False).exists()


def create_first_link() -> str:
    """The token of a new first-run link; older ones stop working.

    Raises Conflict when somebody has signed in already: the door is then shut for good.
    """
    with transaction.atomic():
        if has_anybody_signed_in():
            raise Conflict("already_set_up")
        Invitation.objects.filter(workspace=None, used_at=None).delete()
        return _issue(role=Role.OWNER, lives=FIRST_LINK_LIVES)


def create_sign_in_link(*, login: str = "") -> tuple[User, str]:
    """An owner and the token of a one-time link that signs them in; older ones stop working.

    `login` is a user name or an e-mail address; empty means the oldest owner.
    Raises NotFound when no owner is called so.
    """
    owners = Seat.objects.filter(role=Role.OWNER, user__is_active=True)
    if login:
        owners = owners.filter(Q(user__username=login) | Q(user__email__iexact=login))
    with transaction.atomic():
        seat = owners.select_related("user", "workspace").order_by("pk").first()
        if seat is None:
            raise NotFound("no_such_owner")
        return seat.user, _link_of(seat, lives=SIGN_IN_LINK_LIVES)


def create_link_for(actor: Actor, *, seat_id: int) -> tuple[User, str]:
    """A colleague and the token of a one-time link that signs them in; older ones stop working.

    For those who lost the password, since no mail is sent. Raises NotAllowed when their role is
    above what the actor may give, NotFound for a seat of another workspace, Conflict when they sit
    in another workspace too, which the link would open as well.
    """
    actor.require(Right.INVITE)
    with transaction.atomic():
        seat = _locked_seat(actor, seat_id)
        _require_may_give(actor, [Role(seat.role)])
        if Seat.objects.filter(user=seat.user).exclude(pk=seat.pk).exists():
            raise Conflict("sits_elsewhere")
        return seat.user, _link_of(seat, lives=COLLEAGUE_LINK_LIVES, invited_by_id=actor.user_id)


def is_handed_on(token: str) -> bool:
    """Whether a one-time link was made for a colleague, and so may be sent through a chat."""
    open_ones = Invitation.objects.filter(_open(token, now()))
    return open_ones.filter(user__isnull=False, invited_by__isnull=False).exists()


def use_link(token: str) -> User:
    """Use up a first-run or sign-in link; the user to sign in, made when it is the first.

    Raises NotFound when the link is unknown, used, expired, or an invitation.
    """
    with transaction.atomic():
        offer = _use(token, kinds=Q(workspace=None) | Q(user__isnull=False))
        if offer.user is not None:
            if not offer.user.is_active:
                raise NotFound("link")
            return offer.user
        if has_anybody_signed_in():
            raise NotFound("link")
        return _first_owner()


def invite(actor: Actor, *, role: Role, email: str = "") -> tuple[Invitation, str]:
    """Offer a seat; the invitation and the token for its link.

    Raises NotAllowed when the actor may not invite, or not to this role.
    """
    actor.require(Right.INVITE)
    _require_may_give(actor, [role])
    with transaction.atomic():
        token = _issue(
            role=role,
            lives=INVITATION_LIVES,
            workspace=Workspace.objects.get(pk=actor.workspace_id),
            email=email,
            invited_by_id=actor.user_id,
        )
        return Invitation.objects.get(token_hash=hash_token(token)), token


def withdraw_invitation(actor: Actor, *, invitation_id: int) -> None:
    """Take an open invitation back. Raises NotFound when it is not open in this workspace."""
    actor.require(Right.INVITE)
    gone, _ = open_invitations(actor).filter(pk=invitation_id).delete()
    if not gone:
        raise NotFound("invitation")


def open_invitations(viewer: Actor) -> QuerySet[Invitation]:
    """Invitations of the viewer's workspace that can still be accepted, newest first."""
    viewer.require(Right.INVITE)
    return Invitation.objects.filter(
        workspace_id=viewer.workspace_id, user=None, used_at=None, expires_at__gt=now()
    ).order_by("-pk")


def invitation_of(token: str) -> Invitation:
    """The open invitation of a token, with its workspace. Raises NotFound."""
    found = (
        Invitation.objects.filter(_open(token, now()), workspace__isnull=False, user=None)
        .select_related("workspace", "invited_by")
        .first()
    )
    if found is None:
        raise NotFound("invitation")
    return found


def accept(token: str, *, newcomer: NewUser) -> Seat:
    """Use up an invitation and give a newly made user the seat.

    Raises NotFound when it is no longer open, Invalid when the name or address is taken;
    then the invitation stays open.
    """
    with transaction.atomic():
        offer = _use(token, kinds=Q(workspace__isnull=False, user=None))
        return _sit(offer, _create_user(newcomer))


def accept_as(user: User, token: str) -> Seat:
    """Use up an invitation for somebody who is signed in already.

    Raises NotFound when it is no longer open, Conflict when they have a seat there; then the
    invitation stays open for the one it was meant for.
    """
    with transaction.atomic():
        offer = _use(token, kinds=Q(workspace__isnull=False, user=None))
        if Seat.objects.filter(workspace=offer.workspace, user=user).exists():
            raise Conflict("already_here")
        return _sit(offer, user)


def seats(viewer: Actor) -> QuerySet[Seat]:
    """The seats of the viewer's workspace with their users, oldest first."""
    return (
        Seat.objects.filter(workspace_id=viewer.workspace_id).select_related("user").order_by("pk")
    )


def change_role(actor: Actor, *, seat_id: int, role: Role) -> None:
    """Give a seat another role.

    Raises NotAllowed when the old or the new role is above what the actor may give, NotFound
    for a seat of another workspace, Conflict when it would leave no owner.
    """
    actor.require(Right.INVITE)
    with transaction.atomic():
        seat = _locked_seat(actor, seat_id)
        _require_may_give(actor, [Role(seat.role), role])
        if role is not Role.OWNER:
            _require_other_owner(seat)
        Seat.objects.filter(pk=seat.pk).update(role=role)
        _end_links(seat, may_give=MAY_GIVE[role])


def remove_seat(actor: Actor, *, seat_id: int) -> None:
    """Take a seat away; one's own always, others' as far as the actor may give their role.

    Raises NotAllowed, NotFound for a seat of another workspace, Conflict for the last owner.
    """
    with transaction.atomic():
        seat = _locked_seat(actor, seat_id)
        if seat.user_id != actor.user_id:
            actor.require(Right.INVITE)
            _require_may_give(actor, [Role(seat.role)])
        _require_other_owner(seat)
        Seat.objects.filter(pk=seat.pk).delete()
        _end_links(seat, may_give=frozenset())


def edit_workspace(actor: Actor, *, name: str, time_zone: str) -> None:
    """Change the workspace's name and time zone. Raises NotAllowed, Invalid."""
    actor.require(Right.EDIT_WORKSPACE)
    if not name.strip():
        raise Invalid("empty", field="name")
    if time_zone not in available_timezones():
        raise Invalid("unknown_time_zone", field="time_zone")
    Workspace.objects.filter(pk=actor.workspace_id).update(name=name.strip(), time_zone=time_zone)


def edit_user(user: User, *, username: str, email: str) -> None:
    """Change the name and address somebody signs in with. Raises Invalid when taken or empty."""
    if not username:
        raise Invalid("empty", field="username")
    with transaction.atomic():
        _require_free(username=username, email=email, but=user.pk)
        User.objects.filter(pk=user.pk).update(username=username, email=email)


def choose_password(user: User, password: str) -> None:
    """Set a password that has been checked already; the user's sessions and links end."""
    User.objects.filter(pk=user.pk).update(password=make_password(password))
    end_links_of(user)


def end_links_of(user: User) -> None:
    """One-time links that sign somebody in stop working: their password is another now."""
    Invitation.objects.filter(user=user, used_at=None).delete()


def hash_token(token: str) -> str:
    """What is stored of a token: sha256, in hex; tokens are long random strings."""
    return hashlib.sha256(token.encode()).hexdigest()


def _issue(
    *,
    role: Role,
    lives: timedelta,
    workspace: Workspace | None = None,
    user: User | None = None,
    email: str = "",
    invited_by_id: int | None = None,
) -> str:
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        workspace=workspace,
        role=role,
        user=user,
        email=email,
        invited_by_id=invited_by_id,
        token_hash=hash_token(token),
        expires_at=now() + lives,
    )
    return token


def _end_links(seat: Seat, *, may_give: Iterable[Role]) -> None:
    """End what somebody whose place has changed could still come in by, or hand out with it.

    That is every link that signs them in, and those they made themselves for a role above what
    they may give now: who is taken out would let themselves in again, also as a colleague.
    """
    theirs = Q(invited_by_id=seat.user_id) & ~Q(role__in=[role.value for role in may_give])
    Invitation.objects.filter(
        theirs | Q(user_id=seat.user_id), workspace_id=seat.workspace_id, used_at=None
    ).delete()


def _link_of(seat: Seat, *, lives: timedelta, invited_by_id: int | None = None) -> str:
    """The token of a new sign-in link for who has the seat; their older ones stop working."""
    Invitation.objects.filter(user=seat.user, used_at=None).delete()
    return _issue(
        role=Role(seat.role),
        lives=lives,
        workspace=seat.workspace,
        user=seat.user,
        invited_by_id=invited_by_id,
    )


def _open(token: str, moment: datetime) -> Q:
    return Q(token_hash=hash_token(token), used_at=None, expires_at__gt=moment)


def _use(token: str, *, kinds: Q) -> Invitation:
    """Mark as used, once; the row. Raises NotFound."""
    moment = now()
    if not Invitation.objects.filter(_open(token, moment) & kinds).update(used_at=moment):
        raise NotFound("link")
    return Invitation.objects.select_related("user", "workspace").get(token_hash=hash_token(token))


def _first_owner() -> User:
    """The user of the first run with a seat as owner; the same one when a link is used again."""
    workspace = home_workspace()
    seat = Seat.objects.filter(workspace=workspace, role=Role.OWNER).select_related("user").first()
    if seat is not None:
        return seat.user
    user = User.objects.create(username=FIRST_NAME, password=make_password(None))
    Seat.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    return user


def _create_user(newcomer: NewUser) -> User:
    _require_free(username=newcomer.username, email=newcomer.email, but=None)
    return User.objects.create_user(newcomer.username, newcomer.email, newcomer.password)


def _require_free(*, username: str, email: str, but: int | None) -> None:
    """Raise Invalid when somebody else has the name or the address."""
    others = User.objects.all() if but is None else User.objects.exclude(pk=but)
    if others.filter(username__iexact=username).exists():
        raise Invalid("taken", field="username")
    if email and others.filter(email__iexact=email).exists():
        raise Invalid("taken", field="email")


def _sit(offer: Invitation, user: User) -> Seat:
    assert offer.workspace is not None  # noqa: S101 - `_use` was asked for one with a workspace
    return Seat.objects.create(workspace=offer.workspace, user=user, role=offer.role)


def _locked_seat(actor: Actor, seat_id: int) -> Seat:
    """A seat of the actor's workspace; its owners are locked so that two cannot leave at once."""
    list(
        Seat.objects.select_for_update()
        .filter(workspace_id=actor.workspace_id, role=Role.OWNER)
        .values_list("pk", flat=True)
    )
    seat = Seat.objects.filter(workspace_id=actor.workspace_id, pk=seat_id).first()
    if seat is None:
        raise NotFound("seat")
    return seat


def _require_may_give(actor: Actor, roles: Iterable[Role]) -> None:
    for role in roles:
        if role not in MAY_GIVE[actor.role]:
            raise NotAllowed(role.value)


def _require_other_owner(seat: Seat) -> None:
    """Raise Conflict when the seat is the workspace's only owner."""
    if seat.role != Role.OWNER:
        return
    others = Seat.objects.filter(workspace_id=seat.workspace_id, role=Role.OWNER)
    if not others.exclude(pk=seat.pk).exists():
        raise Conflict("last_owner")
