"""Settings: people and their roles, the workspace, one's own account."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weilu.console.accounts.forms import ROLES, RoleForm, UserForm, WorkspaceForm
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import MAY_GIVE, Actor, Right, Role
from weilu.core.errors import Invalid
from weilu.core.models import Seat, User
from weilu.core.people import (
    change_role,
    create_link_for,
    edit_user,
    edit_workspace,
    invite,
    open_invitations,
    remove_seat,
    seats,
    withdraw_invitation,
)

SENTENCES.update(
    {
        "last_owner": gettext_lazy("A workspace needs an owner. Make somebody else one first."),
        "already_here": gettext_lazy("You have a place in this workspace already."),
        "sits_elsewhere": gettext_lazy(
            "This person has a place in another workspace too, so a link from here would open that"
            " as well. They can get one with “weilu link” on the machine that Weilu runs on, or"
            " come in anew by an invitation."
        ),
        "empty": gettext_lazy("Please fill this in."),
        "unknown_time_zone": gettext_lazy("There is no such time zone."),
    }
)


@require_GET
@page()
def settings(request: Request) -> HttpResponse:
    """Open the first part of the settings that the person may use."""
    return redirect("people" if request.actor.may(Right.INVITE) else "account")


@require_GET
@page()
def people(request: Request) -> HttpResponse:
    """Who has a place here, as what, and who is invited."""
    return _people(request)


@require_POST
@page(Right.INVITE)
def invite_somebody(request: Request) -> HttpResponse:
    """Make an invitation and show its link, this once: only its hash is kept."""
    form = RoleForm(request.POST, roles=MAY_GIVE[request.actor.role])
    if not form.is_valid():
        return _people(request)
    _row, token = invite(request.actor, role=Role(form.cleaned_data["role"]))
    offer = Offer(
        _("Send this link"),
        _("It works once, for seven days, and is shown only now."),
        request.build_absolute_uri(reverse("invitation", args=[token])),
    )
    return _people(request, offer)


@require_POST
@page(Right.INVITE)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take an invitation back."""
    withdraw_invitation(request.actor, invitation_id=pk)
    messages.success(request, _("The invitation no longer works."))
    return redirect("people")


@require_POST
@page(Right.INVITE)
def give_role(request: Request, pk: int) -> HttpResponse:
    """Give somebody another role."""
    form = RoleForm(request.POST, roles=MAY_GIVE[request.actor.role])
    if form.is_valid():
        change_role(request.actor, seat_id=pk, role=Role(form.cleaned_data["role"]))
        messages.success(request, _("The role is changed."))
    return redirect("people")


@require_POST
@page(Right.INVITE)
def link_for(request: Request, pk: int) -> HttpResponse:
    """Make a one-time link for a colleague who lost the password, and show it, this once."""
    user, token = create_link_for(request.actor, seat_id=pk)
    offer = Offer(
        _("Send this link to %(name)s") % {"name": user.username},
        _("It signs them in once, within a day, and lets them choose a new password."),
        request.build_absolute_uri(reverse("start", args=[token])),
    )
    return _people(request, offer)


@require_POST
@page()
def take_out(request: Request, pk: int) -> HttpResponse:
    """Take somebody's place away, or leave."""
    remove_seat(request.actor, seat_id=pk)
    messages.success(request, _("The place is free again."))
    return redirect("people" if pk != request.seat.pk else "/")


@require_http_methods(["GET", "POST"])
@page(Right.EDIT_WORKSPACE)
def workspace_settings(request: Request) -> HttpResponse:
    """Name and time zone of the workspace."""
    known = request.seat.workspace
    start = {"name": known.name, "time_zone": known.time_zone}
    form = WorkspaceForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            edit_workspace(request.actor, **form.cleaned_data)
        except Invalid as error:
            form.add_error(error.field, sentence(error.code))
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace_settings")
    head = Head(_("Workspace"), _("What everybody here shares."))
    context = {"head": head, "form": form}
    return render(request, "accounts/form.html", context)


@require_http_methods(["GET", "POST"])
@page()
def account(request: Request) -> HttpResponse:
    """One's own name, address, look and security."""
    user = User.objects.get(pk=request.seat.user_id)
    form = UserForm(request.POST or None, initial={"username": user.username, "email": user.email})
    if request.method == "POST" and form.is_valid():
        try:
            edit_user(user, **form.cleaned_data)
        except Invalid as error:
            form.add_error(error.field, sentence(error.code))
        else:
            messages.success(request, _("Saved."))
            return redirect("account")
    head = Head(_("My account"), _("How you sign in."))
    context = {
        "head": head,
        "form": form,
        "has_password": user.has_usable_password(),
    }
    return render(request, "accounts/account.html", context)


@dataclass(frozen=True, slots=True)
class Offer:
    """A fresh link to be copied and sent, with what it is for."""

    title: str
    text: str
    link: str


def _people(request: Request, offer: Offer | None = None) -> HttpResponse:
    """The page of people, with a link to be sent on top when one was just made."""
    actor = request.actor
    rows = list(seats(actor)[:1000])
    may_give = MAY_GIVE[actor.role]
    context = {
        "head": Head(_("Team"), _how_many(len(rows))),
        "rows": [_line(seat, actor) for seat in rows],
        "open": list(open_invitations(actor)[:200]) if actor.may(Right.INVITE) else [],
        "roles": [(ROLES[role][0], ROLES[role][1]) for role in Role],
        "role_form": RoleForm(roles=may_give, initial={"role": Role.OPERATOR}),
        "may_invite": actor.may(Right.INVITE),
        "offer": offer,
        "is_local": request.get_host().partition(":")[0] in {"127.0.0.1", "localhost"},
    }
    return render(request, "accounts/people.html", context)


def _how_many(count: int) -> str:
    return ngettext(
        "You alone have a place here.", "%(count)s people have a place here.", count
    ) % {"count": number(count)}


def _line(seat: Seat, actor: Actor) -> dict[str, object]:
    """A person as the page shows them."""
    may_give = MAY_GIVE[actor.role]
    in_reach = Role(seat.role) in may_give
    return {
        "seat": seat,
        "role": ROLES[Role(seat.role)][0],
        "is_me": seat.user_id == actor.user_id,
        "may_remove": in_reach or seat.user_id == actor.user_id,
        "may_help": in_reach and seat.user_id != actor.user_id,
        "form": RoleForm(roles=may_give, initial={"role": seat.role}, auto_id=f"role-{seat.pk}-%s")
        if in_reach
        else None,
    }
