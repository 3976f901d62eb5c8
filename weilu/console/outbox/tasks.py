"""Hand tasks as cards, and requests to join: what people do where no interface does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.chat.live import queue
from weilu.chat.live.proofs import forget_proof, keep_proof, proof_of
from weilu.chat.live.queries import (
    PATIENCE,
    about,
    hand_tasks,
    open_asks,
    outgoing,
    tasks_done_lately,
)
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import NEEDS, Deed, Support
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.records import Platform
from weilu.console.connections.words import fault_sentence
from weilu.console.guard import page
from weilu.console.http import Request, row_number, row_numbers
from weilu.console.outbox.words import DEEDS, HAND, ORIGINS, guard_sentence
from weilu.console.parts import Empty, Head
from weilu.console.platforms import platform_name
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound, WeiluError

UNDO_FOR = timedelta(hours=24)
SENTENCES.update(
    {
        "picture_large": gettext_lazy("The picture is too large: at most 10 MB and 40 megapixels."),
        "picture_unknown": gettext_lazy("This is no picture Weilu can read. Nothing was changed."),
    }
)


@dataclass(frozen=True, slots=True)
class Card:
    """A hand task, ready to draw."""

    one: Outgoing
    what: str
    how: str
    why: str
    place: str
    whom: str
    about: str
    minutes: int
    fault: str
    is_late: bool
    zone: str
    held: str
    is_early: bool


@page(Right.SEE_MEMBERS)
def tasks(request: Request) -> HttpResponse:
    """What people are to do by hand, the longest overdue first; what is held, at the end."""
    found = hand_tasks(request.actor)
    cards = _cards(found)
    late = sum(card.is_late for card in cards)
    open_now = sum(not card.held for card in cards)
    context = {
        "head": Head(_("Hand tasks"), _sentence(open_now, late)),
        "cards": cards,
        "done": tasks_done_lately(request.actor, now() - UNDO_FOR),
        "may_send": request.actor.may(Right.SEND),
        "doers": queue.doers(request.actor) if cards and request.actor.may(Right.SEND) else [],
        "empty": Empty(
            _("Nothing to do by hand"),
            _("What Weilu cannot do itself comes here, with the text to copy and where to go."),
            "hand-finger",
        ),
    }
    return render(request, "outbox/tasks.html", context)


def _cards(found: list[Outgoing]) -> list[Card]:
    people, said = about(found)
    moment = now()
    return [
        Card(
            one,
            str(DEEDS[one.deed]),
            _how(one),
            str(ORIGINS.get(one.origin, one.origin)),
            platform_name(one.group.platform),
            people.get(one.identity_id or 0, "") or (one.ask.name if one.ask else ""),
            said.get(one.message_id or 0, ""),
            one.seconds // 60,
            fault_sentence(one.fault) if one.fault else "",
            one.state == Outgoing.State.WAITING and one.due_at + PATIENCE < moment,
            one.group.community.time_zone,
            guard_sentence(one.guard, one.guard_values) if one.state == Outgoing.State.HELD else "",
            # Promotion is to be done when the guards have let it pass, which they do at its time.
            one.is_promotion and one.cleared_at is None,
        )
        for one in found
    ]


def _how(one: Outgoing) -> str:
    """What to do in the app; where the app has no such thing, what is left."""
    known = CONNECTORS.by_hand.get(Platform(one.group.platform), ())
    needed = NEEDS[Deed(one.deed)]
    lacking = [c for c in known if c.ability == needed and c.support == Support.IMPOSSIBLE]
    return _(lacking[0].condition) if lacking else str(HAND[one.deed])


def _sentence(count: int, late: int) -> str:
    if late:
        return ngettext(
            "%(late)s of %(count)s is overdue.", "%(late)s of %(count)s are overdue.", late
        ) % {"late": late, "count": count}
    if count:
        return ngettext("%(count)s thing to do.", "%(count)s things to do.", count) % {
            "count": count
        }
    return _("Nothing to do by hand.")


@require_POST
@page(Right.SEND)
def task_act(request: Request, pk: int) -> HttpResponse:
    """Done, could not, taken on, given to somebody, stopped, or not done after all."""
    try:
        match request.POST.get("act", ""):
            case "done" | "could_not" as said:
                _finish(request, pk, is_done=said == "done")
                messages.success(request, _("Thank you. It is on record."))
            case "take":
                queue.assign(request.actor, pks=[pk], user_id=request.actor.user_id)
            case "give":
                _give(request, pk)
            case "cancel":
                _stop(request, pk)
            case "reopen":
                queue.reopen_by_hand(request.actor, pk=pk)
            case _:
                raise NotFound
    except (Conflict, Invalid) as error:
        messages.warning(request, sentence(str(error)))
    return redirect("tasks")


@require_POST
@page(Right.SEND)
def tasks_picked(request: Request) -> HttpResponse:
    """Done, taken on or stopped: what was ticked, as far as it is still open."""
    ids = row_numbers(request.POST.getlist("pick"))
    match request.POST.get("do", ""):
        case "done":
            count = queue.finish_many(request.actor, pks=ids)
            words = ngettext("%(n)s task is done.", "%(n)s tasks are done.", count)
        case "take":
            count = queue.assign(request.actor, pks=ids, user_id=request.actor.user_id)
            words = ngettext("%(n)s task is yours.", "%(n)s tasks are yours.", count)
        case "stop":
            count = queue.cancel(request.actor, pks=ids)
            words = ngettext("%(n)s task is stopped.", "%(n)s tasks are stopped.", count)
        case _:
            raise NotFound
    if count:
        messages.success(request, words % {"n": count})
    return redirect("tasks")


def _stop(request: Request, pk: int) -> None:
    if not queue.cancel(request.actor, pks=[pk]):
        raise Conflict("changed")
    messages.success(request, _("Stopped. Nobody needs to do it."))


def _give(request: Request, pk: int) -> None:
    """Give the task to who is named in `to`; empty: to nobody."""
    named = request.POST.get("to", "")
    to = row_number(named)
    if named and to is None:
        raise NotFound
    if queue.assign(request.actor, pks=[pk], user_id=to):
        names = dict(queue.doers(request.actor))
        words = _("Whoever comes first does it.")
        if to is not None:
            words = _("%(name)s has it now.") % {"name": names.get(to, "")}
        messages.success(request, words)


def _finish(request: Request, pk: int, *, is_done: bool) -> None:
    """Keep the picture, if there is one, and end the task; a task that is over keeps nothing."""
    file = request.FILES.get("proof")
    name = ""
    if file is not None and file.file is not None:
        name = keep_proof(request.actor.workspace_id, file.file, file.size or 0)
    try:
        note = request.POST.get("note", "")
        queue.finish_by_hand(request.actor, pk=pk, is_done=is_done, note=note, proof=name)
    except WeiluError:
        if name:
            forget_proof(name)
        raise


@page(Right.SEE_MEMBERS)
def proof(request: Request, pk: int) -> FileResponse:
    """The picture that shows a task was done."""
    path = proof_of(outgoing(request.actor, pk))
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@page(Right.SEE_MEMBERS)
def asks(request: Request) -> HttpResponse:
    """Who asks to be let into a group."""
    found = open_asks(request.actor)
    words = ngettext(
        "%(count)s person asks to come in.", "%(count)s people ask to come in.", len(found)
    )
    sentence_ = words % {"count": len(found)} if found else _("Nobody asks to come in.")
    context = {
        "head": Head(_("Requests to join"), sentence_),
        "asks": found,
        "may_send": request.actor.may(Right.SEND),
        "empty": Empty(
            _("Nobody at the door"),
            _("Where a group asks before it lets people in, they appear here with their words."),
            "door-enter",
        ),
    }
    return render(request, "outbox/asks.html", context)


@require_POST
@page(Right.SEND)
def answer_asks(request: Request) -> HttpResponse:
    """Let those chosen in, or turn them away."""
    one, _sep, wanted = request.POST.get("do", "").partition(" ")
    if wanted not in {"welcome", "decline"}:
        raise NotFound
    picked = request.POST.getlist("pick") if one == "picked" else [one]
    ids = row_numbers(picked)
    count = queue.answer_asks(request.actor, ask_ids=ids, is_welcome=wanted == "welcome")
    if count:
        words = (
            ngettext("%(n)s person is let in.", "%(n)s people are let in.", count)
            if wanted == "welcome"
            else ngettext("%(n)s person is turned away.", "%(n)s people are turned away.", count)
        )
        messages.success(request, words % {"n": count})
    return redirect("join_asks")
