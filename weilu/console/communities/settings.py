"""Names of a community and its groups."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from weilu.communities.actions import (
    NAME_CHARS,
    rename_community,
    set_product_words,
    set_zone,
)
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
    """Name, clock, and what the product is called."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_CHARS)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=[(zone, zone) for zone in sorted(available_timezones())],
        help_text=gettext_lazy("Another one has every number counted anew; that takes a while."),
        required=False,
    )
    product_words = forms.CharField(
        label=gettext_lazy("What your product is called, one word on each line"),
        help_text=gettext_lazy("Shows whether members speak of it at all."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _form(data: object, found: Community) -> CommunityForm:
    initial = {
        "name": found.name,
        "time_zone": found.time_zone,
        "product_words": found.product_words,
    }
    return CommunityForm(data or None, initial=initial)  # type: ignore[arg-type]  # a QueryDict


@page(Right.EDIT_GROUPS)
def settings(request: Request, pk: int) -> HttpResponse:
    """Rename the community; its groups are listed below, each with its name to change."""
    found = community(request.actor, pk)
    form = _form(request.POST, found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            moved = _save(request, found, form)
        except (Conflict, Invalid) as error:
            form.add_error("name", sentence(str(error)))
            status = 422
        else:
            said = _("Saved. Every number is being counted anew.") if moved else _("Saved.")
            messages.success(request, said)
            return redirect("community", pk)
    context = {
        "head": Head(_("Settings"), "", reverse("community", args=[pk]), found.name),
        "form": form,
        "community": found,
        "groups": groups_of(request.actor, pk),
    }
    return render(request, "communities/settings.html", context, status=status)


def _save(request: Request, found: Community, form: CommunityForm) -> bool:
    """Keep what the form says; whether the clock changed."""
    said = form.cleaned_data
    with transaction.atomic():
        rename_community(request.actor, community=found, name=said["name"])
        if "product_words" in request.POST:
            set_product_words(request.actor, community=found, words=said["product_words"])
        zone = said["time_zone"]
        return bool(zone) and set_zone(request.actor, community=found, time_zone=zone)


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
