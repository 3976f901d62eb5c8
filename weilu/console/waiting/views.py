"""Failed tasks: parked deliveries and failed jobs in one list; whether Weilu is alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Empty, Head
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.core.failures import (
    drop_delivery,
    drop_job,
    failed_jobs,
    parked_deliveries,
    retry_delivery,
    retry_job,
)

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that failed: what it was, the last line of why, the whole error, when next."""

    kind: str
    pk: int
    what: str
    why: str
    error: str
    attempts: int
    due_at: object


def _last_line(error: str) -> str:
    """What a person reads first: the last line of a trace."""
    lines = [line for line in error.strip().splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _failures(actor: Actor) -> list[Failure]:
    """The newest failures of both kinds."""
    parked = [
        Failure("delivery", d.pk, d.reaction, _last_line(d.error), d.error, d.attempts, d.due_at)
        for d in parked_deliveries(actor)[:SHOWN]
    ]
    jobs = [
        Failure("job", j.pk, j.name, _last_line(j.error), j.error, j.attempts, j.due_at)
        for j in failed_jobs(actor)[:SHOWN]
    ]
    return parked + jobs


@page(Right.SEE_FAILURES)
def failures(request: Request) -> HttpResponse:
    """What failed and waits; nothing of it is lost."""
    found = _failures(request.actor)
    sentence = (
        ngettext(
            "%(count)s task did not work. Nothing is lost: it is tried again by itself, or here.",
            "%(count)s tasks did not work. Nothing is lost: they are tried again by themselves,"
            " or here.",
            len(found),
        )
        % {"count": len(found)}
        if found
        else _("Everything that was to be done was done.")
    )
    context = {
        "head": Head(_("Failed tasks"), sentence),
        "failures": found,
        "empty": Empty(_("Nothing failed"), _("Should something fail, it is kept and shown here.")),
    }
    return render(request, "waiting/failures.html", context)


_ACTS: dict[tuple[str, str], Callable[[Actor, int], None]] = {
    ("delivery", "retry"): lambda actor, pk: retry_delivery(actor, delivery_id=pk),
    ("delivery", "drop"): lambda actor, pk: drop_delivery(actor, delivery_id=pk),
    ("job", "retry"): lambda actor, pk: retry_job(actor, job_id=pk),
    ("job", "drop"): lambda actor, pk: drop_job(actor, job_id=pk),
}


@require_POST
@page(Right.SEE_FAILURES)
def act(request: Request, kind: str, pk: int) -> HttpResponse:
    """Try a failure again, or let it be."""
    asked = request.POST.get("act", "")
    do = _ACTS.get((kind, asked))
    if do is None:
        raise NotFound
    do(request.actor, pk)
    said = _("It is tried again now.") if asked == "retry" else _("Let be. It stays on record.")
    messages.success(request, said)
    return redirect("failures")


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the web process answers and its database does; for supervisors, says no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return HttpResponse("ok", content_type="text/plain")
