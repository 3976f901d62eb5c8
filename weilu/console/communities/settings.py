"""Names of a community and its groups."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from weilu.communities.actions import NAME_CHARS, rename_community
from weilu.communities.models import Community
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid
from weilu.groups.actions import rename_group
from weilu.groups.queries import group, groups_of
from weilu.insight.scope import community

SENTENCES.update(
    {
        "community_name_missing": gettext_lazy("A community needs a name."),
        "community_name_taken": gettext_lazy("Another community has this name already."),
        "group_name_missing": gettext_lazy("A group needs a name."),
        "group_name_taken": gettext_lazy("Another group of this community has this name already."),
    }
)


class CommunityForm(forms.Form):
    """The name; the zone stays, because every stored day was counted by it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_CHARS)


def _form(data: object, found: Community) -> CommunityForm:
    initial = {"name": found.name}
    return CommunityForm(data or None, initial=initial)  # type: ignore[arg-type]  # a QueryDict


@page(Right.EDIT_GROUPS)
def settings(request: Request, pk: int) -> HttpResponse:
    """Rename the community; its groups are listed below, each with its name to change."""
    found = community(request.actor, pk)
    form = _form(request.POST, found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            rename_community(request.actor, community=found, name=form.cleaned_data["name"])
        except (Conflict, Invalid) as error:
            form.add_error("name", sentence(str(error)))
            status = 422
        else:
            messages.success(request, _("Saved."))
            return redirect("community", pk)
    context = {
        "head": Head(_("Names"), "", reverse("community", args=[pk]), found.name),
        "form": form,
        "community": found,
        "groups": groups_of(request.actor, pk),
    }
    return render(request, "communities/settings.html", context, status=status)


@require_POST
@page(Right.EDIT_GROUPS)
def rename(request: Request, pk: int) -> HttpResponse:
    """Give a group another name."""
    found = group(request.actor, pk)
    try:
        rename_group(request.actor, group=found, name=request.POST.get("name", ""))
    except (Conflict, Invalid) as error:
        messages.warning(request, sentence(str(error)))
    else:
        messages.success(request, _("Saved."))
    return redirect("community_settings", found.community_id)
