"""KOC and true fans: the ranked list, and one member's evidence line by line (C-6)."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.console import counts
from weilu.console.cells import Kind
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.lists import list_page
from weilu.console.members.worth_words import CAUSED, mover_badge, ways
from weilu.console.messages.text import shown
from weilu.console.parts import Empty, Head, Tab
from weilu.console.places import address
from weilu.console.tables import Ask, Column, Spec
from weilu.core.access import Right
from weilu.groups.queries import groups_of
from weilu.insight.pages.look import date_of
from weilu.insight.rules.influence import FANS_WANTED
from weilu.insight.worth.listing import Mover, evidence, movers, progress
from weilu.members.queries import member as find_member


@page(Right.SEE_MEMBERS)
def koc(request: Request) -> HttpResponseBase:
    """Who moves others, most first; by the address only KOC or only true fans."""
    only = request.GET.get("only", "")
    reached = progress(request.actor)

    def source(ask: Ask) -> Sequence[Mover]:
        after = None
        if ask.after and str(ask.after[1]).isdecimal():
            value = ask.after[0]
            after = (float(value) if isinstance(value, int | float) else 0.0, int(ask.after[1]))
        return movers(
            request.actor, only=only, sort=ask.sort, descending=ask.descending, after=after,
            limit=ask.limit,
        )  # fmt: skip

    base = request.path
    context = {
        "head": Head(_("KOC and true fans"), _sentence(reached.koc, reached.fans)),
        "fans": reached.fans,
        "wanted": FANS_WANTED,
        "tabs": [
            Tab(_("All who move others"), base, only not in {"koc", "fans"}),
            Tab(_("KOC"), f"{base}?only=koc", only == "koc", reached.koc),
            Tab(_("True fans"), f"{base}?only=fans", only == "fans", reached.fans),
        ],
    }
    return list_page(request, "members/koc.html", _spec(), source, context)


def _sentence(koc_count: int, fans: int) -> str:
    if not koc_count and not fans:
        return _("Nobody has moved ten different people in the last year yet.")
    moving = ngettext("%(n)s member moves others", "%(n)s members move others", koc_count) % {
        "n": number(koc_count)
    }
    return _("%(moving)s; %(fans)s of the first %(wanted)s true fans are here.") % {
        "moving": moving,
        "fans": number(fans),
        "wanted": number(FANS_WANTED),
    }


def _spec() -> Spec[Mover]:
    return Spec(
        name="koc",
        columns=[
            Column(
                "name", _("Name"), link=lambda r: reverse("member_caused", args=[r.id]), sort=False
            ),
            Column(
                "what", _("What they are"), Kind.BADGE, sort=False,
                value=lambda r: mover_badge(is_koc=r.is_koc, is_fan=r.is_fan),
            ),
            Column(
                "points", _("Points"), Kind.NUMBER, fact=True, value=lambda r: round(r.points),
                help=_("3 for a thank-you, 2 for each person whose question they answered, 1 for"
                       " each who answers or names them, 4 for a newcomer who stayed."),
            ),
            Column("thanks", _("Thanks"), Kind.NUMBER, fact=True,
                   help=_("At most 5 of one person count.")),
            Column("answered", _("People helped"), Kind.NUMBER,
                   help=_("Whose question they were the first to answer.")),
            Column("repliers", _("People who answer them"), Kind.NUMBER, fact=True),
            Column("stayed", _("Newcomers who stayed"), Kind.NUMBER,
                   help=_("They were the first to answer them, and a month later they were still"
                          " there."), spare=True),
            Column("mentioners", _("People who name them"), Kind.NUMBER, spare=True),
            Column("ways", _("How to thank them"), sort=False,
                   value=lambda r: "".join(ways(r.ways)[:1])),
        ],
        key=lambda r: r.id,
        sort="-points",
        empty=Empty(
            _("Nobody yet"),
            _("As soon as members answer, thank and name each other, they appear here."),
            icon="user-heart",
        ),
    )  # fmt: skip


@page(Right.SEE_MEMBERS)
def caused(request: Request, pk: int) -> HttpResponse:
    """What one member caused in others in a year: each number with the people behind it."""
    one = find_member(request.actor, pk)
    if one.pk != pk:
        return redirect("member_caused", one.pk)
    found = evidence(request.actor, pk)
    groups = {g.pk: g for g in groups_of(request.actor)}
    zones = {key: g.community.time_zone for key, g in groups.items()}
    row = found.row
    context = {
        "head": Head(
            _("What %(name)s causes") % {"name": one.name},
            _("In other people, over the year up to the newest message."),
            back=address("members_koc"),
            back_label=_("KOC and true fans"),
        ),
        "member": one,
        "row": row,
        "what": mover_badge(is_koc=row.is_koc, is_fan=row.is_fan) if row else None,
        "points": counts.points(row.points) if row else "",
        "ways": ways(found.ways),
        "parts": [
            (title, text, found.counts.get(kind, 0),
             [(who, date_of(who.last_day)) for who in found.people.get(kind, ())])
            for kind, (title, text) in CAUSED.items()
        ],
        "quotes": shown(found.quotes, zones),
        "empty": Empty(
            _("Nothing yet"),
            _("Nobody answered, thanked or named them in the last year."),
            icon="user-heart",
        ),
    }  # fmt: skip
    return render(request, "members/caused.html", context)
