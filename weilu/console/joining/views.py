"""Join links: the list with what came of each, where one leads, codes and the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.chat.live.errands import ask_way_in, lasting, ways_asked, ways_in
from weilu.communities.kit.drafts import Piece
from weilu.communities.kit.pieces import kit_of
from weilu.console.connections.words import fault_sentence
from weilu.console.formats import number, percent
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.joining.codes import png, svg
from weilu.console.joining.forms import SOURCES, LinkForm, TargetForm, first_values, values_of
from weilu.console.kit.steps import launch_step
from weilu.console.parts import Badge, Empty, Head, Tone
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.outside import outside
from weilu.core.pictures import picture_path
from weilu.groups.joining.counting import Yield, yields_of
from weilu.groups.joining.saving import (
    drop_target,
    link,
    links_of,
    next_position,
    save_link,
    save_target,
)
from weilu.groups.joining.visiting import answers_of, choice_of, clock_of
from weilu.groups.models import JoinLink, JoinTarget
from weilu.groups.rules.choosing import Closed, closed
from weilu.insight.launch import Item
from weilu.insight.scope import community as one_community

SENTENCES.update(
    {
        "code_missing": gettext_lazy("Upload the group's code, or give its invitation address."),
        "bad_source": gettext_lazy("Choose where people meet the link."),
        "bad_cost": gettext_lazy("A cost is a number from 0."),
        "bad_address": gettext_lazy("An address begins with https://."),
        "name_taken": gettext_lazy("Another link has this name already."),
    }
)
WHY: dict[Closed, tuple[object, Tone]] = {
    Closed.OFF: (gettext_lazy("switched off"), Tone.CALM),
    Closed.OVER: (gettext_lazy("the group has closed or is about to"), Tone.CALM),
    Closed.NO_CODE: (gettext_lazy("no code"), Tone.BAD),
    Closed.EXPIRED: (gettext_lazy("code has run out"), Tone.BAD),
    Closed.FULL: (gettext_lazy("full"), Tone.CALM),
    Closed.HOURS: (gettext_lazy("closed at this hour"), Tone.CALM),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A link ready to draw with what came of it."""

    one: JoinLink
    source: str
    scans: str
    visitors: str
    joined: str
    stayed: str
    cost: str


@page(Right.SEE_NUMBERS)
def listing(request: Request) -> HttpResponse:
    """All join links, and what came of each in half a year."""
    links = links_of(request.actor)
    came = yields_of(request.actor, links)
    rows = [_row(one, came[one.pk]) for one in links]
    words = ngettext(
        "%(n)s link leads into your groups.", "%(n)s links lead into your groups.", len(rows)
    )
    none = _("One permanent code for each place where people meet you.")
    may = request.actor.may(Right.EDIT_GROUPS)
    new_url = reverse("join_link_new")
    if asked := request.GET.get("community", ""):
        new_url += f"?{urlencode({'community': asked})}"
    context = {
        "new_url": new_url,
        "head": Head(_("Join links"), words % {"n": number(len(rows))} if rows else none),
        "rows": rows,
        "may": may,
        "empty": Empty(
            _("No join link yet"),
            _(
                "Print its code on the counter card once: it leads to the next group when one is"
                " full, and you see which place brings people who stay."
            ),
            "qrcode",
            action=_("New link") if may else "",
            href=new_url if may else "",
        ),
    }  # fmt: skip
    return render(request, "joining/list.html", context)


def _row(one: JoinLink, came: Yield) -> Row:
    kept, of = came.stayed_7
    return Row(
        one,
        str(SOURCES[one.source]),
        number(came.scans),
        number(came.visitors),
        _joined(came),
        percent(kept / of) if of else "–",
        f"{came.cost_per_stayed:.2f}" if came.cost_per_stayed is not None else "–",
    )


def _joined(came: Yield) -> str:
    """How many joined, and how that is known."""
    if came.joined is None:
        return "–"
    known = came.signalled + came.declared
    parts = [
        text % {"n": number(count)}
        for text, count in (
            (_("%(n)s as the platform says"), came.signalled),
            (_("%(n)s said so"), came.declared),
            (_("≈ %(n)s by time"), came.joined - known),
        )
        if count
    ]
    return _(", ").join(parts) if known else f"≈ {number(came.joined)}"


@page(Right.EDIT_GROUPS)
def new(request: Request) -> HttpResponse:
    """Make a link."""
    return _link_form(request, None)


@page(Right.EDIT_GROUPS)
def change(request: Request, pk: int) -> HttpResponse:
    """Change a link; its address stays."""
    return _link_form(request, link(request.actor, pk))


def _link_form(request: Request, one: JoinLink | None) -> HttpResponse:
    held: dict[str, object] = {"is_on": True, "community": request.GET.get("community", "")}
    if one is not None:
        held = {
            "name": one.name, "community": one.community_id, "source": one.source,
            "words": one.words, "question": one.question, "cost": one.cost, "is_on": one.is_on,
            "spread": one.spread, "asks_code": one.asks_code,
        }  # fmt: skip
    elif pk := row_number(request.GET.get("community", "")):
        intro = kit_of(request.actor, one_community(request.actor, pk)).get(Piece.INTRO)
        held["words"] = intro.text if intro else ""
    workspace_id = request.actor.workspace_id
    form = LinkForm(request.POST or None, initial=held, workspace_id=workspace_id)
    if request.method == "POST" and form.is_valid():
        community = form.cleaned_data["community"]
        try:
            made = save_link(
                request.actor, form.said(), community=community, pk=one.pk if one else None
            )
        except (Invalid, Conflict) as error:
            form.add_error(None, sentence(str(error)))
        else:
            return redirect("join_link", made.pk)
    back = reverse("join_link", args=[one.pk]) if one else address("join_links")
    title = one.name if one else _("New link")
    context = {"head": Head(title, "", back, _("Join links")), "form": form}
    return render(request, "joining/form.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class Place:
    """A target ready to draw."""

    one: JoinTarget
    state: Badge
    room: str
    until: object


@dataclass(frozen=True, slots=True)
class Asked:
    """A way that a platform is to make, ready to draw."""

    group: str
    badge: Badge
    fault: str
    is_over: bool


def _asked(request: Request, one: JoinLink) -> list[Asked]:
    """The ways that were asked for and are not there."""
    return [
        Asked(
            way.group.name,
            Badge(_("could not be made"), Tone.BAD)
            if way.is_over
            else Badge(_("being made"), Tone.CALM),
            fault_sentence(way.fault) if way.fault else "",
            way.is_over,
        )
        for way in ways_asked(request.actor, one)
    ]


@page(Right.SEE_NUMBERS)
def one_link(request: Request, pk: int) -> HttpResponse:
    """One link: its code and address, where it leads, what came of it."""
    one = link(request.actor, pk)
    targets = list(one.targets.select_related("group").order_by("position", "pk"))
    came = yields_of(request.actor, [one])[one.pk]
    ways = ways_in(request.actor, one) if request.actor.may(Right.EDIT_GROUPS) else []
    asked = _asked(request, one) if request.actor.may(Right.EDIT_GROUPS) else []
    context = {
        "head": Head(one.name, _came(came), address("join_links"), _("Join links")),
        "one": one,
        "source": SOURCES[one.source],
        "url": public_address(request, one),
        "is_local": not settings.PUBLIC_URL,
        "places": [_place(one, target) for target in targets],
        "answers": [
            (said, f"{public_address(request, one)}?{urlencode({'a': said})}")
            for said in answers_of(targets)
        ],
        "row": _row(one, came),
        "cost": f"{one.cost:.2f}" if one.cost else "",
        "is_untold": came.joined is None and came.visitors > 0,
        "bots": number(came.bots),
        "stayed_30": percent(came.stayed_30[0] / came.stayed_30[1]) if came.stayed_30[1] else "–",
        "may": request.actor.may(Right.EDIT_GROUPS),
        "ways_in": ways,
        "asked": asked,
        "is_made": any(not way.is_over for way in asked),
        "ways_last": bool(ways) and bool(lasting(ways)),
        "zone": one.community.time_zone,
        "launch_step": launch_step(request, one.community, Item.LINK),
    }
    return render(request, "joining/link.html", context)


def _came(came: Yield) -> str:
    words = ngettext(
        "%(n)s visitor in half a year.", "%(n)s visitors in half a year.", came.visitors
    )
    return words % {"n": number(came.visitors)}


def _place(one: JoinLink, target: JoinTarget) -> Place:
    moment = now()
    why = closed(choice_of(target), moment, clock_of(one, moment))
    word, tone = WHY[why] if why is not None else (gettext_lazy("open"), Tone.GOOD)
    room = _("%(shown)s of %(most)s") % {
        "shown": number(target.shown),
        "most": number(target.most),
    }
    return Place(target, Badge(str(word), tone), room, target.expires_at)


@page(Right.EDIT_GROUPS)
def target_new(request: Request, pk: int) -> HttpResponse:
    """Let a link lead to one more group."""
    return _target_form(request, link(request.actor, pk), None)


@page(Right.EDIT_GROUPS)
def target_change(request: Request, pk: int, target_id: int) -> HttpResponse:
    """Change how a link leads to a group: a new code, another limit."""
    one = link(request.actor, pk)
    target = one.targets.filter(pk=target_id).select_related("group").first()
    if target is None:
        raise NotFound
    return _target_form(request, one, target)


def _target_form(request: Request, one: JoinLink, target: JoinTarget | None) -> HttpResponse:
    held = values_of(target) if target else first_values(next_position(one))
    with timezone.override(ZoneInfo(one.community.time_zone)):
        form = TargetForm(request.POST or None, request.FILES or None, initial=held, link=one)
        if request.method == "POST" and form.is_valid() and _kept(request, form, one, target):
            messages.success(request, _("Saved."))
            return redirect("join_link", one.pk)
        title = target.group.name if target else _("Lead to one more group")
        back = reverse("join_link", args=[one.pk])
        context = {
            "head": Head(title, "", back, one.name),
            "form": form,
            "target": target,
            "one": one,
        }
        status = 422 if form.errors else 200
        return render(request, "joining/form.html", context, status=status)


def _kept(request: Request, form: TargetForm, one: JoinLink, target: JoinTarget | None) -> bool:
    """Save what the form says; False when it cannot be, and the form says why."""
    file = form.cleaned_data["picture"]
    picture = (file, file.size) if file else None
    try:
        save_target(
            request.actor, one, form.said(), pk=target.pk if target else None, picture=picture
        )
    except Invalid as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, sentence(str(error)))
        return False
    return True


@require_POST
@page(Right.EDIT_GROUPS)
def way_in(request: Request, pk: int) -> HttpResponse:
    """Have a platform make the way into a group itself, marked with the link."""
    wanted = row_number(request.POST.get("group", ""))
    if wanted is None:
        raise NotFound
    ask_way_in(
        request.actor,
        link(request.actor, pk),
        wanted,
        lasts=request.POST.get("lasts") == "on",
    )
    messages.success(request, _("Asked for. The group appears here in a moment."))
    return redirect("join_link", pk)


@require_POST
@page(Right.EDIT_GROUPS)
def target_drop(request: Request, pk: int, target_id: int) -> HttpResponse:
    """Let a link no longer lead to a group."""
    drop_target(request.actor, link(request.actor, pk), target_id)
    messages.success(request, _("The link no longer leads there."))
    return redirect("join_link", pk)


@page(Right.SEE_NUMBERS)
def code(request: Request, pk: int, kind: str) -> HttpResponse:
    """The link's QR code as a file."""
    if kind not in {"svg", "png"}:
        raise NotFound
    one = link(request.actor, pk)
    url = public_address(request, one)
    if said := request.GET.get("a", "")[:60]:
        url = f"{url}?{urlencode({'a': said})}"
    made, mime = (svg(url), "image/svg+xml") if kind == "svg" else (png(url), "image/png")
    answer = HttpResponse(made, content_type=mime)
    how = "attachment" if "download" in request.GET else "inline"
    name = slugify(one.name) or one.code
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}.{kind}"'
    return answer


@page(Right.SEE_NUMBERS)
def picture(request: Request, pk: int, target_id: int) -> HttpResponseBase:
    """The uploaded code of a target, for staff."""
    target = link(request.actor, pk).targets.filter(pk=target_id).first()
    if target is None:
        raise NotFound
    return FileResponse(picture_path(target.picture).open("rb"), content_type="image/jpeg")


@page(Right.SEE_NUMBERS)
def sheet(request: Request, pk: int) -> HttpResponse:
    """A sheet to print for the counter: the code large, what one gets, where it leads."""
    one = link(request.actor, pk)
    context = {"one": one, "url": public_address(request, one), "head": Head(one.community.name)}
    return render(request, "joining/sheet.html", context)


def public_address(request: Request, one: JoinLink) -> str:
    """Where the link's page is: under the public address, else under the one we are reached at."""
    return outside("join", one.code) or request.build_absolute_uri(reverse("join", args=[one.code]))
