"""Who gets in, as what, by which link, and who may not be thrown out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.core import people
from weilu.core.access import MAY_GIVE, RIGHTS, Actor, Right, Role
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import Invitation, Seat, User, Workspace
from weilu.core.people import NewUser
from weilu.core.tests.cast import Person

LI = NewUser("li", "li@example.org", "a long enough password")


def test_each_role_holds_the_rights_of_those_below_it() -> None:
    assert {role: len(RIGHTS[role]) for role in Role} == {
        Role.OWNER: 16,
        Role.MANAGER: 14,
        Role.OPERATOR: 9,
        Role.ANALYST: 3,
    }
    assert RIGHTS[Role.ANALYST] < RIGHTS[Role.OPERATOR] < RIGHTS[Role.MANAGER] < RIGHTS[Role.OWNER]
    assert all(Right.INVITE in RIGHTS[role] for role, given in MAY_GIVE.items() if given)


@pytest.mark.django_db
def test_the_first_link_works_once_and_makes_the_owner() -> None:
    people.create_first_link()
    token = people.create_first_link()
    assert token not in Invitation.objects.get().token_hash
    user = people.use_link(token)
    seat = Seat.objects.get(user=user)
    assert (seat.role, user.has_usable_password(), user.email) == ("owner", False, "")
    with pytest.raises(NotFound):
        people.use_link(token)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_before_anybody_signed_in_a_second_link_opens_the_same_owner() -> None:
    first = people.use_link(people.create_first_link())
    assert people.use_link(people.create_first_link()) == first
    User.objects.update(last_login=now())
    with pytest.raises(Conflict):
        people.create_first_link()


@pytest.mark.django_db
def test_links_expire() -> None:
    token = people.create_first_link()
    Invitation.objects.update(expires_at=now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        people.use_link(token)
    assert not User.objects.exists()


def test_a_sign_in_link_is_for_owners_only(owner: Person, operator: Person) -> None:
    with pytest.raises(NotFound):
        people.create_sign_in_link(login="operator")
    user, token = people.create_sign_in_link(login="OWNER@example.org")
    assert user == owner.user
    assert people.use_link(token) == owner.user
    with pytest.raises(NotFound):
        people.use_link(token)


def test_a_link_for_a_colleague_reaches_no_further_than_roles_do(
    owner: Person, manager: Person, operator: Person, stranger: Person
) -> None:
    user, first = people.create_link_for(manager.actor, seat_id=operator.seat.pk)
    assert user == operator.user
    _user, second = people.create_link_for(owner.actor, seat_id=operator.seat.pk)
    with pytest.raises(NotFound):
        people.use_link(first)
    assert people.use_link(second) == operator.user
    before = Invitation.objects.count()
    for actor, seat in ((manager, owner), (operator, operator)):
        with pytest.raises(NotAllowed):
            people.create_link_for(actor.actor, seat_id=seat.seat.pk)
    with pytest.raises(NotFound):
        people.create_link_for(owner.actor, seat_id=stranger.seat.pk)
    Seat.objects.create(workspace=stranger.seat.workspace, user=operator.user, role=Role.ANALYST)
    with pytest.raises(Conflict):
        people.create_link_for(owner.actor, seat_id=operator.seat.pk)
    assert Invitation.objects.count() == before


def test_an_invitation_gives_the_seat_it_offers(manager: Person) -> None:
    _, token = people.invite(manager.actor, role=Role.OPERATOR)
    with pytest.raises(NotFound):
        people.use_link(token)
    seat = people.accept(token, newcomer=LI)
    assert (seat.workspace, seat.role, seat.user.username) == (
        manager.seat.workspace,
        "operator",
        "li",
    )
    with pytest.raises(NotFound):
        people.accept(token, newcomer=NewUser("lu", "lu@example.org", "x"))


def test_a_taken_name_leaves_the_invitation_open(manager: Person) -> None:
    _, token = people.invite(manager.actor, role=Role.ANALYST)
    with pytest.raises(Invalid) as caught:
        people.accept(token, newcomer=NewUser("Manager", "m2@example.org", "x"))
    assert caught.value.field == "username"
    with pytest.raises(Invalid) as caught:
        people.accept(token, newcomer=NewUser("m2", "MANAGER@example.org", "x"))
    assert caught.value.field == "email"
    assert people.invitation_of(token).used_at is None
    assert Seat.objects.count() == 1


def test_nobody_gives_a_role_above_their_own(manager: Person, operator: Person) -> None:
    for actor, role in ((manager.actor, Role.OWNER), (operator.actor, Role.ANALYST)):
        with pytest.raises(NotAllowed):
            people.invite(actor, role=role)
    assert not Invitation.objects.exists()


def test_who_has_a_seat_does_not_use_up_an_invitation(manager: Person, stranger: Person) -> None:
    _, token = people.invite(manager.actor, role=Role.ANALYST)
    with pytest.raises(Conflict):
        people.accept_as(manager.user, token)
    assert people.accept_as(stranger.user, token).role == "analyst"


def test_the_last_owner_stays(owner: Person, manager: Person) -> None:
    with pytest.raises(Conflict):
        people.remove_seat(owner.actor, seat_id=owner.seat.pk)
    with pytest.raises(Conflict):
        people.change_role(owner.actor, seat_id=owner.seat.pk, role=Role.MANAGER)
    people.change_role(owner.actor, seat_id=manager.seat.pk, role=Role.OWNER)
    people.remove_seat(owner.actor, seat_id=owner.seat.pk)
    assert list(Seat.objects.values_list("user__username", "role")) == [("manager", "owner")]


def test_seats_above_or_elsewhere_are_out_of_reach(
    owner: Person, manager: Person, operator: Person, stranger: Person
) -> None:
    with pytest.raises(NotAllowed):
        people.remove_seat(manager.actor, seat_id=owner.seat.pk)
    with pytest.raises(NotAllowed):
        people.change_role(operator.actor, seat_id=operator.seat.pk, role=Role.OWNER)
    with pytest.raises(NotFound):
        people.remove_seat(stranger.actor, seat_id=operator.seat.pk)
    with pytest.raises(NotFound):
        people.change_role(stranger.actor, seat_id=operator.seat.pk, role=Role.ANALYST)
    people.remove_seat(operator.actor, seat_id=operator.seat.pk)
    assert Seat.objects.count() == 3


def test_the_workspace_is_renamed_by_owners_only(owner: Person, manager: Person) -> None:
    with pytest.raises(NotAllowed):
        people.edit_workspace(manager.actor, name="x", time_zone="UTC")
    with pytest.raises(Invalid):
        people.edit_workspace(owner.actor, name="x", time_zone="Mars/Base")
    people.edit_workspace(owner.actor, name=" Teahouse ", time_zone="Asia/Tokyo")
    assert Workspace.objects.values_list("name", "time_zone").get() == ("Teahouse", "Asia/Tokyo")


@pytest.mark.parametrize("is_out", [True, False])
def test_what_somebody_handed_out_ends_with_their_right_to(
    owner: Person, manager: Person, operator: Person, *, is_out: bool
) -> None:
    people.invite(manager.actor, role=Role.OPERATOR)
    _colleague, link = people.create_link_for(manager.actor, seat_id=operator.seat.pk)
    _row, others = people.invite(owner.actor, role=Role.ANALYST)
    if is_out:
        people.remove_seat(owner.actor, seat_id=manager.seat.pk)
    else:
        people.change_role(owner.actor, seat_id=manager.seat.pk, role=Role.ANALYST)
    assert [one.role for one in people.open_invitations(owner.actor)] == [Role.ANALYST]
    with pytest.raises(NotFound):
        people.use_link(link)
    assert people.invitation_of(others)


def test_what_may_still_be_given_stays_given(owner: Person, manager: Person) -> None:
    people.change_role(owner.actor, seat_id=manager.seat.pk, role=Role.OWNER)
    as_owner = Actor(manager.actor.workspace_id, Role.OWNER, manager.user.pk, "manager")
    for role in (Role.OWNER, Role.OPERATOR):
        people.invite(as_owner, role=role)
    people.change_role(owner.actor, seat_id=manager.seat.pk, role=Role.MANAGER)
    assert [one.role for one in people.open_invitations(owner.actor)] == [Role.OPERATOR]


def test_a_link_of_one_role_does_not_open_a_higher_one(
    owner: Person, manager: Person, operator: Person
) -> None:
    _colleague, link = people.create_link_for(manager.actor, seat_id=operator.seat.pk)
    people.change_role(owner.actor, seat_id=operator.seat.pk, role=Role.OWNER)
    with pytest.raises(NotFound):
        people.use_link(link)


def test_a_new_password_ends_links(manager: Person, operator: Person) -> None:
    _colleague, link = people.create_link_for(manager.actor, seat_id=operator.seat.pk)
    people.choose_password(operator.user, "another long password")
    with pytest.raises(NotFound):
        people.use_link(link)
