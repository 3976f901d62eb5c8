"""Names of a community and its groups, its clock, its quiet hours, how much may be promotion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
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

from weilu.chat.live.queue import ask_again
from weilu.communities.actions import (
    NAME_CHARS,
    rename_community,
    set_product_words,
    set_quiet_hours,
    set_zone,
)
from weilu.communities.models import Community
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.parts import Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.content.actions import set_policy
from weilu.content.promotion import NAME as PROMOTION
from weilu.content.queries import policy_of
from weilu.content.rules import MOST_DAYS, Policy
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid
from weilu.groups.actions import move_group, rename_group
from weilu.groups.queries import group, groups_of
from weilu.insight.scope import communities, community

SENTENCES.update(
    {
        "community_name_missing": gettext_lazy("A community needs a name."),
        "community_name_taken": gettext_lazy("Another community has this name already."),
        "promotion_percents": gettext_lazy("The warning comes before the limit, or at it."),
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

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet hours from"),
        help_text=gettext_lazy(
            "What can wait is not sent between these two, by the community's clock. The same time"
            " twice: no quiet hours."
        ),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet hours until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    warn_percent = forms.IntegerField(
        label=gettext_lazy("Warn when promotion is above, in percent"),
        help_text=gettext_lazy("3 to 5 percent of what members see is a good measure."),
        min_value=1,
        max_value=100,
        required=False,
    )
    hold_percent = forms.IntegerField(
        label=gettext_lazy("Hold promotion above, in percent"),
        help_text=gettext_lazy("What would go above it waits for an owner."),
        min_value=1,
        max_value=100,
        required=False,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Counted over so many days"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
    )


_POLICY = ("warn_percent", "hold_percent", "days")


def _form(request: Request, found: Community) -> CommunityForm:
    """The form; how much may be promotion is only asked of whoever may overrule the guard."""
    policy = policy_of(request.actor, found)
    initial = {
        "name": found.name,
        "time_zone": found.time_zone,
        "product_words": found.product_words,
        "quiet_from": found.quiet_from,
        "quiet_until": found.quiet_until,
        "warn_percent": policy.warn_percent,
        "hold_percent": policy.hold_percent,
        "days": policy.days,
    }
    form = CommunityForm(request.POST or None, initial=initial)
    if not request.actor.may(Right.OVERRIDE):
        for name in _POLICY:
            del form.fields[name]
    return form


@page(Right.EDIT_GROUPS)
def settings(request: Request, pk: int) -> HttpResponse:
    """Rename the community; its groups are listed below, each with its name to change."""
    found = community(request.actor, pk)
    form = _form(request, found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            moved = _save(request, found, form)
        except (Conflict, Invalid) as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else "name", sentence(str(error)))
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
        "others": [one for one in communities(request.actor) if one.pk != pk],
    }
    return render(request, "communities/settings.html", context, status=status)


def _save(request: Request, found: Community, form: CommunityForm) -> bool:
    """Keep what the form says; whether the clock changed."""
    said = form.cleaned_data
    with transaction.atomic():
        rename_community(request.actor, community=found, name=said["name"])
        if "product_words" in request.POST:
            set_product_words(request.actor, community=found, words=said["product_words"])
        _save_limits(request.actor, found, said)
        zone = said["time_zone"]
        return bool(zone) and set_zone(request.actor, community=found, time_zone=zone)


def _save_limits(actor: Actor, found: Community, said: Mapping[str, object]) -> None:
    """Keep quiet hours and promotion limits, if given; asks anew about what they had stopped."""
    start, end = said.get("quiet_from"), said.get("quiet_until")
    if isinstance(start, time) and isinstance(end, time):
        changed = set_quiet_hours(actor, community=found, start=start, end=end)
        if changed:
            ask_again(actor, community_id=found.pk, guard="quiet_hours")
    numbers = [value for name in _POLICY if isinstance(value := said.get(name), int)]
    policy = policy_of(actor, found)
    if len(numbers) == len(_POLICY) and (wanted := Policy(*numbers)) != policy:
        set_policy(actor, community=found, policy=wanted)
        ask_again(actor, community_id=found.pk, guard=PROMOTION)


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


@require_POST
@page(Right.EDIT_GROUPS)
def move(request: Request, pk: int) -> HttpResponse:
    """Let a group belong to another community."""
    found = group(request.actor, pk)
    target = community(request.actor, row_number(request.POST.get("community", "")) or 0)
    try:
        moved = move_group(request.actor, group=found, community=target)
    except Conflict as error:
        messages.warning(request, sentence(str(error)))
        return redirect("community_settings", found.community_id)
    if moved:
        messages.success(
            request,
            _("%(group)s belongs to %(community)s now. Both are counted anew; that takes a while.")
            % {"group": found.name, "community": target.name},
        )
    return redirect("community_settings", target.pk)
