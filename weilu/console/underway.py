"""The sentence that says what is still being worked out, and its fragment, asked for as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from weilu.console import formats
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.core.access import Right
from weilu.groups.models import Group
from weilu.groups.queries import groups_of
from weilu.insight.underway import Underway, underway


@dataclass(frozen=True, slots=True)
class Notice:
    """What is still being worked out, in words; `url` answers the same, or that it is over.

    `back` is the page that shows the new numbers, empty while the work goes on.
    """

    words: str
    url: str
    back: str = ""


def notice(request: Request, groups: Sequence[Group] | None = None) -> Notice | None:
    """The sentence for some groups, or for all of the workspace; None where all is worked out.

    One statement.
    """
    found = underway(request.actor, groups)
    return None if found is None else Notice(_words(found), _address(groups))


def _address(groups: Sequence[Group] | None) -> str:
    """Where the fragment asks again: for the communities of the groups, few as they are."""
    places = sorted({one.community_id for one in groups or ()})
    asked = urlencode([("community", pk) for pk in places])
    return reverse("underway") + (f"?{asked}" if asked else "")


def _words(found: Underway) -> str:
    """What is to do, how far it is, and what of the page can be relied on meanwhile."""
    left = [_("who is who"), _("who answers whom"), _("what is talked about"), _("what stands out")]
    if found.counts_anew:
        left.insert(0, _("every number, anew"))
    words = {"left": formats.listed(left), "done": formats.percent(found.share)}
    if found.share:
        said = _("Still being worked out: %(left)s. %(done)s is done.") % words
    else:
        said = _("Still being worked out: %(left)s.") % words
    if found.counts_anew:
        return said
    return _("%(said)s Who said how much is complete.") % {"said": said}


@page(Right.SEE_NUMBERS)
def fragment(request: Request) -> HttpResponse:
    """The sentence alone, asked for every few seconds; once all is done, the way to see it."""
    here = request.htmx.current_url_abs_path if request.htmx else None
    if not here:
        return redirect("today")
    found = notice(request, _groups(request))
    context = {"underway": found or Notice(_("Everything is worked out now."), "", here)}
    return render(request, "console/parts/underway.html", context)


def _groups(request: Request) -> list[Group] | None:
    """The groups of the communities asked about, as far as they are the workspace's."""
    asked = request.GET.getlist("community")
    if not asked:
        return None
    return [one for one in groups_of(request.actor) if str(one.community_id) in asked]
