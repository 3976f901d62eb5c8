"""The page behind a join link: the right group's code, in the visitor's language, on a phone."""

from __future__ import annotations

import re

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from weilu.core.errors import NotFound
from weilu.core.pictures import picture_path
from weilu.groups.joining.visiting import Coming, door_of, lead, link_of_code
from weilu.groups.models import JoinLink, JoinTarget
from weilu.public.door import public, source_of

# Programs that fetch an address to show a preview, or for themselves: they join nothing.
_MACHINES = (
    "spider", "crawl", "preview", "facebookexternalhit", "whatsapp/", "curl/", "wget/", "python-",
    "okhttp", "httpx", "headless", "go-http-client", "java/",
)  # fmt: skip
_BOT = re.compile(r"bot\b")


# What the quick way to a page and the view tell each other, in the server's words of a request.
LED, NOTE = "weilu.led", "weilu.note"


def is_machine(agent: str) -> bool:
    """Whether this calls itself a program, or does not say what it is."""
    low = agent.lower()
    for word in _MACHINES:  # twice as fast as `any`, and asked of every visit
        if word in low:
            return True
    return not low or ("bot" in low and _BOT.search(low) is not None)


@public
@require_safe
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Lead a visitor to a group with room; ask the link's question first where it has one."""
    door = door_of(link_of_code(code))
    link, said = door.link, request.GET.get("a", "")
    if said not in door.answers:
        said = ""
    if link.question and door.answers and not said:
        context = {
            "link": link, "community": link.community, "answers": door.answers,
            "has_rules": door.has_rules,
        }  # fmt: skip
        return render(request, "public/join_ask.html", context)
    led = request.META.get(LED)
    if led is None:
        is_bot = is_machine(request.headers.get("User-Agent", ""))
        (led,) = lead([Coming(door, source_of(request), said, is_bot)])
    if NOTE in request.META:
        request.META[NOTE].append((door, led))
    context = {
        "link": link, "community": link.community, "target": led.target, "says": led.says,
        "nothing": led.nothing, "has_rules": door.has_rules,
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
