"""The community page and its parts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.console.communities import talk
from weilu.console.communities.asked import View, view_of
from weilu.console.communities.flow import came_and_left
from weilu.console.communities.quiet import quiet
from weilu.console.communities.registry import PARTS
from weilu.console.communities.words import brief_words, headline, signed, who_spoke
from weilu.console.empties import nothing_yet
from weilu.console.findings.views import bundles, place_asked
from weilu.console.formats import number, percent, short
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Head, Tile
from weilu.console.underway import notice
from weilu.core.access import Right
from weilu.core.errors import NotFound
from weilu.insight.pages.brief import briefs
from weilu.insight.pages.front import Front

# What is to be done next, on the page itself.
STEPS = 3


@page(Right.SEE_NUMBERS)
def listing(request: Request) -> HttpResponse:
    """All communities; a single one is opened at once."""
    found = briefs(request.actor)
    if len(found) == 1:
        return redirect("community", found[0].community.pk)
    count = len(found)
    words = (
        ngettext("You run %(n)s community.", "You run %(n)s communities.", count) % {"n": count}
        if count
        else _("There is no community yet.")
    )
    context = {
        "head": Head(_("Communities"), words),
        "communities": [(one, brief_words(one)) for one in found],
        "empty": nothing_yet(request.actor),
        "may_plan": request.actor.may(Right.PLAN),
    }
    return render(request, "communities/list.html", context)


@page(Right.SEE_NUMBERS)
def community(request: Request, pk: int) -> HttpResponse:
    """The community page: what it means, five numbers, what to do; the sections by themselves."""
    view = view_of(request, pk)
    name = view.place.community.name
    if view.place.newest is None:
        return quiet(request, view)
    one = view.front
    ready = {"trend": talk.trend(view, one), "hours": talk.hours(view, one)}
    steps = bundles(request, view.pk, view.filters.group)
    parts = [
        {
            "name": key,
            "title": section.title,
            "is_half": section.is_half,
            "part": ready.get(key),
            "url": view.url("community_part", key),
        }
        for key, section in PARTS.items()
    ]
    context = {
        "head": Head(name, headline(one, view.span_words())),
        "purpose": view.place.purpose,
        "may_plan": request.actor.may(Right.PLAN),
        "bar": view.bar(),
        "tiles": tiles(view, one),
        "steps": steps[:STEPS],
        "has_more_steps": len(steps) > STEPS,
        "all_steps_url": f"{reverse('findings')}?{urlencode(place_asked(pk, view.filters.group))}",
        "parts": parts,
        "view": view,
        "underway": notice(request, view.place.groups),
        **addresses(view),
    }
    return render(request, "communities/page.html", context)


def addresses(view: View) -> dict[str, str]:
    """Where the tools of the page lead, as far as the viewer may go."""
    actor = view.request.actor
    may_export, may_edit = actor.may(Right.EXPORT), actor.may(Right.EDIT_GROUPS)
    return {
        "blueprint_url": reverse("blueprint", args=[view.pk]),
        "groups_url": view.url("community_groups"),
        "xlsx_url": view.url("community_xlsx") if may_export else "",
        "report_url": view.url("community_report"),
        "pdf_url": view.url("community_pdf") if may_export else "",
        "settings_url": reverse("community_settings", args=[view.pk]) if may_edit else "",
    }


@page(Right.SEE_NUMBERS)
def part(request: Request, pk: int, name: str) -> HttpResponse:
    """One part: alone for HTMX, as a page of its own otherwise."""
    if name not in PARTS:
        raise NotFound
    view = view_of(request, pk)
    if view.place.newest is None:
        return redirect("community", pk)
    section = PARTS[name]
    context: dict[str, object] = {"part": section.build(view), "alone": not request.htmx}
    template = "communities/part.html"
    if not request.htmx:
        template = "communities/part_page.html"
        back = view.url("community")
        context["head"] = Head(section.title, view.span_words(), back, view.place.community.name)
        context["bar"] = view.bar()
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def tiles(view: View, one: Front) -> list[Tile]:
    """Five numbers: present, speaking, said, grown, answered."""
    compared = one.has_before
    return [
        _present(view, one),
        Tile(
            _("People who spoke"),
            short(len(one.now.speakers)),
            who_spoke(one.active_share, len(one.now.speakers), one.present),
            now=len(one.now.speakers),
            before=len(one.before.speakers) if compared else None,
            good="up",
            spark=view.measured(one.now.speakers_per_day),
            definition=_(
                "Different people with at least one message in the period. The share is"
                " of those who are there now or spoke."
            ),
            href=view.rows("speakers"),
        ),
        Tile(
            _("Messages"),
            short(one.now.messages),
            now=one.now.messages,
            before=one.before.messages if compared else None,
            good="up",
            spark=view.measured(one.now.messages_per_day),
            definition=_("Messages of those who count; joins and other notices are none."),
            href=view.rows("messages"),
        ),
        _growth(view, one),
        _answered(view, one),
    ]


def _present(view: View, one: Front) -> Tile:
    unit = _("%(n)s of them silent") % {"n": short(one.silent)} if one.silent is not None else ""
    return Tile(
        _("People there"),
        short(one.present),
        unit,
        definition=_(
            "People in the groups as far as we know: seen, and not seen to leave. As of"
            " the last import, whatever the period; without bots."
        ),
        href=view.rows("present"),
    )


def _growth(view: View, one: Front) -> Tile:
    flow = one.flow
    definition = _("Joined or came back, minus left. Dropped connections are not counted.")
    if flow is None:
        return Tile(_("Growth"), "–", _("joins are not told here"), definition=definition)
    if flow.open_from is not None:
        definition = _(
            "Joined or came back, minus left. Dropped connections are not counted, so the last"
            " seven days are not settled yet."
        )
    net = [a - b for a, b in zip(flow.came_per_day, flow.left_per_day, strict=True)]
    return Tile(
        _("Growth"),
        signed(flow.net),
        came_and_left(flow),
        spark=view.measured(net),
        definition=definition,
        href=view.rows("joins"),
    )


def _answered(view: View, one: Front) -> Tile:
    now, before = one.asking, one.asking_before
    return Tile(
        _("Questions answered"),
        percent(now.share),
        _("of %(n)s") % {"n": number(now.asked)},
        now=now.share,
        is_share=True,
        before=before.share if one.has_before else None,
        good="up",
        definition=_("Questions that got an answer from somebody else within hours."),
        href=view.rows("questions"),
    )
