"""The page of one member: everything known of them, and the forms to write more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import pgettext

from weilu.console.http import Request
from weilu.console.members.drawing import card
from weilu.console.members.known_forms import forms_of
from weilu.console.members.later import LATER
from weilu.console.members.words import consents, reasons
from weilu.core.access import Right
from weilu.insight.people.listing import find_members
from weilu.insight.people.profile import profile
from weilu.insight.people.record import Record
from weilu.insight.people.same import doubts
from weilu.members.actions.customers import masked_phones
from weilu.members.models import Member
from weilu.members.queries.known import Worn, is_leaving, worn_of


def show_member(
    request: Request, member: Member, typed: Mapping[str, Form] | None = None
) -> HttpResponse:
    """A member's page; with forms that were typed and cannot be accepted, on it as they are.

    What takes long, or is looked at seldom, the page asks for once it stands (`later`).
    """
    actor = request.actor
    record = Record(member)
    found = profile(actor, record)
    worn = worn_of(record.taggings)
    asked = request.GET.get("with", "").strip()
    context = {
        **card(record, found),
        **forms_of(actor, record.facts),
        **(typed or {}),
        "is_refused": bool(typed),
        "tags": [(one, _last_day(one)) for one in worn],
        "tag_names": pgettext("names", ", ").join(one.name for one in worn),
        "notes": record.notes,
        "consents": consents(record.consents),
        "doubts": doubts_with_reasons(request, record.identity_ids),
        "merges": [(one, reasons(one.reasons)) for one in record.merges],
        "asked_with": asked,
        "candidates": find_members(actor, asked, besides=member.pk) if asked else [],
        "may_export": actor.may(Right.EXPORT),
        "may_erase": actor.may(Right.ERASE),
        "leaving": is_leaving(member.pk),
        "phones": masked_phones(actor, member.pk),
        "may_edit": actor.may(Right.EDIT_MEMBERS),
        "later": {
            name: (one.title, reverse("member_part", args=[member.pk, name]))
            for name, one in LATER.items()
        },
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
