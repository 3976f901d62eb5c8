"""The send queue: what waits, what is held, what was done; writing into groups."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.chat.live import queue
from weilu.chat.live.evidence import heard_again
from weilu.chat.live.queries import about, outgoing, standing
from weilu.chat.live.queries import outbox as rows_of
from weilu.chat.live.queue import Draft, Origin
from weilu.chat.live.ways import ways_of
from weilu.chat.live.withdrawing import may_stop
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.communities.blueprint.queries import voices
from weilu.console.connections.words import fault_sentence
from weilu.console.guard import page
from weilu.console.http import Request, row_numbers
from weilu.console.outbox.forms import RewriteForm, SayForm
from weilu.console.outbox.promotion import promotion_words
from weilu.console.outbox.words import DEEDS, ORIGINS, guard_sentence, state_badge, unsure_sentence
from weilu.console.parts import Badge, Empty, Head, Tab
from weilu.console.sentences import SENTENCES, sentence
from weilu.content.queries import standings
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.pictures import keep_picture, picture_path
from weilu.groups.models import Group
from weilu.groups.queries import groups_of

# Counting talk costs about half a millisecond a group.
MOST_COUNTED = 100
TABS = ("waiting", "held", "ended")
SENTENCES["changed"] = gettext_lazy("It was changed or has left meanwhile. Look again.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the queue, ready to draw."""

    one: Outgoing
    what: str
    why: str
    badge: Badge
    reason: str
    zone: str
    stops: bool
    whom: str
    said: str


@page(Right.SEE_MEMBERS)
def outbox(request: Request) -> HttpResponse:
    """What is to go out, by where it stands."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    now = standing(request.actor)
    counts = {"waiting": now.waiting, "held": now.held + now.unsure, "ended": None}
    words = {"waiting": _("Waiting"), "held": _("Needs a decision"), "ended": _("Done")}
    context = {
        "head": Head(_("Outbox"), _sentence(now.waiting, now.held + now.unsure)),
        "rows": _rows(rows_of(request.actor, tab)),
        "has_held": now.held > 0,
        "has_unsure": now.unsure > 0,
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
    return [
        _row(
            one,
            people.get(one.identity_id or 0, "") or (one.ask.name if one.ask else ""),
            messages.get(one.message_id or 0, ""),
            heard.get(one.pk),
        )
        for one in found
    ]


def _reason(one: Outgoing, heard_ms: int | None) -> str:
    """Why it stands where it does."""
    if one.state == Outgoing.State.UNSURE:
        return unsure_sentence(heard_ms, one.group.community.time_zone)
    return guard_sentence(one.guard, one.guard_values) or (
        fault_sentence(one.fault) if one.fault else ""
    )


def _row(one: Outgoing, whom: str, said: str, heard_ms: int | None) -> Row:
    return Row(
        one,
        str(DEEDS[one.deed]),
        str(ORIGINS.get(one.origin, one.origin)),
        state_badge(one),
        _reason(one, heard_ms),
        one.group.community.time_zone,
        may_stop(one),
        whom,
        # What a welcome or an answer is sent to is not what it is about.
        said if one.deed == Deed.RECALL else "",
    )


def _sentence(waiting: int, asks: int) -> str:
    if asks:
        return ngettext(
            "%(count)s message needs a decision of yours.",
            "%(count)s messages need a decision of yours.",
            asks,
        ) % {"count": asks}
    if waiting:
        return ngettext(
            "%(count)s message is on its way.", "%(count)s messages are on their way.", waiting
        ) % {"count": waiting}
    return _("Nothing waits to leave.")


def _empty(tab: str) -> Empty:
    texts = {
        "waiting": _("What Weilu or your team sends stands here until it has left."),
        "held": _("What a guard stops, or what may not have arrived, waits here for you."),
        "ended": _("What has left is kept here, with when and by whom."),
    }
    return Empty(_("Nothing here"), texts[tab], "send")


@page(Right.SEND)
def say(request: Request) -> HttpResponse:
    """Write into groups."""
    choices = _choices(request)
    zone = ZoneInfo(request.seat.workspace.time_zone)
    data = request.POST if request.method == "POST" else None
    first = {"groups": [request.GET.get("group", "")]}
    form = SayForm(choices, zone, data, request.FILES or None, initial=first)
    if data is not None and form.is_valid():
        try:
            sent = _send(request, form)
        except Invalid as error:
            field = error.field if error.field in form.fields else "text"
            form.add_error(field, sentence(str(error)))
        else:
            said = ngettext("It goes to %(n)s group.", "It goes to %(n)s groups.", sent)
            messages.success(request, said % {"n": sent})
            return redirect("outbox")
    context = {
        "head": Head(
            _("Write to groups"),
            _("Where a platform has no interface, it becomes a hand task."),
            reverse("outbox"),
            _("Outbox"),
        ),
        "form": form,
        "voices": voices(request.actor),
    }
    status = 422 if form.errors else 200
    return render(request, "outbox/say.html", context, status=status)


def _choices(request: Request) -> list[tuple[Group, str]]:
    """The groups that have not closed, with who sends there and how much is promotion already."""
    moment = now()
    groups = [
        one for one in groups_of(request.actor) if one.ends_at is None or one.ends_at > moment
    ]
    ways = ways_of({(one.pk, Deed.SEND) for one in groups}, request.actor.workspace_id)
    stands = standings(request.actor, groups[:MOST_COUNTED])
    words = {
        Outgoing.Way.AUTOMATIC: _("by itself"),
        Outgoing.Way.CONFIRMED: _("a person confirms"),
        Outgoing.Way.BY_HAND: _("by hand"),
    }
    return [
        (
            one,
            " · ".join(
                [str(words[Outgoing.Way(ways[one.pk, Deed.SEND])])]
                + ([promotion_words(stands[one.pk])] if one.pk in stands else [])
            ),
        )
        for one in groups
    ]


def _send(request: Request, form: SayForm) -> int:
    """Queue the message for each group, once for the form; how many groups."""
    said = form.cleaned_data
    due = said["due_at"]
    if due is not None and timezone.is_naive(due):
        due = due.replace(tzinfo=form.zone)
    token = "".join(c for c in said["token"] if c.isalnum())[:32] or "none"
    picture = keep_sent(request.actor.workspace_id, said["picture"]) if said["picture"] else ""
    with transaction.atomic():
        for group_id in said["groups"]:
            queue.say(
                request.actor,
                Draft(
                    key=f"say-{token}-{group_id}",
                    group_id=group_id,
                    deed=Deed.SEND,
                    origin=Origin.STAFF,
                    text=said["text"],
                    picture=picture,
                    is_promotion=said["is_promotion"],
                    by_id=request.actor.user_id,
                    due_at=due,
                ),
            )
    return len(said["groups"])


def keep_sent(workspace_id: int, file: UploadedFile[bytes]) -> str:
    """Store a picture that is to be sent; its name. Raises Invalid for the field `picture`."""
    return keep_picture(f"sent/{workspace_id}", file, file.size or 0, field="picture")


@page(Right.SEE_MEMBERS)
def picture(request: Request, pk: int) -> HttpResponseBase:
    """The picture of what goes out, for the team; whoever does it by hand saves it from here."""
    one = outgoing(request.actor, pk)
    answer = FileResponse(picture_path(one.picture).open("rb"), content_type="image/jpeg")
    answer.headers["Content-Disposition"] = f'inline; filename="weilu-{one.pk}.jpg"'
    return answer


@page(Right.SEND)
def rewrite(request: Request, pk: int) -> HttpResponse:
    """Change what waits."""
    one = outgoing(request.actor, pk)
    initial = {"text": one.text, "is_promotion": one.is_promotion, "version": one.version}
    back, back_words = reverse("outbox"), _("Outbox")
    if one.way == Outgoing.Way.BY_HAND:
        back, back_words = reverse("tasks"), _("Hand tasks")
    data = request.POST if request.method == "POST" else None
    form = RewriteForm(data, initial=initial)
    if data is not None and form.is_valid():
        said = form.cleaned_data
        try:
            queue.rewrite(
                request.actor,
                pk=pk,
                version=said["version"],
                text=said["text"],
                due_at=None,
                is_promotion=said["is_promotion"],
            )
        except (Conflict, Invalid) as error:
            form.add_error(None, sentence(str(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {
        "head": Head(_("Change the message"), one.group.name, back, back_words),
        "form": form,
        "is_change": True,
    }
    return render(request, "outbox/say.html", context, status=422 if form.errors else 200)


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
    messages.success(request, _("It leaves now. Your reason is on record."))


@require_POST
@page(Right.SEND)
def picked(request: Request) -> HttpResponse:
    """Stop the rows ticked, let them pass what holds them, or say whether they arrived."""
    ids = row_numbers(request.POST.getlist("pick"))
    do = request.POST.get("do")
    if do == "release":
        _release_picked(request, ids)
    elif do in {"happened", "not_happened"}:
        _say_of(request, ids, has_happened=do == "happened")
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
            "%(n)s message leaves now. Your reason is on record.",
            "%(n)s messages leave now. Your reason is on record.",
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
            case _:
                raise NotFound
    except (Conflict, Invalid) as error:
        messages.warning(request, sentence(str(error)))
    return redirect(_tab_url(request))
