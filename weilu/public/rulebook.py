"""A community's rules for its members: read them, say so, report what disturbs."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from weilu.communities.models import Community
from weilu.communities.rulebook import current, note_reading, rules_in
from weilu.core.errors import Invalid, NotFound, WeiluError
from weilu.moderation.models import Policy
from weilu.moderation.reports import report_on_page
from weilu.moderation.rules.ladder import Rung, Step, parse
from weilu.moderation.speaking import time_words
from weilu.public.door import community_of, public, sentence, source_of


@public
@require_safe
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """The rules in force and what follows when they are broken."""
    return _page(request, community_of(code))


@public
@require_POST
def read(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody says that they have read them."""
    community = community_of(code)
    version = request.POST.get("version", "")
    try:
        number = int(version) if version.isdecimal() and len(version) < 9 else 0
        note_reading(community, version=number, name=request.POST.get("name", ""))
    except Invalid as error:
        typed = {"problem": sentence(error), "name": request.POST.get("name", "")}
        return _page(request, community, status=422, **typed)
    return redirect(f"{request.path.removesuffix('read')}?read=1#read")


@public
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Report what disturbs, in words."""
    community = community_of(code)
    context: dict[str, object] = {
        "community": community,
        "done": "done" in request.GET,
        "has_rules": current(community) is not None,
    }
    if request.method != "POST":
        return render(request, "public/report.html", context)
    words, name = request.POST.get("words", ""), request.POST.get("name", "")
    if request.POST.get("website"):  # a field people do not see: whoever fills it in is a machine
        return redirect(f"{request.path}?done=1")
    try:
        report_on_page(community, words=words, name=name, source=source_of(request))
    except WeiluError as error:
        context |= {"problem": sentence(error), "words": words, "name": name}
        return render(request, "public/report.html", context, status=422)
    return redirect(f"{request.path}?done=1")


def _page(
    request: HttpRequest, community: Community, status: int = 200, **more: str
) -> HttpResponse:
    row = current(community)
    if row is None:
        raise NotFound
    policy = Policy.objects.filter(community=community, is_on=True).first()
    context = {
        "community": community,
        "row": row,
        "since": row.at.astimezone(ZoneInfo(community.time_zone)).date(),
        "rules": [(one, own_steps(policy, one.kind)) for one in rules_in(row)],
        "steps": steps_of(policy) if policy else [],
        "window": policy.window_days if policy else 0,
        "report_word": policy.report_word if policy else "",
        "has_read": "read" in request.GET,
        **more,
    }
    return render(request, "public/rules.html", context, status=status)


def steps_of(policy: Policy) -> list[str]:
    """What follows, the first time and each time after, as members are told."""
    return [step_words(rung) for rung in parse(policy.ladder)]


def own_steps(policy: Policy | None, kind: str) -> list[str]:
    """What follows from breaking one rule, where it has steps of its own."""
    terms = policy.terms(kind) if policy and kind else None
    return [step_words(rung) for rung in terms.ladder] if terms and terms.pool else []


def step_words(rung: Rung) -> str:
    """One consequence in words."""
    if rung.step == Step.MUTE:
        return _("You cannot write for %(time)s.") % {"time": time_words(rung.minutes)}
    if rung.step == Step.BAN and rung.minutes:
        return _("You are kept out of our groups for %(time)s.") % {
            "time": time_words(rung.minutes)
        }
    return {
        Step.REMIND: _("You are reminded of the rules."),
        Step.WARN: _("You are warned."),
        Step.PACKET: _("A red packet for everyone, or you leave."),
        Step.REMOVE: _("You are put out of the group."),
        Step.BAN: _("You are kept out of all our groups."),
    }[rung.step]
