"""The send queue: what waits, what is held, what was done; stopping, releasing, answering."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from weilu.chat.live import queue
from weilu.chat.live.evidence import heard_again
from weilu.chat.live.guards import overrulable
from weilu.chat.live.lost import leave_lost, send_again
from weilu.chat.live.queries import MOST, Standing, about, outgoing, standing
from weilu.chat.live.queries import outbox as rows_of
from weilu.chat.live.withdrawing import may_stop
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.console.guard import page
from weilu.console.http import Request, row_numbers
from weilu.console.outbox.words import (
    DEEDS,
    ORIGINS,
    next_sentence,
    state_badge,
    through_words,
    unsure_sentence,
    when_words,
)
from weilu.console.parts import Badge, Empty, Head, Tab
from weilu.console.sentences import sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid, NotFound

TABS = ("waiting", "held", "ended")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the queue, ready to draw.

    `stops` is what can still be stopped, `passes` what an owner may let pass a guard, `is_lost`
    what did not get out.
    """

    one: Outgoing
    what: str
    why: str
    through: str
    when: str
    badge: Badge
    reason: str
    zone: str
    stops: bool
    passes: bool
    is_lost: bool
    whom: str
    said: str

    @property
    def changes(self) -> bool:
        """Whether its words or its time can still be changed."""
        spoken = bool(self.one.text or self.one.picture)
        return spoken and self.one.state in {Outgoing.State.WAITING, Outgoing.State.HELD}


@page(Right.SEE_MEMBERS)
def outbox(request: Request) -> HttpResponse:
    """What is to go out, by where it stands."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    now = standing(request.actor)
    counts = {"waiting": now.waiting, "held": now.asks, "ended": None}
    words = {"waiting": _("Waiting"), "held": _("Needs a decision"), "ended": _("Over")}
    rows = _rows(rows_of(request.actor, tab))
    context = {
        "head": Head(_("Outbox"), _sentence(now)),
        "rows": rows,
        "is_cut": len(rows) == MOST,
        "most": MOST,
        "has_passing": any(row.passes for row in rows),
        "has_unsure": now.unsure > 0,
        "has_lost": now.lost > 0,
        "by_hand": _by_hand(now),
        "tab": tab,
        "tabs": [
            Tab(words[one], f"{reverse('outbox')}?tab={one}", one == tab, counts[one])
            for one in TABS
        ],
        "empty": _empty(tab),
        "may_send": request.actor.may(Right.SEND),
        "may_release": request.actor.may(Right.OVERRIDE),
    }
    return render(request, "outbox/list.html", context)


def _rows(found: list[Outgoing]) -> list[Row]:
    people, messages = about(found)
    heard = heard_again(found)
    passing = overrulable()
    return [
        _row(
            one,
            people.get(one.identity_id or 0, "") or (one.ask.name if one.ask else ""),
            messages.get(one.message_id or 0, ""),
            heard.get(one.pk),
            passing,
        )
        for one in found
    ]


def _reason(one: Outgoing, heard_ms: int | None) -> str:
    """Why it stands where it does."""
    if one.state == Outgoing.State.UNSURE:
        return unsure_sentence(heard_ms, one.group.community.time_zone)
    return next_sentence(one)


def _row(
    one: Outgoing, whom: str, said: str, heard_ms: int | None, passing: Collection[str]
) -> Row:
    return Row(
        one,
        str(DEEDS[one.deed]),
        str(ORIGINS.get(one.origin, one.origin)),
        through_words(one),
        when_words(one),
        state_badge(one),
        _reason(one, heard_ms),
        one.group.community.time_zone,
        may_stop(one),
        one.state == Outgoing.State.HELD
        or (one.state == Outgoing.State.WAITING and one.guard in passing),
        one.state in {Outgoing.State.FAILED, Outgoing.State.EXPIRED},
        whom,
        # What a welcome or an answer is sent to is not what it is about.
        said if one.deed == Deed.RECALL else "",
    )


def _sentence(now: Standing) -> str:
    if now.asks:
        return ngettext(
            "%(count)s message needs a decision of yours.",
            "%(count)s messages need a decision of yours.",
            now.asks,
        ) % {"count": now.asks}
    if now.waiting:
        return ngettext(
            "%(count)s message is on its way.", "%(count)s messages are on their way.", now.waiting
        ) % {"count": now.waiting}
    return _("Nothing waits to leave by itself.")


def _by_hand(now: Standing) -> str:
    """How much waits elsewhere, for hands; "" for nothing."""
    if not now.by_hand:
        return ""
    words = ngettext("%(n)s more is a hand task", "%(n)s more are hand tasks", now.by_hand)
    return words % {"n": now.by_hand}


def _empty(tab: str) -> Empty:
    texts = {
        "waiting": _("What Weilu or your team sends stands here until it has left."),
        "held": _("What a guard stops, may not have arrived, or did not get out, waits here."),
        "ended": _("What has left is kept here, with when and by whom."),
    }
    return Empty(_("Nothing here"), texts[tab], "send")


def _stop(request: Request, pk: int) -> None:
    if not queue.cancel(request.actor, pks=[pk]):
        raise Conflict("changed")
    if outgoing(request.actor, pk).state == Outgoing.State.STOPPING:
        messages.success(request, _("The platform is asked to take it back."))
    else:
        messages.success(request, _("Stopped. It will not be sent."))


def _release(request: Request, pk: int) -> None:
    one = outgoing(request.actor, pk)
    if not queue.release(request.actor, pks=[one.pk], why=request.POST.get("why", "")):
        raise Conflict("changed")
    messages.success(request, _("It may leave now. Your reason is on record."))


@require_POST
@page(Right.SEND)
def picked(request: Request) -> HttpResponse:
    """Stop the rows ticked, let them pass, say whether they arrived, or send them again."""
    ids = row_numbers(request.POST.getlist("pick"))
    do = request.POST.get("do")
    if do == "release":
        _release_picked(request, ids)
    elif do in {"happened", "not_happened"}:
        _say_of(request, ids, has_happened=do == "happened")
    elif do in {"again", "note"}:
        _about_lost(request, ids, again=do == "again")
    elif count := queue.cancel(request.actor, pks=ids):
        said = ngettext("%(n)s message is stopped.", "%(n)s messages are stopped.", count)
        messages.success(request, said % {"n": count})
    return redirect(_tab_url(request))


def _release_picked(request: Request, ids: list[int]) -> None:
    try:
        count = queue.release(request.actor, pks=ids, why=request.POST.get("why", ""))
    except Invalid as error:
        messages.warning(request, sentence(str(error)))
        return
    if count:
        said = ngettext(
            "%(n)s message may leave now. Your reason is on record.",
            "%(n)s messages may leave now. Your reason is on record.",
            count,
        )
        messages.success(request, said % {"n": count})


def _say_of(request: Request, ids: list[int], *, has_happened: bool) -> None:
    """Whether rows that nobody is sure of arrived."""
    count = queue.answer_unsure(request.actor, pks=ids, has_happened=has_happened)
    if not count:
        messages.warning(request, sentence("changed"))
        return
    words = (
        ngettext("%(n)s message arrived.", "%(n)s messages arrived.", count)
        if has_happened
        else ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", count)
    )
    messages.success(request, words % {"n": count})


def _about_lost(request: Request, ids: list[int], *, again: bool) -> None:
    """Send once more what did not get out, or take note of it."""
    count = (send_again if again else leave_lost)(request.actor, pks=ids)
    if not count:
        messages.warning(request, sentence("changed"))
        return
    words = (
        ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", count)
        if again
        else ngettext(
            "%(n)s message is left. It stands among what is over.",
            "%(n)s messages are left. They stand among what is over.",
            count,
        )
    )
    messages.success(request, words % {"n": count})


def _tab_url(request: Request) -> str:
    tab = request.POST.get("tab", "")
    return f"{reverse('outbox')}?tab={tab if tab in TABS else TABS[0]}"


@require_POST
@page(Right.SEND)
def act(request: Request, pk: int) -> HttpResponse:
    """Stop a row, let it pass a guard, or say whether it was sent."""
    try:
        match request.POST.get("act", ""):
            case "cancel":
                _stop(request, pk)
            case "release":
                _release(request, pk)
            case "happened" | "not_happened" as said:
                _say_of(request, [outgoing(request.actor, pk).pk], has_happened=said == "happened")
            case "again" | "note" as said:
                _about_lost(request, [outgoing(request.actor, pk).pk], again=said == "again")
            case _:
                raise NotFound
    except (Conflict, Invalid) as error:
        messages.warning(request, sentence(str(error)))
    return redirect(_tab_url(request))
