"""The page behind a join link: the right group's code, in the visitor's language, on a phone."""

from __future__ import annotations

import re

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from weilu.core.errors import NotFound
from weilu.core.pictures import picture_path
from weilu.groups.joining.visiting import answers_of, link_of_code, visit
from weilu.groups.models import JoinLink, JoinTarget
from weilu.public.door import public, source_of

# Programs that fetch an address to show a preview, or for themselves: they join nothing.
_MACHINES = re.compile(
    r"bot\b|spider|crawl|preview|facebookexternalhit|whatsapp/|curl/|wget/|python-|okhttp|httpx"
    r"|headless|go-http-client|java/",
    re.IGNORECASE,
)


@public
@require_safe
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Lead a visitor to a group with room; ask the link's question first where it has one."""
    link = link_of_code(code)
    answers = answers_of(list(link.targets.all()))
    said = request.GET.get("a", "")
    if said not in answers:
        said = ""
    if link.question and answers and not said:
        context = {"link": link, "community": link.community, "answers": answers}
        return render(request, "public/join_ask.html", context)
    agent = request.headers.get("User-Agent", "")
    is_bot = not agent or _MACHINES.search(agent) is not None
    led = visit(link, visitor=source_of(request), answer=said, is_bot=is_bot)
    context = {
        "link": link, "community": link.community, "target": led.target, "says": led.says,
    }  # fmt: skip
    answer = render(request, "public/join.html", context)
    # Where it leads changes from one minute to the next.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@public
@require_safe
def picture(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """The group's own code, as uploaded."""
    target = _target(link_of_code(code), pk)
    answer = FileResponse(picture_path(target.picture).open("rb"), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


def _target(link: JoinLink, pk: int) -> JoinTarget:
    found = link.targets.filter(pk=pk, is_on=True).first()
    if found is None:
        raise NotFound
    return found
