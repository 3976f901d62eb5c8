"""Writing into groups, changing what waits, and the picture that goes with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.live import queue
from weilu.chat.live.queries import outgoing
from weilu.chat.live.queue import Change, Draft, Origin
from weilu.chat.live.quiet_hours import wakes_at
from weilu.chat.live.ways import ways_of
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.communities.blueprint.queries import voices
from weilu.console.formats import moment as moment_words
from weilu.console.formats import speaks_chinese
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.outbox.forms import RewriteForm, SayForm
from weilu.console.outbox.promotion import promotion_words
from weilu.console.parts import Head
from weilu.console.sentences import sentence
from weilu.content.queries import standings
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid
from weilu.core.pictures import keep_picture, picture_path
from weilu.groups.models import Group
from weilu.groups.queries import groups_of

# Counting talk costs about half a millisecond a group.
MOST_COUNTED = 100
Way = Outgoing.Way


@page(Right.SEND)
def say(request: Request) -> HttpResponse:
    """Write into groups."""
    groups = _open_groups(request)
    zone = ZoneInfo(request.seat.workspace.time_zone)
    data = request.POST if request.method == "POST" else None
    first = {"groups": [request.GET.get("group", "")]}
    choices = _choices(request, groups)
    form = SayForm(choices, zone, data, request.FILES or None, initial=first)
    if data is not None and form.is_valid():
        try:
            _send(request, form)
        except Invalid as error:
            field = error.field if error.field in form.fields else "text"
            form.add_error(field, sentence(str(error)))
        else:
            chosen = [one for one in groups if one.pk in set(form.cleaned_data["groups"])]
            ways = _ways(request, chosen, form.cleaned_data["deed"])
            messages.success(request, _what_happens(chosen, ways, form.cleaned_data["due_at"]))
            is_hands = all(ways[one.pk] == Way.BY_HAND for one in chosen)
            return redirect("tasks" if is_hands else "outbox")
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


def _open_groups(request: Request) -> list[Group]:
    moment = now()
    return [one for one in groups_of(request.actor) if one.ends_at is None or one.ends_at > moment]


def _ways(request: Request, groups: list[Group], deed: Deed) -> dict[int, Way]:
    """Who does it, by group."""
    found = ways_of({(one.pk, deed) for one in groups}, request.actor.workspace_id)
    return {pk: Way(way) for (pk, _deed), way in found.items()}


def _choices(request: Request, groups: list[Group]) -> list[tuple[Group, str, str]]:
    """The groups that have not closed, with who sends there and how much is promotion already."""
    ways = _ways(request, groups, Deed.SEND)
    stands = standings(request.actor, groups[:MOST_COUNTED])
    words = {
        Way.AUTOMATIC: _("by itself"),
        Way.CONFIRMED: _("a person confirms"),
        Way.BY_HAND: _("by hand"),
    }
    return [
        (
            one,
            words[ways[one.pk]],
            promotion_words(stands[one.pk]) if one.pk in stands else _("not counted"),
        )
        for one in groups
    ]


def _what_happens(groups: list[Group], ways: Mapping[int, Way], due_at: datetime | None) -> str:
    """What becomes of a message that was written: through whom, and when."""
    counts = Counter(ways[one.pk] for one in groups)
    itself, confirmed, hands = (counts[w] for w in (Way.AUTOMATIC, Way.CONFIRMED, Way.BY_HAND))
    said = []
    for count, words in (
        (itself, ngettext("It goes to %(n)s group.", "It goes to %(n)s groups.", itself)),
        (
            confirmed,
            ngettext(
                "In %(n)s group its owner confirms it in the app.",
                "In %(n)s groups their owners confirm it in the app.",
                confirmed,
            ),
        ),
        (
            hands,
            ngettext(
                "For %(n)s group it is a hand task: copy, paste, tick it off.",
                "For %(n)s groups these are hand tasks: copy, paste, tick them off.",
                hands,
            ),
        ),
    ):
        if count:
            said.append(words % {"n": count})
    return ("" if speaks_chinese() else " ").join(said + _when(groups, due_at))


def _when(groups: list[Group], due_at: datetime | None) -> list[str]:
    """When it leaves, where that is not now."""
    moment = max(due_at or now(), now())
    night = {
        one.community.quiet_until
        for one in groups
        if wakes_at(
            moment, one.community.time_zone, one.community.quiet_from, one.community.quiet_until
        )
    }
    if night:
        return [
            _("Then are quiet hours: it waits until %(time)s.") % {"time": f"{max(night):%H:%M}"}
        ]
    if due_at and due_at > now():
        zone = ZoneInfo(groups[0].community.time_zone)
        return [_("It leaves on %(time)s.") % {"time": moment_words(due_at, zone=zone)}]
    return []


def _send(request: Request, form: SayForm) -> None:
    """Queue the message for each group, once for the form."""
    said = form.cleaned_data
    token = "".join(c for c in said["token"] if c.isalnum())[:32] or "none"
    picture = keep_sent(request.actor.workspace_id, said["picture"]) if said["picture"] else ""
    with transaction.atomic():
        for group_id in said["groups"]:
            queue.say(
                request.actor,
                Draft(
                    key=f"say-{token}-{group_id}",
                    group_id=group_id,
                    deed=said["deed"],
                    origin=Origin.STAFF,
                    text=said["text"],
                    picture=picture,
                    is_promotion=said["is_promotion"],
                    by_id=request.actor.user_id,
                    due_at=said["due_at"],
                    expires_at=said["expires_at"],
                ),
            )


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
    """Change what waits: its words, and when it is to leave."""
    one = outgoing(request.actor, pk)
    back, back_words = reverse("outbox"), _("Outbox")
    if one.way == Outgoing.Way.BY_HAND:
        back, back_words = reverse("tasks"), _("Hand tasks")
    data = request.POST if request.method == "POST" else None
    form = RewriteForm(one, data)
    if data is not None and form.is_valid():
        said = form.cleaned_data
        change = Change(said["text"], said["is_promotion"], said["due_at"], said["expires_at"])
        try:
            queue.rewrite(request.actor, pk=pk, version=said["version"], change=change)
        except Invalid as error:
            form.add_error(
                error.field if error.field in form.fields else None, sentence(str(error))
            )
        except Conflict as error:
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
