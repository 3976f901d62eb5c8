"""Trouble that is rising: what it stands on, who takes it on, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from weilu.console.formats import moment_of_late, number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.messages.text import marked
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.insight.alerts import (
    Evidence,
    alert,
    close,
    closed_alerts,
    evidence,
    open_alerts,
    take_on,
)
from weilu.insight.models import Alert, Sign


def title_of(one: Alert) -> str:
    """What rises where, in a sentence."""
    words = {
        Sign.Kind.COMPLAINT: ngettext(
            "%(n)s person complains in %(group)s", "%(n)s people complain in %(group)s", one.people
        ),
        Sign.Kind.ABUSE: ngettext(
            "%(n)s person insults others in %(group)s",
            "%(n)s people insult others in %(group)s",
            one.people,
        ),
        Sign.Kind.LEAVE: ngettext(
            "%(n)s person has left %(group)s", "%(n)s people have left %(group)s", one.people
        ),
    }[Sign.Kind(one.kind)]
    return words % {"n": number(one.people), "group": one.group.name}


def reason_of(one: Alert) -> str:
    """Against what is usual there."""
    words = ngettext(
        "%(signs)s sign within two hours; usual there are %(usual)s.",
        "%(signs)s signs within two hours; usual there are %(usual)s.",
        one.signs,
    )
    return words % {"signs": number(one.signs), "usual": f"{one.usual:.1f}"}


@page(Right.SEE_MEMBERS)
def alerts(request: Request) -> HttpResponse:
    """Alerts that are open, then those that are over."""
    found = open_alerts(request.actor).select_related("group__community", "owner")
    rows = list(found.order_by("-last_ms")[:100])
    words = ngettext("%(n)s thing is rising.", "%(n)s things are rising.", len(rows))
    calm = _("Nothing is rising above what your groups are used to.")
    context = {
        "head": Head(_("Alerts"), words % {"n": number(len(rows))} if rows else calm),
        "rows": [(one, title_of(one), reason_of(one)) for one in rows],
        "over": [(one, title_of(one)) for one in closed_alerts(request.actor)],
        "empty": Empty(
            _("All calm"),
            _("Complaints, insults and leaving are watched in connected groups, minute by minute."),
            "heart-handshake",
        ),
    }
    return render(request, "findings/alerts.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """A sign ready to draw."""

    pk: int
    member_id: int
    name: str
    when: str
    body: SafeString


@page(Right.SEE_MEMBERS)
def one_alert(request: Request, pk: int) -> HttpResponse:
    """One alert with the messages it stands on."""
    found = alert(request.actor, pk)
    context = {
        "head": Head(title_of(found), reason_of(found), address("alerts"), _("Alerts")),
        "one": found,
        "zone": found.group.community.time_zone,
        "lines": _lines(found, evidence(request.actor, found)),
        "may": request.actor.may(Right.HANDLE_FINDINGS) and found.closed_at is None,
        "is_mine": found.owner_id is not None and found.owner_id == request.actor.user_id,
    }
    return render(request, "findings/alert.html", context)


def _lines(one: Alert, held: Evidence) -> list[Line]:
    zone, moment = ZoneInfo(one.group.community.time_zone), now()
    lines = []
    for sign in held.signs:
        message = held.messages.get(sign.pk)
        if message is None:
            continue
        at = datetime.fromtimestamp(sign.sent_ms / 1000, tz=UTC)
        when = moment_of_late(at, zone=zone, now=moment)
        body = marked(message.text[:500] or _("left"))
        lines.append(Line(sign.pk, sign.member_id, message.identity.name, when, body))
    return lines


@require_POST
@page(Right.HANDLE_FINDINGS)
def act_on_alert(request: Request, pk: int) -> HttpResponse:
    """Take it on, or say that it is over."""
    if request.POST.get("do") == "take":
        take_on(request.actor, pk=pk)
        messages.success(request, _("It is yours now; the others see that."))
        return redirect("alert", pk)
    close(request.actor, pk=pk, note=request.POST.get("note", ""))
    messages.success(request, _("Closed. If it rises again, a new alert opens."))
    return redirect("alerts")
