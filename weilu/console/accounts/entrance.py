"""The ways in: the one-time link of the first run, the welcome, invitations."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weilu.console.accounts.forms import ROLES, NewUserForm
from weilu.console.failures import Failure, show
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Head
from weilu.console.sentences import sentence
from weilu.core.access import Role
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.models import User
from weilu.core.people import (
    NewUser,
    accept,
    accept_as,
    choose_password,
    edit_user,
    invitation_of,
    is_handed_on,
    use_link,
)

# In the session of who came by a one-time link: a new password needs no old one then.
BY_LINK = "came_by_link"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "POST"])
@never_cache
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Use up a one-time link: signed in, and on the way to a password that works.

    Chats open a link to show what is behind it; one that may go through a chat asks for a press.
    """
    if request.method == "GET" and is_handed_on(token):
        text = _("This link signs you in once; then it is used up.")
        return render(request, "accounts/handed_link.html", {"head": Head(_("Come in"), text)})
    try:
        user = use_link(token)
    except NotFound:
        return _worn_out(request)
    login(request, user, backend=BACKEND)
    request.session[BY_LINK] = True
    return redirect("welcome" if user.has_usable_password() else "/")


@require_GET
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Say how one comes in where nobody signs up by themselves."""
    return render(request, "accounts/no_sign_up.html")


@require_GET
def password_lost(request: HttpRequest) -> HttpResponse:
    """Say who helps where no mail is sent."""
    return render(request, "accounts/password_lost.html")


@require_http_methods(["GET", "POST"])
@page()
def welcome(request: Request) -> HttpResponse:
    """Ask who came by a one-time link for name, address and password; may be left for later."""
    user = User.objects.get(pk=request.seat.user_id)
    had_one = user.has_usable_password()
    if had_one and not request.session.get(BY_LINK):
        return redirect("account_change_password")
    start = {"username": user.username, "email": user.email}
    form = NewUserForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid() and _save(user, form):
        login(request, User.objects.get(pk=user.pk), backend=BACKEND)
        messages.success(request, _("Saved. Next time you sign in with these."))
        return redirect("/")
    head = Head(
        _("Welcome by the stove"),
        _("Choose a new password. The old one ends, and so do your sign-ins on other devices.")
        if had_one
        else _("You are the owner here. Choose how you sign in the next time, or do it later."),
    )
    return render(request, "accounts/welcome.html", {"head": head, "form": form})


@require_http_methods(["GET", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what an invitation offers; who is not signed in makes an account with it."""
    try:
        offer = invitation_of(token)
    except NotFound:
        return _worn_out(request)
    form = NewUserForm(request.POST or None, initial={"email": offer.email})
    if request.method == "POST" and form.is_valid():
        try:
            seat = accept(token, newcomer=NewUser(**form.cleaned_data))
        except Invalid as error:
            form.add_error(error.field, sentence(error.code))
        except NotFound:
            return _worn_out(request)
        else:
            login(request, seat.user, backend=BACKEND)
            return redirect("/")
    role = ROLES[Role(offer.role)]
    head = Head(
        _("Come in to %(workspace)s") % {"workspace": offer.workspace},
        _("You are invited as %(role)s. %(may)s") % {"role": str(role[0]).lower(), "may": role[1]},
    )
    return render(request, "accounts/invitation.html", {"head": head, "form": form, "token": token})


@require_POST
def take_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take the offered seat with the account one is signed in with."""
    if not isinstance(request.user, User):
        return redirect("invitation", token)
    try:
        accept_as(request.user, token)
    except NotFound:
        return _worn_out(request)
    except Conflict as error:
        messages.error(request, sentence(str(error)))
    return redirect("/")


def _save(user: User, form: NewUserForm) -> bool:
    """Save name, address and password; False with an error in the form when one is taken."""
    typed = NewUser(**form.cleaned_data)
    try:
        edit_user(user, username=typed.username, email=typed.email)
    except Invalid as error:
        form.add_error(error.field, sentence(error.code))
        return False
    choose_password(user, typed.password)
    return True


def _worn_out(request: HttpRequest) -> HttpResponse:
    text = _(
        "It was used already, or its time is over. Ask for a new one; on the machine that Weilu"
        " runs on, the command “weilu link” makes one."
    )
    return show(request, Failure(404, _("This link no longer works"), text, "link-off"))
