"""Importing in a browser: choose files, see what they hold, answer, watch, take back (K-4)."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from weilu.chat.demo import demo_community, demo_later, is_making_demo
from weilu.chat.imports.actions import (
    answer,
    cancel_import,
    create_import,
    find_import,
    look_again,
    look_later,
    move_files,
    start_import,
    undo_import,
)
from weilu.chat.imports.look import zone_of
from weilu.chat.imports.queries import bundles_of, groups_filled, past_imports
from weilu.chat.models import Import, ImportBundle
from weilu.communities.actions import ensure_community
from weilu.communities.models import Community
from weilu.console import formats
from weilu.console.failures import failure_of, show
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.imports import preview, stages
from weilu.console.imports.uploads import FolderUpload
from weilu.console.imports.words import (
    COMMON_ZONES,
    other_zones,
    problem_sentence,
)
from weilu.console.parts import Head, Progress
from weilu.console.places import address
from weilu.console.platforms import platform_word
from weilu.console.sentences import sentence
from weilu.console.underway import notice
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid, WeiluError
from weilu.groups.queries import groups_of
from weilu.insight.scope import communities as find_communities
from weilu.insight.scope import community as find_community

GIGABYTE = 1024**3
COMMUNITY_FIELDS = ("community", "community_name")
PROBLEMS_SHOWN = 20


@page(Right.IMPORT)
def imports(request: Request) -> HttpResponse:
    """Where files are dropped, and what was brought in before."""
    rows = [(run, stages.state_word(run), stages.label(run)) for run in past_imports(request.actor)]
    words = _("Take the export you already have. Nothing is stored before you have seen it.")
    context = {
        "head": Head(_("Bring in chat history"), words),
        "rows": rows,
        "max_gb": settings.OPTIONS.upload_max_gb,
        "has_demo": demo_community(request.actor) is not None,
    }
    return render(request, "imports/list.html", context)


@csrf_exempt
@require_POST
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take files in: straight to the data folder, the token checked once they are read."""
    return _upload(request)


@page(Right.IMPORT)
def _upload(request: Request) -> HttpResponseBase:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.OPTIONS.upload_max_gb * GIGABYTE:
        raise Invalid("upload_too_large", field="files")
    handler = FolderUpload(Path(settings.MEDIA_ROOT))
    request.upload_handlers = [handler]
    try:
        # Reads the body, and so writes the files.
        return _checked_upload(request, handler)
    finally:
        # What was refused, or broke off, does not stay.
        shutil.rmtree(handler.folder, ignore_errors=True)


@csrf_protect
def _checked_upload(request: HttpRequest, handler: FolderUpload) -> HttpResponseBase:
    request.POST.get("csrfmiddlewaretoken")
    for one in request.FILES.getlist("files"):
        one.close()
    handler.arrange(request.POST.get("paths", ""))
    try:
        return redirect("import", pk=_take_in(request, handler).pk)  # type: ignore[arg-type]  # behind the guard
    except WeiluError as error:
        return show(request, failure_of(error))


def _take_in(request: Request, handler: FolderUpload) -> Import:
    """A new import of the files received, to be looked at by the worker."""
    run = create_import(request.actor, paths=handler.paths)
    move_files(request.actor, run=run, folder=Path(settings.MEDIA_ROOT) / str(run.pk))
    look_later(request.actor, run=run)
    return run


@page(Right.IMPORT)
def one_import(request: Request, pk: int) -> HttpResponse:
    """One import, as it stands: being looked at, waiting for answers, running, done, gone."""
    run = find_import(request.actor, pk)
    bundles = bundles_of(run)
    base = {"run": run, "problems": _problems(run, bundles)}
    if stages.is_working(run):
        context = {
            **base,
            "head": stages.working_head(run),
            "progress": stages.work(run, bundles),
        }
        return render(request, "imports/working.html", context)
    if run.state == Import.State.READY:
        return render(request, "imports/ready.html", {**base, **_ready(request, run, bundles)})
    filled = groups_filled(bundles)
    mine = [g for g in groups_of(request.actor) if g.pk in filled]
    context = {
        **base,
        **stages.outcome(run, bundles),
        "groups": [(g, platform_word(g.platform)) for g in mine],
        "underway": notice(request, mine) if mine else None,
        "max_gb": settings.OPTIONS.upload_max_gb,
    }
    return render(request, "imports/done.html", context)


def _problems(run: Import, bundles: list[ImportBundle]) -> list[str]:
    """What no reader takes, and why, as sentences."""
    failed = [p for b in bundles if b.state == ImportBundle.State.FAILED for p in b.problems]
    return [problem_sentence(p) for p in [*run.problems, *failed][:PROBLEMS_SHOWN]]


@page(Right.IMPORT)
def progress(request: Request, pk: int) -> HttpResponse:
    """The progress bar alone, or the way to the page once there is something to see."""
    run = find_import(request.actor, pk)
    if not stages.is_working(run) or not request.htmx:
        target = address("import", run.pk)
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    context = {"progress": stages.work(run, bundles_of(run))}
    return render(request, "console/parts/progress.html", context)


def _ready(request: Request, run: Import, bundles: list[ImportBundle]) -> dict[str, object]:
    """What the preview needs."""
    count = sum(c["messages"] for b in bundles for c in b.found.get("chats", []))
    words = ngettext(
        "%(count)s message found. Nothing is stored yet.",
        "%(count)s messages found. Nothing is stored yet.",
        count,
    ) % {"count": formats.number(count)}
    draft = request.session.get(_draft(run), {})
    return {
        "head": stages.head(_("Is this right?"), run, words),
        "cards": preview.cards(run, bundles),
        "is_single": len(bundles) == 1,
        "asks_zone": preview.asks_zone(bundles),
        "first_written": preview.first_written(run, bundles),
        "zone": zone_of(run),
        "common_zones": COMMON_ZONES,
        "other_zones": other_zones(),
        "communities": [c for c in find_communities(request.actor) if not c.is_demo],
        "chosen": draft.get("community", str(run.community_id or "")),
        "is_drafted": bool(draft),
        "groups": [g for g in groups_of(request.actor) if not g.community.is_demo],
        "suggested": draft.get("community_name") or preview.suggested_name(bundles),
    }


@require_POST
@page(Right.IMPORT)
def start(request: Request, pk: int) -> HttpResponse:
    """Keep the answers and read the files in; look once more where an answer changes what is read.

    What cannot be accepted is said on the page; what else was answered stays.
    """
    run = find_import(request.actor, pk)
    bundles = bundles_of(run)
    allowed = {g.pk for g in groups_of(request.actor)}
    said = preview.read_answers(bundles, request.POST, allowed)
    try:
        zone = request.POST.get("zone") or zone_of(run)
        again = preview.must_look_again(bundles, said)
        answer(request.actor, run=run, zone=zone, bundles=said)
        if again:
            # What was written of the community is read once the files were looked at again.
            request.session[_draft(run)] = {n: request.POST.get(n, "") for n in COMMUNITY_FIELDS}
            look_again(request.actor, run=run)
        else:
            start_import(request.actor, run=run, community=_community(request, zone))
            request.session.pop(_draft(run), None)
    except (Invalid, Conflict) as error:
        messages.error(request, sentence(str(error)))
    return redirect("import", pk=pk)


def _draft(run: Import) -> str:
    """Where the session keeps what was said of an import's community."""
    return f"import_{run.pk}"


def _community(request: Request, zone: str) -> Community:
    """The community chosen, or a new one of the name given, on the files' clock."""
    chosen = row_number(request.POST.get("community", ""))
    if chosen is not None:
        return find_community(request.actor, chosen)
    return ensure_community(
        request.actor, name=request.POST.get("community_name", ""), time_zone=zone
    )


@require_POST
@page(Right.IMPORT)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Stop an import; what it stored goes again."""
    cancel_import(request.actor, run=find_import(request.actor, pk))
    return redirect("import", pk=pk)


@require_POST
@page(Right.IMPORT)
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a finished import back."""
    undo_import(request.actor, run=find_import(request.actor, pk))
    return redirect("import", pk=pk)


@require_POST
@page(Right.IMPORT)
def demo(request: Request) -> HttpResponse:
    """Have the demo community made, and show how it gets on."""
    demo_later(request.actor)
    return redirect("demo_progress")


@page(Right.IMPORT)
def demo_progress(request: Request) -> HttpResponse:
    """Wait for the demo community; then go there."""
    found = demo_community(request.actor)
    if found is not None or not is_making_demo(request.actor):
        url = address("community", found.pk) if found else address("imports")
        target = url or address("today")
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    text = _("Six hundred people drink tea and talk for a year. This takes a minute.")
    waiting = Progress(_("Making the demo community"), 0, 0, address("demo_progress"), text)
    if request.htmx:
        return render(request, "console/parts/progress.html", {"progress": waiting})
    head = Head(_("Demo community"), _("All people and events in it are invented."))
    return render(request, "imports/working.html", {"head": head, "progress": waiting})
