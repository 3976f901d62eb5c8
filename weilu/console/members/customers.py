"""Bringing in a shop's customers: upload, say which column is what, look, import (A-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.members.customer_files import Table, table_of
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid
from weilu.members.actions.customer_runs import (
    begin_import,
    imports,
    stop_import,
    take_back,
    to_take_back,
)
from weilu.members.actions.customers import (
    BUSY,
    MOST_BYTES,
    forget_list,
    keep_list,
    kept_list,
    match,
    show_phones,
)
from weilu.members.models import Customer, CustomerList
from weilu.members.queries import known, member
from weilu.members.rules.customers import (
    NAME,
    PHONE,
    Read,
    guess,
    masked,
    read,
)

SHOWN = 5
# By so many rows a column of phones is known.
SAMPLE = 50
SENTENCES.update(
    {
        "too_large": gettext_lazy("This file is too large: at most 40 MB and 200,000 people."),
        "no_table": gettext_lazy("This is no table: save it as xlsx or CSV and choose it again."),
        "later_list": gettext_lazy(
            "A later list may have found what this one brought: that first."
        ),
        "no_name_or_phone": gettext_lazy("Say at least which column is the name or the phone."),
    }
)


@page(Right.IMPORT)
def customers(request: Request) -> HttpResponse:
    """The customers brought in last; by POST: a list to look at."""
    error = ""
    stopped = row_number(request.POST.get("stop", ""))
    back = row_number(request.POST.get("back", ""))
    if request.method == "POST" and back is not None:
        return _taken_back(request, back)
    if request.method == "POST" and stopped is not None:
        stop_import(request.actor, list_id=stopped)
        messages.info(request, _("Stopped. What is in already stays."))
        return redirect("members_customers")
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            made = _uploaded(request, upload)
        except Invalid as problem:
            error = sentence(problem.code)
        else:
            return redirect("members_customers_look", made)
    rows = Customer.objects.filter(workspace_id=request.actor.workspace_id)
    count = rows.count()
    said = ngettext("%(n)s customer is known.", "%(n)s customers are known.", count) % {
        "n": number(count)
    }
    newest = rows.select_related("identity").order_by("-at", "-pk")[:50]
    context = {
        "head": Head(
            _("Customers"),
            said if count else _("Bring in your customers and find them among the members."),
            back=address("members"),
            back_label=_("Members"),
        ),
        "error": error,
        "runs": [_run(one) for one in imports(request.actor)],
        "may_take_back": to_take_back(request.actor)
        if request.actor.may(Right.EDIT_MEMBERS)
        else None,
        "customers": [(one, f"****{one.phone_tail}" if one.phone_tail else "") for one in newest],
        "empty": Empty(
            _("No customers yet"),
            _("An xlsx or CSV file with a name or a phone number in each row is enough."),
            icon="users",
        ),
    }
    return render(request, "members/customers.html", context, status=422 if error else 200)


def _taken_back(request: Request, list_id: int) -> HttpResponse:
    try:
        take_back(request.actor, list_id=list_id)
    except Conflict as problem:
        messages.error(request, sentence(str(problem)))
    else:
        messages.info(request, _("It is being taken back; you need not wait for it."))
    return redirect("members_customers")


@dataclass(frozen=True, slots=True)
class Run:
    """An import ready to draw."""

    one: CustomerList
    words: str
    share: int
    is_busy: bool


def _run(one: CustomerList) -> Run:
    """How far an import is, and what came of it."""
    far = _("%(done)s of %(rows)s people") % {"done": number(one.done), "rows": number(one.rows)}
    came = _("members already: %(matched)s, new: %(fresh)s") % {
        "matched": number(one.matched),
        "fresh": number(one.fresh),
    }
    words = _("%(far)s: %(came)s.") % {"far": far, "came": came}
    states = {
        CustomerList.State.STOPPED: _("Stopped. %(words)s"),
        CustomerList.State.UNDOING: _("Being taken back. %(words)s"),
        CustomerList.State.UNDONE: _("Taken back. %(words)s"),
    }
    if one.state in states:
        words = states[CustomerList.State(one.state)] % {"words": words}
    if one.refused:
        more = ngettext(
            "%(n)s value did not fit its field and was left out.",
            "%(n)s values did not fit their fields and were left out.",
            one.refused,
        )
        words = f"{words} {more % {'n': number(one.refused)}}"
    return Run(one, words, 100 * one.done // max(one.rows, 1), one.state in BUSY)


def _uploaded(request: Request, upload: object) -> int:
    if not isinstance(upload, UploadedFile):
        raise Invalid("required", field="file")
    if (upload.size or 0) > MOST_BYTES:
        raise Invalid("too_large", field="file")
    data = upload.read()
    table_of(data)
    return keep_list(request.actor, file_name=upload.name or "", data=data).pk


@page(Right.IMPORT)
def look(request: Request, pk: int) -> HttpResponse:
    """Which column is what, and what would come of it; by POST: look again, or import."""
    kept, data = kept_list(request.actor, pk)
    table = table_of(data)
    fields = known.fields(request.actor)
    roles = [request.POST.get(f"column_{k}", "") for k in range(len(table.headings))]
    if request.method != "POST":
        named = {one.name.casefold(): one.pk for one in fields}
        roles = guess(table.headings, named, [cells for _line, cells in table.lines[:SAMPLE]])
    allowed = {"", NAME, PHONE, "tags", *(f"field:{one.pk}" for one in fields)}
    roles = [role if role in allowed else "" for role in roles]
    found = read(table.lines, roles)
    error = "" if {NAME, PHONE} & set(roles) else sentence("no_name_or_phone")
    act = request.POST.get("do", "")
    if act == "forget":
        forget_list(request.actor, pk)
        return redirect("members_customers")
    if act == "import" and not error:
        return _imported(request, pk, found)
    options = [
        ("", _("leave out")), (NAME, _("Name")), (PHONE, _("Phone")), ("tags", _("Tags")),
        *((f"field:{one.pk}", one.name) for one in fields),
    ]  # fmt: skip
    hit = match(request.actor, found.rows)
    context = {
        "head": Head(
            kept.file_name,
            _("Nothing is stored yet: say which column is what, and look at the first rows."),
            back=reverse("members_customers"),
            back_label=_("Customers"),
        ),
        "columns": _columns(table, roles),
        "options": options,
        "found": found,
        "by_phone": hit.by_phone,
        "by_name": hit.by_name,
        "fresh": sum(held is None for _row, held in hit.rows),
        "error": error,
        "wording": request.POST.get("wording", ""),
        "may_import": request.actor.may(Right.EDIT_MEMBERS),
    }
    return render(request, "members/customers_look.html", context, status=422 if error else 200)


def _columns(table: Table, roles: Sequence[str]) -> list[tuple[int, str, str, list[str]]]:
    """Number, heading, role and first values of each column; phones are not shown in full."""
    return [
        (k, heading, roles[k], [_shown(cell, roles[k]) for cell in _first_of(table, k)])
        for k, heading in enumerate(table.headings)
    ]


def _first_of(table: Table, column: int) -> list[str]:
    """What stands in a column of the first rows."""
    cells = ["".join(row[column : column + 1]) for _line, row in table.lines[:SHOWN]]
    return [cell for cell in cells if cell.strip()]


def _shown(text: str, role: str) -> str:
    return masked(text) if role == PHONE else text[:60]


def _imported(request: Request, pk: int, found: Read) -> HttpResponse:
    wording = request.POST.get("wording", "").strip()[:2000]
    begin_import(
        request.actor, list_id=pk, rows=found.rows, wording=wording, today=timezone.localdate()
    )
    words = _("The import has begun; you need not wait for it.")
    messages.success(request, words)
    return redirect("members_customers")


@require_POST
@page(Right.EDIT_MEMBERS)
def phones(request: Request, pk: int) -> HttpResponse:
    """The numbers of a member in clear, once; that they were looked at is on record."""
    shown = show_phones(request.actor, member_id=pk)
    found = member(request.actor, pk)
    context = {
        "head": Head(
            _("Phone of %(name)s") % {"name": found.name},
            _("Shown to you now and kept nowhere. That you looked is on record."),
            back=reverse("member", args=[pk]),
            back_label=found.name,
        ),
        "phones": shown,
    }
    answer = render(request, "members/phones.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer
