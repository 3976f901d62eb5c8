"""Where a community should live: a few answers, and every platform with the reasons (A-5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.chat.ports.connectors import CONNECTORS
from weilu.communities.blueprint.actions import choose_platform, save_platform_answers
from weilu.communities.blueprint.platform_facts import BY_NAME
from weilu.communities.blueprint.queries import platform_plan_of
from weilu.communities.blueprint.rules.advice import Advice, Line, Need, Openness, Wishes, advise
from weilu.communities.models import PlatformPlan
from weilu.console.blueprint.advice_words import (
    CRITERIA,
    HOWS,
    NEEDS,
    OPENNESS,
    chore_words,
    named,
)
from weilu.console.blueprint.candidates import candidates, capabilities_of
from weilu.console.connections.words import ABILITIES, limits_words, support_badge
from weilu.console.formats import day, duration, number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.kit.steps import launch_step
from weilu.console.parts import Badge, Head
from weilu.core.access import Right
from weilu.core.errors import Invalid
from weilu.groups.rules.caps import Cap
from weilu.insight.launch import Item
from weilu.insight.scope import community as one_community

MOST_PEOPLE = 1_000_000
MOST_YUAN = 1_000_000
MOST_HOURS = 168
TOP = 3
# Where customers are met: WeCom and one's own app are where the shop is, not they.
_MET = ("wechat", "qq", "weibo", "douban", "tieba", "taobao", "live", "dingtalk", "app",
        "telegram", "discord", "matrix")  # fmt: skip


class WishForm(forms.Form):
    """What is asked of a platform."""

    where = forms.MultipleChoiceField(
        label=gettext_lazy("Where are your customers already?"),
        help_text=gettext_lazy("Choose where most of them look every day; one or two are best."),
        widget=forms.CheckboxSelectMultiple,
    )
    size = forms.IntegerField(
        label=gettext_lazy("How many people do you expect in a year?"),
        min_value=1,
        max_value=MOST_PEOPLE,
    )
    must = forms.MultipleChoiceField(
        label=gettext_lazy("What must happen by itself?"),
        choices=[(need.value, word) for need, word in NEEDS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    openness = forms.ChoiceField(
        label=gettext_lazy("Private or public?"),
        choices=[(one.value, word) for one, word in OPENNESS.items()],
    )
    fee_yuan = forms.IntegerField(
        label=gettext_lazy("Money for fees, in yuan a month"), min_value=0, max_value=MOST_YUAN
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours of staff a week for handwork"),
        help_text=gettext_lazy("For sending, greeting and cleaning up; talking with people is"
                               " extra, and the same everywhere."),
        min_value=0,
        max_value=MOST_HOURS,
    )  # fmt: skip

    def __init__(self, data: Mapping[str, object] | None, initial: dict[str, object]) -> None:
        super().__init__(data, initial=initial)
        # Read at the time: the names depend on the language.
        self.fields["where"].choices = [(name, named(name)) for name in _MET]  # type: ignore[attr-defined]  # of its class


@dataclass(frozen=True, slots=True)
class Fact:
    """An ability of a platform with its date and source."""

    word: str
    badge: Badge
    condition: str
    limits: str
    as_of: str
    source: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A platform ready to be read: points, reasons, handwork, facts."""

    platform: str
    name: str
    way: str
    points: int
    summary: str
    good: str
    mind: str
    lines: tuple[tuple[str, str], ...]
    needs: tuple[tuple[str, Badge], ...]
    chores: tuple[tuple[str, str], ...]
    hours: str
    cap: str
    source: str
    facts: tuple[Fact, ...]
    is_chosen: bool
    meets: bool


@page(Right.SEE_NUMBERS)
def platform(request: Request, pk: int) -> HttpResponse:
    """Ask, rank, and choose; what was answered last is ranked again from today's facts."""
    community = one_community(request.actor, pk)
    plan = platform_plan_of(request.actor, community)
    form = WishForm(None, _first(plan))
    if request.method == "POST":
        request.actor.require(Right.PLAN)
        if "choose" in request.POST:
            return _choose(request, pk)
        form = WishForm(request.POST, _first(plan))
        if form.is_valid():
            save_platform_answers(request.actor, community=community, answers=form.cleaned_data)
            return redirect("blueprint_platform", pk)
    ranked = _ranked(request, plan) if plan and plan.answers else []
    # Where none of the customers are is no advice, however little work it is.
    first = [one for one in ranked if one.meets][:TOP] or ranked[:TOP]
    rest = [one for one in ranked if one not in first]
    context = {
        "head": Head(
            _("Where should it live?"),
            _sentence(plan, ranked),
            reverse("blueprint", args=[pk]),
            _("Blueprint"),
        ),
        "community": community,
        "launch_step": launch_step(request, community, Item.PLATFORM),
        "form": form,
        "first": first,
        "rest": rest,
        "rest_title": _("The others")
        if any(one.meets for one in rest)
        else _("Where your customers are not"),
        "chosen": named(plan.chosen) if plan and plan.chosen else "",
        "may": request.actor.may(Right.PLAN),
    }
    return render(request, "blueprint/platform.html", context, status=422 if form.errors else 200)


def _choose(request: Request, pk: int) -> HttpResponse:
    """Keep the choice; only a platform we know of."""
    chosen = request.POST.get("choose", "")
    if chosen and chosen not in BY_NAME:
        raise Invalid("bad_choice", field="choose")
    choose_platform(request.actor, community=one_community(request.actor, pk), platform=chosen)
    if chosen:
        words = _("It is to live on %(platform)s.") % {"platform": named(chosen)}
        messages.success(request, words)
    return redirect("blueprint_platform", pk)


def _first(plan: PlatformPlan | None) -> dict[str, object]:
    """The answers kept, else what most shops would say."""
    usual: dict[str, object] = {
        "where": ["wechat"],
        "size": 300,
        "must": [Need.GREET.value, Need.POST.value],
        "openness": Openness.PRIVATE.value,
        "fee_yuan": 100,
        "hours": 6,
    }
    return {**usual, **(plan.answers if plan else {})}


def _sentence(plan: PlatformPlan | None, ranked: list[Ranked]) -> str:
    if not ranked or plan is None:
        return _("Six answers, and every platform is weighed with its reasons.")
    best = ranked[0]
    if plan.chosen:
        return _("You chose %(chosen)s; %(best)s has the most points: %(points)s of 100.") % {
            "chosen": named(plan.chosen),
            "best": best.name,
            "points": best.points,
        }
    return _("%(best)s has the most points: %(points)s of 100.") % {
        "best": best.name,
        "points": best.points,
    }


def _ranked(request: Request, plan: PlatformPlan) -> list[Ranked]:
    some, caps = candidates(request.actor)
    said = plan.answers
    wishes = Wishes(
        where=frozenset(said["where"]),
        size=int(said["size"]),
        must=frozenset(said["must"]),
        openness=Openness(said["openness"]),
        fee_yuan=int(said["fee_yuan"]),
        hours=int(said["hours"]),
    )
    return [_one(advice, caps.get(advice.platform), plan.chosen) for advice in advise(wishes, some)]


def _one(advice: Advice, cap: Cap | None, chosen: str) -> Ranked:
    known = BY_NAME[advice.platform]
    connector = CONNECTORS.connectors.get(advice.connector)
    return Ranked(
        platform=advice.platform,
        name=named(advice.platform),
        way=_("with the connector %(name)s") % {"name": connector.label}
        if connector
        else _("by hand, with task cards"),
        points=advice.points,
        summary=_summary(advice),
        good=_(known.good),
        mind=_(known.mind),
        lines=tuple((str(CRITERIA[one.criterion]), _points(one)) for one in advice.lines),
        needs=tuple((str(NEEDS[n]), Badge(*HOWS[how])) for n, how in advice.needs),
        chores=tuple((chore_words(one), duration(one.minutes * 60)) for one in advice.chores),
        hours=duration(advice.minutes * 60),
        cap=_cap_words(cap, advice.groups),
        source=_source(known.source, day(known.as_of, year=True, name=False)),
        facts=tuple(_facts(advice)),
        is_chosen=advice.platform == chosen,
        meets=advice.meets,
    )


def _points(line: Line) -> str:
    if not line.most:
        return number(line.points)
    return _("%(points)s of %(most)s") % {"points": line.points, "most": line.most}


def _summary(advice: Advice) -> str:
    groups = ngettext("%(n)s group", "%(n)s groups", advice.groups)
    return _("%(groups)s, %(hours)s of handwork a week") % {
        "groups": groups % {"n": number(advice.groups)},
        "hours": duration(advice.minutes * 60),
    }


def _cap_words(cap: Cap | None, groups: int) -> str:
    if cap is None:
        return _("No limit for a group is known.")
    words = _("A group holds %(people)s people, so you need %(groups)s (%(source)s).")
    as_of = day(cap.as_of, year=True, name=False)
    source = _("your own figure") if cap.is_own else _source(cap.source, as_of)
    many = ngettext("%(n)s group", "%(n)s groups", groups) % {"n": number(groups)}
    return words % {"people": number(cap.people), "groups": many, "source": source}


def _source(source: str, as_of: str) -> str:
    """Where something is known from, and when."""
    if not source:
        return _("common knowledge, not checked with the vendor, %(day)s") % {"day": as_of}
    return _("%(source)s, %(day)s") % {"source": _(source), "day": as_of}


def _facts(advice: Advice) -> list[Fact]:
    return [
        Fact(
            str(ABILITIES[row.ability]),
            support_badge(row.support.value),
            _(row.condition) if row.condition else "",
            limits_words([(one.count, one.seconds, one.scope.value) for one in row.limits]),
            day(row.as_of, year=True, name=False),
            row.source,
        )
        for row in capabilities_of(advice.platform, advice.connector)
    ]
