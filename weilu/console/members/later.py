"""Parts of a member's page that are asked for once it stands: what takes long, or is folded.

Without scripts each is a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.members.drawing import hours_chart, weeks_chart
from weilu.console.members.goodwill_words import goodwill_words
from weilu.console.members.prizes import prize_card
from weilu.console.members.standing import standing_card
from weilu.console.members.words import entries
from weilu.console.messages.text import shown
from weilu.console.parts import Head
from weilu.console.places import address
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.insight.people.goodwill import goodwill_of
from weilu.insight.people.history import history
from weilu.insight.people.profile import profile
from weilu.insight.people.record import Record
from weilu.members.queries import member as find_member
from weilu.members.queries import people
from weilu.members.queries.worth import judged

# Messages on the page itself; there is a page of all.
LATEST = 7


@dataclass(frozen=True, slots=True)
class Later:
    """A part: what a page of its own is called, its template, and what that shows."""

    title: Promise
    template: str
    build: Callable[[Actor, Record], Mapping[str, object]]


def _worth(actor: Actor, record: Record) -> Mapping[str, object]:
    found = goodwill_of(actor, record, people(actor.workspace_id))
    return {
        **standing_card(actor, record),
        **prize_card(judged(actor, record.member.pk, record.verdicts)),
        "goodwill": goodwill_words(found),
    }


def _talk(actor: Actor, record: Record) -> Mapping[str, object]:
    found = profile(actor, record)
    zones = {one.group_id: one.zone for one in record.groups}
    return {
        "found": found,
        "weeks": weeks_chart(found),
        "hours": hours_chart(found),
        "newest": shown(found.recent[:LATEST], zones),
    }


def _history(_actor: Actor, record: Record) -> Mapping[str, object]:
    return {"history": entries(history(record))}


LATER: dict[str, Later] = {
    "worth": Later(gettext_lazy("Where they stand"), "members/worth.html", _worth),
    "talk": Later(gettext_lazy("Their talk"), "members/talk.html", _talk),
    "history": Later(gettext_lazy("Everything in order of time"), "members/history.html", _history),
}


@page(Right.SEE_MEMBERS)
def part(request: Request, pk: int, name: str) -> HttpResponseBase:
    """One part: alone for HTMX, as a page of its own otherwise."""
    if name not in LATER:
        raise NotFound
    one = find_member(request.actor, pk)
    if one.pk != pk:
        return redirect("member_part", one.pk, name)
    later = LATER[name]
    context = {
        **later.build(request.actor, Record(one)),
        "member": one,
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
        "template": later.template,
        "head": Head(str(later.title), back=address("member", one.pk), back_label=one.name),
    }
    answer: HttpResponse = render(
        request, later.template if request.htmx else "members/later_page.html", context
    )
    patch_vary_headers(answer, ("HX-Request",))
    return answer
