"""What an operator decides about members: what they are, and who is one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console.guard import page
from weilu.console.http import Request, is_here, row_number, row_numbers, way_back
from weilu.console.sentences import SENTENCES
from weilu.core.access import Right
from weilu.core.errors import Invalid, NotFound
from weilu.members import actions
from weilu.members.models import Member

SENTENCES.update(
    {
        "already_merged": gettext_lazy("These two are one already, or one of them was merged."),
        "already_undone": gettext_lazy("These two were parted already."),
        "unknown_member": gettext_lazy("Choose who it is."),
    }
)


class _Mark(TypedDict, total=False):
    nature: Member.Nature
    is_staff: bool


MARKS: Mapping[str, _Mark] = {
    "staff": {"is_staff": True},
    "not_staff": {"is_staff": False},
    "bot": {"nature": Member.Nature.BOT},
    "person": {"nature": Member.Nature.PERSON},
    "bridge": {"nature": Member.Nature.RELAY},
}


@require_POST
@page(Right.EDIT_MEMBERS)
def mark_many(request: Request, what: str) -> HttpResponse:
    """Say of the members picked that they are staff, not staff, a bot, people, or a bridge."""
    if what not in MARKS:
        raise NotFound
    picked = row_numbers(request.POST.getlist("pick"))
    changed = actions.mark(request.actor, member_ids=picked, **MARKS[what])
    said = ngettext("%(n)s member marked.", "%(n)s members marked.", changed) % {"n": changed}
    messages.success(request, said)
    return _back(request)


@require_POST
@page(Right.EDIT_MEMBERS)
def merge(request: Request) -> HttpResponse:
    """Make two members one."""
    kept, absorbed = (_number(request, name) for name in ("kept", "absorbed"))
    actions.merge(request.actor, kept_id=kept, absorbed_id=absorbed)
    messages.success(request, _("Now one person. You can part them again at any time."))
    return redirect("member", kept) if request.POST.get("next") == "kept" else _back(request)


@require_POST
@page(Right.EDIT_MEMBERS)
def part(request: Request, pk: int) -> HttpResponse:
    """Undo a merge."""
    actions.unmerge(request.actor, merge_id=pk)
    messages.success(request, _("Parted again: they are two members."))
    return _back(request)


@require_POST
@page(Right.EDIT_MEMBERS)
def apart(request: Request, pk: int) -> HttpResponse:
    """Say that a suggested pair are two people."""
    actions.reject_suggestion(request.actor, suggestion_id=pk)
    messages.success(request, _("Kept as two. Weilu will not ask again."))
    return _back(request)


def _number(request: Request, name: str) -> int:
    found = row_number(request.POST.get(name, ""))
    if found is None:
        raise Invalid("unknown_member", field=name)
    return found


def _back(request: Request) -> HttpResponse:
    """To the page the button stood on."""
    wanted = way_back(request, request.headers.get("Referer", ""))
    return redirect(wanted if is_here(request, wanted) else "members")
