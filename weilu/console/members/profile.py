"""The page of one member: everything known of them, and the forms to write more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from weilu.console.http import Request
from weilu.console.members.drawing import card
from weilu.console.members.goodwill_words import goodwill_words
from weilu.console.members.prizes import prize_card
from weilu.console.members.standing import Been, standing_card
from weilu.console.members.words import consents, entries, reasons
from weilu.console.messages.text import shown
from weilu.core.access import Right
from weilu.insight.people.goodwill import goodwill_of, level_moves
from weilu.insight.people.history import Known, history
from weilu.insight.people.listing import find_members
from weilu.insight.people.profile import profile
from weilu.insight.people.same import doubts
from weilu.members.actions.customers import masked_phones
from weilu.members.queries import known
from weilu.members.queries import standing as queries
from weilu.members.queries.worth import judged


def show_member(
    request: Request, pk: int, forms: Mapping[str, Form], *, status: int = 200
) -> HttpResponse:
    """A member's page with these forms on it; raises NotFound."""
    found = profile(request.actor, pk)
    asked = request.GET.get("with", "").strip()
    notes = known.notes_of(pk)
    agreed = known.consents_of(pk)
    verdicts = judged(request.actor, found.member.pk)
    been = Been(queries.stayings_of(found.member.pk), queries.contacts_of(found.member.pk))
    told = history(
        Known(
            identities=found.identities,
            aliases=found.aliases,
            groups=found.groups,
            merges=found.merges,
            taggings=known.taggings_of(pk),
            facts=known.facts_of(pk),
            notes=notes,
            consents=agreed,
            levels=level_moves(found.member.pk),
            verdicts=verdicts.verdicts,
            stayings=been.stayings,
            contacts=been.contacts,
        )
    )
    standing = standing_card(request.actor, found.member.pk, been)
    context = {
        **card(found),
        **standing,
        **forms,
        **prize_card(verdicts),
        "goodwill": goodwill_words(goodwill_of(request.actor, found.member)),
        "tags": [(one, _last_day(one)) for one in known.worn_by([pk]).get(pk, [])],
        "notes": notes,
        "consents": consents(agreed),
        "history": entries(told),
        "doubts": doubts_with_reasons(request, [one.pk for one in found.identities]),
        "merges": [(one, reasons(one.reasons)) for one in found.merges],
        "asked_with": asked,
        "candidates": find_members(request.actor, asked, besides=pk) if asked else [],
        "may_export": request.actor.may(Right.EXPORT),
        "may_erase": request.actor.may(Right.ERASE),
        "leaving": known.is_leaving(pk),
        "phones": masked_phones(request.actor, pk),
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
        "newest": shown(found.recent[:10], {one.group_id: one.zone for one in found.groups}),
    }
    return render(request, "members/profile.html", context, status=status)


def _last_day(one: known.Worn) -> date | None:
    """The last day that a tag counts, by the reader's clock."""
    return None if one.expires_at is None else localdate(one.expires_at - timedelta(seconds=1))


def doubts_with_reasons(
    request: Request, identities: Sequence[int] | None = None
) -> list[tuple[object, list[str]]]:
    """Pairs that may be one person, of one member's or all, with the reasons in words."""
    return [(one, reasons(one.reasons)) for one in doubts(request.actor, identities=identities)]
