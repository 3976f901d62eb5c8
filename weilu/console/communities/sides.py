"""Groups side by side."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from weilu.console.cells import Kind
from weilu.console.communities.asked import View, view_of
from weilu.console.formats import number, percent
from weilu.console.grouplife.words import life_badge
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.lists import list_page
from weilu.console.parts import Empty, Head
from weilu.console.tables import Column, Spec, in_memory
from weilu.core.access import Right
from weilu.insight.pages.sides import Side, sides
from weilu.insight.scope import communities


@page(Right.SEE_NUMBERS)
def all_groups(request: Request) -> HttpResponse:
    """The groups of the first community that is there."""
    found = communities(request.actor)
    if not found:
        return redirect("communities")
    return redirect("community_groups", found[0].pk)


@page(Right.SEE_NUMBERS)
def groups(request: Request, pk: int) -> HttpResponseBase:
    """Every group with its numbers of the period; sortable by each."""
    view = view_of(request, pk)
    found = sides(view.look) if view.place.newest is not None else []
    spec = _spec(view)
    count = len(found)
    sentence = ngettext("%(n)s group", "%(n)s groups", count) % {"n": number(count)}
    if found:
        best = max(found, key=lambda s: (s.messages, s.group.name))
        share = best.messages / (sum(s.messages for s in found) or 1)
        sentence = _(
            "%(groups)s, %(span)s. “%(name)s” is the liveliest, with %(share)s of all messages."
        ) % {
            "groups": sentence,
            "span": view.span_words(),
            "name": best.group.name,
            "share": percent(share),
        }
    context = {
        "head": Head(
            _("Groups side by side"), sentence, view.url("community"), view.place.community.name
        ),
        "bar": view.bar(),
    }
    return list_page(
        request, "communities/rows.html", spec, in_memory(spec, found), context, total=count
    )


def change_of(side: Side, *, compared: bool) -> float | None:
    """Messages against the period before, −1 and up; None without a whole period before."""
    if not compared or not side.messages_before:
        return None
    return side.messages / side.messages_before - 1


def _spec(view: View) -> Spec[Side]:
    oldest = view.place.oldest
    compared = oldest is not None and oldest <= view.look.scope.first_day_before
    return Spec(
        name="groups",
        columns=[
            Column(
                "name",
                _("Group"),
                value=lambda s: s.group.name,
                link=lambda s: view.url("community", group=s.group.pk),
            ),
            Column("present", _("People there"), Kind.NUMBER, fact=True),
            Column(
                "speakers",
                _("Spoke"),
                Kind.NUMBER,
                fact=True,
                help=_("Different people with at least one message in the period."),
            ),
            Column(
                "active_share",
                _("Active"),
                Kind.SHARE,
                help=_("Who spoke, of those who are there."),
            ),
            Column("messages", _("Messages"), Kind.NUMBER, fact=True),
            Column(
                "change",
                pgettext("difference", "Change"),
                Kind.CHANGE,
                value=lambda s: change_of(s, compared=compared),
                help=_("Messages against the period before."),
            ),
            Column(
                "answered_share", _("Answered"), Kind.SHARE, help=_("Questions that got an answer.")
            ),
            Column(
                "median_s",
                _("First answer"),
                Kind.SPAN,
                help=_("Typical time to the first answer: the median."),
            ),
            Column(
                "returned_share",
                _("Newcomers back"),
                Kind.SHARE,
                help=_("Newcomers who spoke on a second day of the period."),
            ),
            Column(
                "life",
                _("Stage"),
                Kind.BADGE,
                value=lambda s: life_badge(s.group, s.life.stage),
                link=lambda s: reverse("group_life", args=[s.group.pk]),
                help=_("Where the group is in its life; opens why, and what to do."),
            ),
            Column(
                "trend",
                _("12 weeks"),
                Kind.SPARK,
                sort=False,
                help=_("Messages a week, the newest on the right."),
            ),
        ],
        key=lambda s: s.group.pk,
        sort="-messages",
        empty=Empty(_("No groups yet"), _("Import a chat history and its group appears here.")),
    )
