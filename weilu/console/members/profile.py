"""The page of one member: everything known of them, and the forms to write more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import pgettext

from weilu.console.http import Request
from weilu.console.members.drawing import card
from weilu.console.members.goodwill_words import goodwill_words
from weilu.console.members.known_forms import forms_of
from weilu.console.members.prizes import prize_card
from weilu.console.members.standing import standing_card
from weilu.console.members.words import consents, entries, reasons
from weilu.console.messages.text import shown
from weilu.core.access import Right
from weilu.insight.people.goodwill import goodwill_of
from weilu.insight.people.history import history
from weilu.insight.people.listing import find_members
from weilu.insight.people.profile import profile
from weilu.insight.people.record import record_of
from weilu.insight.people.same import doubts
from weilu.members.actions.customers import masked_phones
from weilu.members.models import Member
from weilu.members.queries import people
from weilu.members.queries.known import Worn, is_leaving, worn_of
from weilu.members.queries.worth import judged

# Messages on the page itself; there is a page of all.
LATEST = 7


def show_member(
    request: Request, member: Member, typed: Mapping[str, Form] | None = None
) -> HttpResponse:
    """A member's page; with forms that were typed and cannot be accepted, on it as they are.

    What the page is made of is read here once and handed on: the record of the member, what was
    counted of them, and who is who in the workspace.
    """
    actor = request.actor
    record, known = record_of(member), people(actor.workspace_id)
    found = profile(actor, record, known)
    worn = worn_of(record.taggings)
    asked = request.GET.get("with", "").strip()
    context = {
        **card(record, found),
        **standing_card(actor, record),
        **forms_of(actor, record.facts),
        **(typed or {}),
        **prize_card(judged(actor, member.pk, record.verdicts)),
        "goodwill": goodwill_words(goodwill_of(actor, record, known)),
        "tags": [(one, _last_day(one)) for one in worn],
        "tag_names": pgettext("names", ", ").join(one.name for one in worn),
        "notes": record.notes,
        "consents": consents(record.consents),
        "history": entries(history(record)),
        "doubts": doubts_with_reasons(request, record.identity_ids),
        "merges": [(one, reasons(one.reasons)) for one in record.merges],
        "asked_with": asked,
        "candidates": find_members(actor, asked, besides=member.pk) if asked else [],
        "may_export": actor.may(Right.EXPORT),
        "may_erase": actor.may(Right.ERASE),
        "leaving": is_leaving(member.pk),
        "phones": masked_phones(actor, member.pk),
        "may_edit": actor.may(Right.EDIT_MEMBERS),
        "newest": shown(found.recent[:LATEST], {one.group_id: one.zone for one in record.groups}),
    }
    return render(request, "members/profile.html", context, status=422 if typed else 200)


def _last_day(one: Worn) -> date | None:
    """The last day that a tag counts, by the reader's clock."""
    return None if one.expires_at is None else localdate(one.expires_at - timedelta(seconds=1))


def doubts_with_reasons(
    request: Request, identities: Sequence[int] | None = None
) -> list[tuple[object, list[str]]]:
    """Pairs that may be one person, of one member's or all, with the reasons in words."""
    return [(one, reasons(one.reasons)) for one in doubts(request.actor, identities=identities)]
