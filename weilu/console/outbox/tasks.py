"""Hand tasks as cards, and requests to join: what people do where no interface does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.chat.live import hands, queue
from weilu.chat.live.hands import UNDO_FOR, Finished
from weilu.chat.live.proofs import forget_proof, keep_proof, proof_of
from weilu.chat.live.queries import (
    PATIENCE,
    SOON,
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
from weilu.console.formats import speaks_chinese
from weilu.console.guard import page
from weilu.console.http import Request, row_number, row_numbers
from weilu.console.outbox.words import (
    DEEDS,
    HAND,
    ORIGINS,
    guard_sentence,
    meanwhile_sentence,
    when_words,
)
from weilu.console.parts import Empty, Head, Tab
from weilu.console.platforms import platform_name
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound, WeiluError

# A worker looks at what is due within a second; after this long none seems to run.
UNSEEN = timedelta(minutes=2)
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
    is_later: bool
    when: str
    held: str
    quiet: str
    is_early: bool
    is_unseen: bool

    @property
    def is_open(self) -> bool:
        """Whether it can be done now."""
        return not self.held and not self.is_early

    @property
    def name(self) -> str:
        """Whom to look for in the app, where there is no text to copy."""
        return "" if self.one.text else self.whom


@page(Right.SEE_MEMBERS)
def tasks(request: Request) -> HttpResponse:
    """What people are to do by hand, the longest overdue first; what is held, at the end."""
    found = hand_tasks(request.actor)
    me = request.actor.user_id
    mine = [one for one in found if one.assignee_id in {None, me}]
    is_mine = request.GET.get("for") == "me"
    cards = _cards(mine if is_mine else found)
    context = {
        "head": Head(_("Hand tasks"), _sentence([card for card in cards if not card.held])),
        "cards": cards,
        "tabs": _tabs(len(found), len(mine), is_mine=is_mine),
        "mine": is_mine,
        "done": tasks_done_lately(request.actor, now() - UNDO_FOR),
        "may_send": request.actor.may(Right.SEND),
        "doers": hands.doers(request.actor) if cards and request.actor.may(Right.SEND) else [],
        "empty": Empty(
            _("Nothing to do by hand"),
            _("What Weilu cannot do itself comes here, with the text to copy and where to go."),
            "hand-finger",
        ),
    }
    return render(request, "outbox/tasks.html", context)


def _tabs(all_of_them: int, mine: int, *, is_mine: bool) -> list[Tab]:
    """All, or what is left for the viewer; none where that is the same."""
    if all_of_them == mine and not is_mine:
        return []
    address = reverse("tasks")
    return [
        Tab(_("All"), address, not is_mine, all_of_them),
        Tab(_("For me"), f"{address}?for=me", is_mine, mine),
    ]


def _cards(found: list[Outgoing]) -> list[Card]:
    people, said = about(found)
    return [
        _card(
            one,
            people.get(one.identity_id or 0, "") or (one.ask.name if one.ask else ""),
            said.get(one.message_id or 0, ""),
        )
        for one in found
    ]


def _card(one: Outgoing, whom: str, said: str) -> Card:
    guarded = guard_sentence(one.guard, one.guard_values)
    is_waiting = one.state == Outgoing.State.WAITING
    return Card(
        one,
        str(DEEDS[one.deed]),
        _how(one),
        str(ORIGINS.get(one.origin, one.origin)),
        _place(one),
        whom,
        said,
        one.seconds // 60,
        _("Weilu could not do it by itself: %(why)s") % {"why": fault_sentence(one.fault)}
        if one.fault
        else "",
        is_waiting and one.due_at + PATIENCE < now(),
        is_waiting and one.due_at > now() + SOON,
        when_words(one),
        guarded if not is_waiting else "",
        guarded if is_waiting else "",
        # Promotion is to be done when the guards have let it pass, which they do at its time.
        one.is_promotion and one.cleared_at is None,
        one.is_promotion and one.cleared_at is None and one.due_at < now() - UNSEEN,
    )


def _place(one: Outgoing) -> str:
    """Which app it is done in; what is no platform has the name of its connection."""
    connection = one.group.connection
    if one.group.platform == Platform.OTHER and connection is not None:
        return connection.name
    return platform_name(one.group.platform)


def _how(one: Outgoing) -> str:
    """What to do in the app; where the app has no such thing, what is left."""
    known = CONNECTORS.by_hand.get(Platform(one.group.platform), ())
    needed = NEEDS[Deed(one.deed)]
    lacking = [c for c in known if c.ability == needed and c.support == Support.IMPOSSIBLE]
    return _(lacking[0].condition) if lacking else str(HAND[one.deed])


def _sentence(open_cards: list[Card]) -> str:
    late = sum(card.is_late for card in open_cards)
    later = sum(card.is_later for card in open_cards)
    count = len(open_cards) - later
    said = _count_words(count, late)
    if later:
        words = ngettext("%(n)s more is for later.", "%(n)s more are for later.", later)
        said += ("" if speaks_chinese() else " ") + words % {"n": later}
    return said


def _count_words(count: int, late: int) -> str:
    if late:
        return ngettext(
            "%(late)s of %(count)s is overdue.", "%(late)s of %(count)s are overdue.", late
        ) % {"late": late, "count": count}
    if count:
        return ngettext("%(count)s thing to do.", "%(count)s things to do.", count) % {
            "count": count
        }
    return _("Nothing to do by hand now.")


@require_POST
@page(Right.SEND)
def task_act(request: Request, pk: int) -> HttpResponse:
    """Done, could not, taken on, given to somebody, stopped, or not done after all."""
    try:
        match request.POST.get("act", ""):
            case "done" | "could_not" as said:
                _finish(request, pk, is_done=said == "done")
            case "take":
                hands.assign(request.actor, pks=[pk], user_id=request.actor.user_id)
            case "give":
                _give(request, pk)
            case "cancel":
                _stop(request, pk)
            case "reopen":
                _reopen(request, pk)
            case _:
                raise NotFound
    except Conflict:
        messages.warning(request, meanwhile_sentence(outgoing(request.actor, pk)))
    except Invalid as error:
        messages.warning(request, sentence(str(error)))
    return _back(request)


def _back(request: Request) -> HttpResponse:
    """To the list as it was looked at."""
    return redirect(reverse("tasks") + ("?for=me" if request.POST.get("for") == "me" else ""))


@require_POST
@page(Right.SEND)
def tasks_picked(request: Request) -> HttpResponse:
    """Done, taken on or stopped: what was ticked, as far as it is still open."""
    ids = row_numbers(request.POST.getlist("pick"))
    match request.POST.get("do", ""):
        case "done":
            count = hands.finish_many(request.actor, pks=ids)
            words = ngettext("%(n)s task is done.", "%(n)s tasks are done.", count)
        case "take":
            count = hands.assign(request.actor, pks=ids, user_id=request.actor.user_id)
            words = ngettext("%(n)s task is yours.", "%(n)s tasks are yours.", count)
        case "stop":
            count = queue.cancel(request.actor, pks=ids)
            words = ngettext("%(n)s task is stopped.", "%(n)s tasks are stopped.", count)
        case _:
            raise NotFound
    if count:
        messages.success(request, words % {"n": count})
    else:
        messages.warning(request, sentence("changed"))
    return _back(request)


def _stop(request: Request, pk: int) -> None:
    if not queue.cancel(request.actor, pks=[pk]):
        raise Conflict("changed")
    messages.success(request, _("Stopped. Nobody needs to do it."))


def _reopen(request: Request, pk: int) -> None:
    if name := hands.reopen_by_hand(request.actor, pk=pk):
        forget_proof(name)
    messages.success(request, _("It is open again."))


def _give(request: Request, pk: int) -> None:
    """Give the task to who is named in `to`; empty: to nobody."""
    named = request.POST.get("to", "")
    to = row_number(named)
    if named and to is None:
        raise NotFound
    if hands.assign(request.actor, pks=[pk], user_id=to):
        names = dict(hands.doers(request.actor))
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
        how = hands.finish_by_hand(request.actor, pk=pk, is_done=is_done, note=note, proof=name)
    except WeiluError:
        if name:
            forget_proof(name)
        raise
    if how == Finished.BEFORE and name:
        forget_proof(name)
    words = _("Thank you. It is on record.")
    if how == Finished.ALL_THE_SAME:
        words = _("It had been stopped meanwhile; now it is on record that you did it.")
    messages.success(request, words)


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
