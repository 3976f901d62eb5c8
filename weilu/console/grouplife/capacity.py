"""Room and service of a community: its groups, when they are full, what platforms allow (B-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from weilu.console.cells import Kind
from weilu.console.communities.asked import view_of
from weilu.console.formats import day_of_late, duration, number, percent
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.lists import list_page
from weilu.console.parts import Badge, Empty, Head, Tone
from weilu.console.platforms import platform_name
from weilu.console.sentences import SENTENCES, sentence
from weilu.console.tables import Column, Spec, in_memory
from weilu.core.access import Right
from weilu.core.clock import today
from weilu.core.errors import Invalid
from weilu.groups.caps import caps_of, set_cap, set_most_people
from weilu.groups.models import Group
from weilu.groups.queries import groups_of
from weilu.groups.rules.caps import Cap
from weilu.insight.pages.capacity import Capacity, Container, Load, capacity
from weilu.insight.rules.capacity import Strain
from weilu.insight.scope import community as one_community

# Advice for a later day than this would be forgotten, and wrong, until it comes.
AHEAD_DAYS = 182
SENTENCES["bad_cap"] = gettext_lazy("A group holds at least one person and at most ten million.")
# What `groups.rules.caps` says of its sources, for the catalogue.
_SOURCES = (
    gettext_noop("common knowledge, not checked with the vendor"),
    gettext_noop("secondary pages; above 200 only by invitation"),
)
STRAINS = {
    Strain.MANY_EACH: gettext_lazy("more than 200 members for each of staff"),
    Strain.UNANSWERED: gettext_lazy("fewer than seven in ten questions answered"),
    Strain.SLOW: gettext_lazy("answers take more than four hours"),
}


@page(Right.SEE_NUMBERS)
def room(request: Request, pk: int) -> HttpResponseBase:
    """How much room there is, until when, and whether service carries the size."""
    view = view_of(request, pk)
    found = capacity(request.actor, view.place)
    spec = _spec()
    context = {
        "head": Head(
            _("Room and service"),
            _sentence(found),
            reverse("community", args=[pk]),
            view.place.community.name,
        ),
        "advice": _advice(found),
        "facts": _facts(found),
        "is_estimated": found.is_estimated,
        "may": request.actor.may(Right.EDIT_GROUPS),
        "community": view.place.community,
    }
    source = in_memory(spec, found.groups)
    return list_page(
        request, "grouplife/capacity.html", spec, source, context, total=len(found.groups)
    )


def _sentence(found: Capacity) -> str:
    """Room, pace and when it is used up."""
    rooms = [one.room for one in found.groups if one.room is not None]
    if not rooms:
        return _("How many its groups may hold, or how many are there, is not known yet.")
    words = ngettext("Room for %(n)s more person.", "Room for %(n)s more people.", sum(rooms))
    first = words % {"n": number(sum(rooms))}
    one = found.forecast
    if one is None:
        return _without_pace(found) % {"room": first}
    pace = _(
        "Over the last %(weeks)s weeks the groups grew by %(middle)s a week (%(low)s to %(high)s)."
    ) % {
        "weeks": one.pace.weeks,
        "middle": number(one.pace.middle),
        "low": number(one.pace.low),
        "high": number(one.pace.high),
    }
    return _("%(room)s %(pace)s %(full)s") % {"room": first, "pace": pace, "full": _full(found)}


def _without_pace(found: Capacity) -> str:
    if found.is_past:
        return _("%(room)s The records end too long ago to say how fast it fills.")
    if found.is_estimated:
        return _(
            "%(room)s Nobody tells who joins here: it takes seven weeks to say how fast it fills."
        )
    return _("%(room)s It takes three whole weeks to say how fast it fills.")


def _full(found: Capacity) -> str:
    one = found.forecast
    if one is None or one.soonest_days is None:
        return _("At this pace it lasts for more than two years.")
    if one.room == 0:
        return _("All groups are full.")
    usual, latest = (_date(one.days), _date(one.latest_days))
    if usual is None:
        return _("Full at the earliest on %(soonest)s.") % {"soonest": _date(one.soonest_days)}
    return _("Full about %(usual)s, at the earliest %(soonest)s, at the latest %(latest)s.") % {
        "usual": usual,
        "soonest": _date(one.soonest_days),
        "latest": latest or _("in more than two years"),
    }


def _date(days: int | None) -> str | None:
    if days is None:
        return None
    return day_of_late(today() + timedelta(days=days), today=today())


def _advice(found: Capacity) -> list[Badge]:
    """What to do: open the next group, and whether service carries what is there."""
    advice = []
    one = found.forecast
    if one is not None and one.open_in_days is not None and one.open_in_days <= AHEAD_DAYS:
        words = (
            _("Open the next group now.")
            if one.open_in_days == 0
            else _("Open the next group by %(day)s.") % {"day": _date(one.open_in_days)}
        )
        advice.append(Badge(words, Tone.WATCH if one.open_in_days <= 14 else Tone.CALM))
    if found.load.strains:
        why = _(", ").join(str(STRAINS[strain]) for strain in found.load.strains)
        words = _("Service is at its limit: %(why)s. Add a helper before you invite more.")
        advice.append(Badge(words % {"why": why}, Tone.BAD))
    elif found.load.per_staff is not None:
        advice.append(Badge(_("Service keeps up with today's size."), Tone.GOOD))
    return advice


def _facts(found: Capacity) -> list[tuple[str, str]]:
    one = found.load
    return [
        (_("People there"), number(one.present)),
        (_("Staff who spoke in four weeks"), number(one.staff)),
        (_("Members for each of staff"), number(one.per_staff)),
        (_("Questions a day"), number(one.questions_per_day, digits=1)),
        (_("Answered"), percent(one.answered_share)),
        (_("Typical first answer"), duration(one.median_s)),
    ]


def _spec() -> Spec[Container]:
    return Spec(
        name="capacity",
        columns=[
            Column(
                "name",
                _("Group"),
                value=lambda r: r.group.name,
                link=lambda r: reverse("group_life", args=[r.group.pk]),
                under=lambda r: platform_name(r.group.platform),
            ),
            Column(
                "platform",
                _("Platform"),
                value=lambda r: platform_name(r.group.platform),
                on_page=False,
            ),
            Column(
                "present",
                _("People there"),
                Kind.NUMBER,
                value=lambda r: r.load.present,
                fact=True,
            ),
            Column(
                "cap",
                _("May hold"),
                Kind.NUMBER,
                value=lambda r: r.cap.people if r.cap else None,
                fact=True,
                help=_("What the platform allows, or the group's own limit."),
            ),
            Column("room", _("Room"), Kind.NUMBER, fact=True),
            Column(
                "weekly",
                _("8 weeks"),
                Kind.SPARK,
                sort=False,
                help=_("Came minus left, week by week, the newest on the right."),
            ),
            Column(
                "per_staff",
                _("For each of staff"),
                Kind.NUMBER,
                value=lambda r: None if r.load.per_staff is None else round(r.load.per_staff),
                help=_("People there for each of staff who spoke here in four weeks."),
            ),
            Column(
                "asked",
                _("Questions a day"),
                Kind.NUMBER,
                value=lambda r: round(r.load.questions_per_day, 1),
            ),
            Column("answered", _("Answered"), Kind.SHARE, value=lambda r: r.load.answered_share),
            Column("wait", _("First answer"), Kind.SPAN, value=lambda r: r.load.median_s),
            Column("carries", _("Service"), Kind.BADGE, value=lambda r: _carries(r.load)),
        ],
        key=lambda r: r.group.pk,
        sort="room",
        empty=Empty(_("No groups yet"), _("Connect or add a group, and its room is counted here.")),
    )


def _carries(load: Load) -> Badge | None:
    if load.strains:
        return Badge(STRAINS[load.strains[0]], Tone.BAD, len(load.strains))
    return Badge(_("keeps up"), Tone.GOOD, 0) if load.per_staff is not None else None


class CapForm(forms.Form):
    """How many a platform allows from a day on, or how many one group may hold."""

    what = forms.ChoiceField(label=gettext_lazy("Platform or group"))
    people = forms.IntegerField(
        label=gettext_lazy("At most so many people"), min_value=1, max_value=10_000_000
    )
    as_of = forms.DateField(
        label=gettext_lazy("Since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.CharField(
        label=gettext_lazy("Where you know it from"), required=False, max_length=300
    )

    def __init__(self, data: object, *, groups: Sequence[Group]) -> None:
        super().__init__(data, initial={"as_of": today()})  # type: ignore[arg-type]  # as forms.Form takes them
        platforms = sorted({one.platform for one in groups})
        choices = [(f"platform {one}", platform_name(one)) for one in platforms]
        choices += [
            (f"group {one.pk}", _("only %(group)s") % {"group": one.name}) for one in groups
        ]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


@page(Right.EDIT_GROUPS)
def caps(request: Request, pk: int) -> HttpResponse:
    """What the platforms of a community allow, with date and source; correct it."""
    one_community(request.actor, pk)
    groups = groups_of(request.actor, pk)
    form = CapForm(request.POST or None, groups=groups)
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, form, groups)
        except Invalid as error:
            form.add_error("people", sentence(str(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("community_caps", pk)
    context = {
        "head": Head(
            _("How many a group may hold"),
            _("Platforms change it and sources differ: your own row goes first."),
            reverse("community_capacity", args=[pk]),
            _("Room and service"),
        ),
        "form": form,
        "rows": _rows(groups),
    }
    return render(request, "grouplife/caps.html", context, status=422 if form.errors else 200)


def _keep(request: Request, form: CapForm, groups: Sequence[Group]) -> None:
    said = form.cleaned_data
    kind, _space, which = said["what"].partition(" ")
    if kind == "platform":
        set_cap(
            request.actor,
            platform=which,
            people=said["people"],
            as_of=said["as_of"],
            source=said["source"],
        )
        return
    group = next(one for one in groups if str(one.pk) == which)
    set_most_people(request.actor, group=group, people=said["people"])


def _rows(groups: Sequence[Group]) -> list[tuple[str, Cap | None, str]]:
    """Groups with their cap and where it is from."""
    found = caps_of(groups)
    return [(one.name, found.get(one.pk), platform_name(one.platform)) for one in groups]
