"""What newcomers are greeted with: in all groups of a community, or in one of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.communities.blueprint.queries import voices
from weilu.communities.models import Community
from weilu.console.connections.words import fault_sentence
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.joining.forms import SOURCES as LINK_SOURCES
from weilu.console.kit.steps import launch_step
from weilu.console.parts import Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Invalid, NotFound
from weilu.groups.models import Group
from weilu.groups.queries import groups_of
from weilu.insight.launch import Item
from weilu.insight.scope import community as one_community
from weilu.service.companions import host_for
from weilu.service.greetings import (
    LABEL_CHARS,
    LEAST_GATHER_S,
    MOST_GATHER_S,
    SOURCES,
    TEXT_CHARS,
    Greetings,
    Wish,
    chosen_of,
    drop_own,
    greetings_of,
    set_greeting,
    spoken,
    usual_text,
)
from weilu.service.models import Greeting
from weilu.service.rules.arriving import INVITED
from weilu.service.templates import greeted_there, templates_of

SENTENCES["bad_gather"] = gettext_lazy("Wait between 5 seconds and an hour.")


class GreetingForm(forms.Form):
    """Words, label, and how long newcomers are waited for."""

    is_on = forms.BooleanField(label=gettext_lazy("Greet newcomers"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What the greeting says"),
        max_length=TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "{names} becomes the newcomers, {group} and {community} the names, {rules} the address"
            " of the rules, {inviter} who invited them, {companion} a member who agreed to be"
            " asked. A line whose marks are all empty is left out."
        ),
    )
    label = forms.CharField(
        label=gettext_lazy("What stands before it"),
        required=False,
        max_length=LABEL_CHARS,
        help_text=gettext_lazy("So that members know that an assistant speaks, and no member."),
    )
    gather_s = forms.IntegerField(
        label=gettext_lazy("Wait for more newcomers, in seconds"),
        min_value=LEAST_GATHER_S,
        max_value=MOST_GATHER_S,
        help_text=gettext_lazy("Who comes meanwhile is greeted in the same message."),
    )

    def wish(self) -> Wish:
        """What the form says."""
        said = self.cleaned_data
        return Wish(said["is_on"], said["text"], said["label"], said["gather_s"])


@dataclass(frozen=True, slots=True)
class Own:
    """A group, whether it is greeted in its own words, and whether it can be greeted at all.

    `is_there`: its platform greets by a template, which is the same for all.
    """

    group: Group
    has_own: bool
    is_on: bool
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A way to come: whether those who come so are greeted in words of their own."""

    key: str
    label: str
    has_own: bool
    is_on: bool


@page(Right.EDIT_GROUPS)
def welcome(request: Request, pk: int) -> HttpResponse:
    """The greeting of a community, or of the group in `?group=`, or for the way in `?source=`."""
    community = one_community(request.actor, pk)
    groups = groups_of(request.actor, pk)
    group, source = _chosen(request, groups), _asked_source(request)
    kept = greetings_of(request.actor, community)
    place = group.pk if group else None
    own = kept.get((place, source))
    now = own or chosen_of(kept, place, source) or chosen_of(kept, place) or kept.get((None, ""))
    form = GreetingForm(request.POST or None, initial=_initial(now))
    if request.method == "POST" and form.is_valid():
        try:
            set_greeting(
                request.actor, community=community, group=group, source=source, wish=form.wish()
            )
        except Invalid as error:
            form.add_error(None, sentence(str(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect(request.get_full_path())
    there = greeted_there([one.connection_id for one in groups])
    context = {
        "head": Head(
            _title(group, source),
            _sentence(kept, groups),
            reverse("community_settings", args=[pk]),
            community.name,
        ),
        "form": form,
        "group": group,
        "source": source,
        "has_own": own is not None and (group is not None or bool(source)),
        "preview": _preview(now, group or (groups[0] if groups else None), community),
        "sources": [_source(key, kept, place) for key in SOURCES],
        "groups": [_own(one, kept, there) for one in groups],
        "unsaid": _unsaid(group, groups, there) if group or source else "",
        "templates": [
            (one, fault_sentence(one.fault) if one.fault else "")
            for one in templates_of(request.actor, community)
        ],
        "community": community,
        "launch_step": launch_step(request, community, Item.GREETING),
        "voices": voices(request.actor, community),
    }
    return render(request, "communities/welcome.html", context, status=422 if form.errors else 200)


@page(Right.EDIT_GROUPS)
def like_all(request: Request, pk: int) -> HttpResponse:
    """Let a group, or those who come by a source, be greeted like all others again."""
    if request.method != "POST":
        raise NotFound
    community = one_community(request.actor, pk)
    group = _chosen(request, groups_of(request.actor, pk))
    source = _asked_source(request)
    drop_own(request.actor, community=community, group=group, source=source)
    messages.success(request, _("Greeted like all others again."))
    return redirect("community_welcome", pk)


def _chosen(request: Request, groups: list[Group]) -> Group | None:
    asked = request.GET.get("group", "")
    if not asked:
        return None
    found = next((one for one in groups if str(one.pk) == asked), None)
    if found is None:
        raise NotFound
    return found


def _asked_source(request: Request) -> str:
    asked = request.GET.get("source", "")
    if asked and asked not in SOURCES:
        raise NotFound
    return asked


def source_label(key: str) -> str:
    """A way to come, in words."""
    if key == INVITED:
        return _("invited by a member")
    return _("through a join link: %(where)s") % {"where": LINK_SOURCES[key]}


def _title(group: Group | None, source: str) -> str:
    title = _("Welcome in %(group)s") % {"group": group.name} if group else _("Welcome")
    return f"{title} · {source_label(source)}" if source else title


def _initial(now: Greeting | None) -> dict[str, object]:
    if now is None:
        return {"text": usual_text(), "label": _("[Assistant]"), "gather_s": 60}
    return {"is_on": now.is_on, "text": now.text, "label": now.label, "gather_s": now.gather_s}


def _sentence(kept: Greetings, groups: list[Group]) -> str:
    greeted = [one for one in groups if one.connection_id and _own(one, kept).is_on]
    if not greeted:
        return _("Nobody is greeted. Write a few words and switch it on.")
    words = ngettext(
        "Newcomers of %(n)s group are greeted.",
        "Newcomers of %(n)s groups are greeted.",
        len(greeted),
    )
    return words % {"n": number(len(greeted))}


def _own(group: Group, kept: Greetings, there: Collection[int] = ()) -> Own:
    has_own = any(place == group.pk for place, _source in kept)
    is_on = chosen_of(kept, group.pk) is not None
    return Own(group, has_own, is_on, group.connection_id in there)


def _unsaid(group: Group | None, groups: Sequence[Group], there: Collection[int]) -> str:
    """That words of a group or a way to come are not said where the platform greets; "" if all."""
    count = sum(1 for one in ([group] if group else groups) if one.connection_id in there)
    if not count:
        return ""
    if group is not None:
        return _("WeCom greets in this group, by its template: what stands here is not said.")
    return ngettext(
        "WeCom greets in %(n)s group, by its template: what stands here is not said there.",
        "WeCom greets in %(n)s groups, by its template: what stands here is not said there.",
        count,
    ) % {"n": number(count)}


def _source(key: str, kept: Greetings, place: int | None) -> Source:
    own = kept.get((place, key))
    return Source(key, source_label(key), own is not None, bool(own and own.is_on))


def _preview(now: Greeting | None, group: Group | None, community: Community) -> str:
    """What it would say to two newcomers."""
    if now is None or group is None:
        return ""
    group.community = community
    host = host_for(group, ())
    names = [_("Ming"), _("Lan")]
    return spoken(group, now, names, [_("Hua")], host.name if host else "")
