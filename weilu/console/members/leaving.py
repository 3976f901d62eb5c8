"""Handing a person a copy of everything held of them, and erasing them from everything (C-3)."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable
from typing import IO, cast

import xlsxwriter
from django import forms
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from weilu.console import spreadsheets
from weilu.console.cells import Kind
from weilu.console.formats import number, of_ms
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.members.words import entries
from weilu.console.parts import Badge, Empty, Head, Tone
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid
from weilu.insight.people.copying import Copy, copy_of
from weilu.insight.people.presence import groups_in, participations_of
from weilu.members.actions.erasing import ask_erasure
from weilu.members.models import Erasure
from weilu.members.queries import identities_of, known
from weilu.members.queries import member as find_member

SENTENCES.update(
    {
        "name_differs": gettext_lazy("This is not their name as it stands above."),
        "already_erasing": gettext_lazy("They are being erased already."),
    }
)

REASONS = {
    Erasure.Reason.ASKED: gettext_lazy("They asked for it"),
    Erasure.Reason.WITHDRAWN: gettext_lazy("They took their consent back"),
    Erasure.Reason.NO_LONGER_NEEDED: gettext_lazy("It is no longer needed"),
    Erasure.Reason.UNLAWFUL: gettext_lazy("It should never have been kept"),
}

STATES = {
    Erasure.State.WAITING: (gettext_lazy("begins soon"), Tone.WATCH),
    Erasure.State.COUNTING: (gettext_lazy("counting anew"), Tone.WATCH),
    Erasure.State.DONE: (gettext_lazy("done"), Tone.GOOD),
}
# A sheet holds 1,048,576 rows; the file of rows has them all.
_SHEET_ROWS = 1_000_000


@require_GET
@page(Right.EXPORT)
def copy(request: Request, pk: int) -> HttpResponseBase:
    """A zip with everything held of a member: a readable workbook, and all rows as JSON."""
    found = copy_of(request.actor, pk)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with tempfile.TemporaryFile() as book:
            _workbook(found, book)
            book.seek(0)
            archive.writestr("readable.xlsx", book.read())
        archive.writestr("rows.json", _json(found.rows))
        with archive.open("messages.jsonl", "w") as lines:
            for row in found.messages():
                lines.write(f"{_json(row)}\n".encode())
    file.seek(0)
    name = f"member-{found.member.pk}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _workbook(found: Copy, file: IO[bytes]) -> None:
    options = {**spreadsheets.OPTIONS, "constant_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        looks = spreadsheets.Looks(book)
        sheet = book.add_worksheet(_("History")[:31])
        heads = [(_("When"), Kind.MOMENT), (_("What"), Kind.TEXT), (_("Where from"), Kind.TEXT)]
        spreadsheets.head(sheet, heads, looks)
        for at, one in enumerate(entries(found.history), start=1):
            spreadsheets.write(sheet, (at, 0), one.at, Kind.MOMENT, looks)
            spreadsheets.write(sheet, (at, 1), one.text, Kind.TEXT, looks)
            spreadsheets.write(sheet, (at, 2), one.source, Kind.TEXT, looks)
        sheet = book.add_worksheet(_("Messages")[:31])
        heads = [(_("When"), Kind.MOMENT), (_("Group"), Kind.TEXT), (_("Message"), Kind.TEXT)]
        spreadsheets.head(sheet, heads, looks)
        for at, row in enumerate(found.messages(), start=1):
            if at > _SHEET_ROWS:
                break
            moment = of_ms(cast("int", row["sent_ms"]))
            spreadsheets.write(sheet, (at, 0), moment, Kind.MOMENT, looks)
            spreadsheets.write(sheet, (at, 1), row["group__name"], Kind.TEXT, looks)
            spreadsheets.write(sheet, (at, 2), row["text"], Kind.TEXT, looks)


class EraseForm(forms.Form):
    """The name typed once more, why, and how far."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=list(REASONS.items()))
    everywhere = forms.BooleanField(
        label=gettext_lazy("Also take their name out of what others wrote"),
        help_text=gettext_lazy(
            "Without this it goes only where somebody is addressed by it. Leave it off when the"
            " name is an everyday word."
        ),
        required=False,
        initial=True,
    )
    name = forms.CharField(
        label=gettext_lazy("Type the name to confirm"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@page(Right.ERASE)
def erase(request: Request, pk: int) -> HttpResponse:
    """What an erasure removes, and the form that begins it."""
    one = find_member(request.actor, pk)
    if one.pk != pk:
        return redirect("member_erase", one.pk)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            ask_erasure(
                request.actor,
                member_id=pk,
                typed_name=said["name"],
                reason=Erasure.Reason(said["reason"]),
                everywhere=said["everywhere"],
            )
        except (Invalid, Conflict) as error:
            form.add_error("name", sentence(str(error)))
        else:
            messages.success(request, _("They are being erased. Below is how far it is."))
            return redirect("members_erased")
    groups = groups_in(participations_of([identity.pk for identity in identities_of(pk)]))
    context = {
        "head": Head(
            _("Erase %(name)s") % {"name": one.name},
            _("From everything, for good. Nothing of it can be brought back."),
            back=reverse("member", args=[pk]),
            back_label=one.name,
        ),
        "member": one,
        "form": form,
        "said": sum(group.messages for group in groups),
        "groups": groups,
    }
    status = 422 if form.is_bound else 200
    return render(request, "members/erase.html", context, status=status)


@page(Right.ERASE)
def erased(request: Request) -> HttpResponse:
    """Who was erased and when: without naming them."""
    found = known.erasures(request.actor)
    context = {
        "head": Head(
            _("Erased members"),
            _("That it was done, when, why and by whom. Not who they were."),
            back=address("members"),
            back_label=_("Members"),
        ),
        "erasures": [
            (one, REASONS[Erasure.Reason(one.reason)], _state(one), _counts(one)) for one in found
        ],
        "empty": Empty(
            _("Nobody was erased"),
            _("A member's page leads there, at its end."),
            icon="users",
        ),
    }
    return render(request, "members/erased.html", context)


def _state(one: Erasure) -> Badge:
    return Badge(*STATES[Erasure.State(one.state)])


def _counts(one: Erasure) -> list[str]:
    """What went, in words; kinds of which nothing went are left out."""
    kinds: dict[str, Callable[[int], str]] = {
        "messages": lambda n: ngettext("%(n)s message", "%(n)s messages", n),
        "mentions": lambda n: ngettext(
            "their name in %(n)s message of others", "their name in %(n)s messages of others", n
        ),
        "sent": lambda n: ngettext("%(n)s message to them", "%(n)s messages to them", n),
        "files": lambda n: ngettext("%(n)s uploaded export", "%(n)s uploaded exports", n),
    }
    found = [(words, int(one.counts.get(name, 0))) for name, words in kinds.items()]
    return [words(n) % {"n": number(n)} for words, n in found if n]
