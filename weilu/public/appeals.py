"""Ask for a second look at what followed from a message."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from weilu.communities.rulebook import current
from weilu.core.codes import number_in
from weilu.core.errors import Invalid
from weilu.moderation.appeals import appeal_of, make_appeal, may_appeal, violation_for_appeal
from weilu.moderation.models import Violation
from weilu.moderation.rules.ladder import Rung, Step
from weilu.moderation.speaking import APPEAL
from weilu.public.door import public, sentence
from weilu.public.rulebook import step_words


@public
def appeal(request: HttpRequest, code: str) -> HttpResponse:
    """What followed, the form to ask again, or what came of it."""
    violation = violation_for_appeal(number_in(APPEAL, code))
    if request.method != "POST":
        return _page(request, violation)
    words = request.POST.get("words", "")
    try:
        make_appeal(violation, words=words)
    except Invalid as error:
        return _page(request, violation, problem=sentence(error), words=words, status=422)
    return redirect("appeal", code)


def _page(
    request: HttpRequest, violation: Violation, status: int = 200, **more: object
) -> HttpResponse:
    context = {
        "community": violation.community,
        "violation": violation,
        "zone": violation.community.time_zone,
        "step": step_words(Rung(Step(violation.step), violation.minutes)),
        "appeal": appeal_of(violation),
        "may": may_appeal(violation),
        "has_rules": current(violation.community) is not None,
        **more,
    }
    return render(request, "public/appeal.html", context, status=status)
