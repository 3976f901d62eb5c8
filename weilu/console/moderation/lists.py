"""What decisions taught, and the word lists."""

from __future__ import annotations

import csv
import io
from collections import Counter

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console import counts
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.moderation.words import ADDRESSES, KINDS
from weilu.console.parts import Head
from weilu.console.places import address
from weilu.console.sentences import SENTENCES
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid
from weilu.moderation import actions
from weilu.moderation.judges import decisions_of, learned_by
from weilu.moderation.queries import lists_of
from weilu.moderation.rules.learning import Learned, lesson, shipped
from weilu.moderation.rules.starter import starter_words

LESSONS = 24
LEAST = 0.05  # log-odds; what says less is noise

SENTENCES.update(
    {
        "no_words": gettext_lazy("There is no word in it. Write one word on each line."),
        "no_words_file": gettext_lazy(
            "This is no text file. Save the list as text, one word on each line; gzipped is fine."
        ),
    }
)


class ListForm(forms.Form):
    """A new word list: typed, or from a file."""

    name = forms.CharField(
        label=gettext_lazy("Name of the list"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Empty: what the file is called."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What the words are about"))
    weight = forms.ChoiceField(
        label=gettext_lazy("How much one word says"),
        choices=[
            ("1", gettext_lazy("a little: only together with other signs")),
            ("2", gettext_lazy("something: worth a look from a newcomer")),
            ("3", gettext_lazy("much: hardly ever harmless")),
        ],
        initial="2",
    )
    words = forms.CharField(
        label=gettext_lazy("Words or addresses, one on each line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a text file with one word on each line"), required=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 - tells the type
        kinds.choices = [*KINDS.items(), *ADDRESSES.items()]


@page(Right.SEE_MEMBERS)
def words(request: Request) -> HttpResponse:
    """The lists that come with Weilu and the workspace's own; a new one by POST."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _add(request, form):
        return redirect("moderation_words")
    many = Counter(word.kind for word in starter_words())
    context = {
        "head": Head(
            _("Words"),
            _("Found however they are written: split, by sound, in odd letters."),
            back=address("moderation"),
            back_label=_("Clean-up"),
        ),
        "shipped": [(KINDS[kind], many[kind]) for kind in KINDS],
        "lists": [(one, (KINDS | ADDRESSES).get(one.kind, "")) for one in lists_of(request.actor)],
        "form": form,
        "may": request.actor.may(Right.MODERATE),
    }
    return render(request, "moderation/words.html", context)


def _add(request: Request, form: ListForm) -> bool:
    """Keep the list; False with the error in the form."""
    value, file = form.cleaned_data, form.cleaned_data["file"]
    data = file.read() if file else value["words"].encode()
    name = value["name"] or (file.name.removesuffix(".gz").rpartition(".")[0][:80] if file else "")
    try:
        one = actions.add_list(
            request.actor,
            name=name,
            kind=value["kind"],
            weight=float(value["weight"]),
            data=data,
        )
    except (Invalid, Conflict) as error:
        code = str(error)
        place = {"no_words": "words", "no_words_file": "file"}.get(code, "name")
        form.add_error(place, str(SENTENCES[code]))
        return False
    said = ngettext("%(n)s word is looked for.", "%(n)s words are looked for.", one.count)
    messages.success(request, said % {"n": number(one.count)})
    actions.check_again(request.actor)
    return True


@require_POST
@page(Right.MODERATE)
def switch(request: Request, pk: int) -> HttpResponse:
    """Have a list looked for, or not."""
    actions.switch_list(request.actor, list_id=pk, is_on=request.POST.get("on") == "1")
    actions.check_again(request.actor)
    messages.success(request, _("Changed. The groups are being looked through again."))
    return redirect("moderation_words")


@require_POST
@page(Right.MODERATE)
def remove(request: Request, pk: int) -> HttpResponse:
    """Throw a list away."""
    actions.remove_list(request.actor, list_id=pk)
    actions.check_again(request.actor)
    messages.success(request, _("The list is gone."))
    return redirect("moderation_words")


@page(Right.SEE_MEMBERS)
def learned(request: Request) -> HttpResponse:
    """What the decisions taught, loudest first."""
    decided = decisions_of(request.actor.workspace_id)
    table = learned_by(request.actor.workspace_id)
    # What came with Weilu is not what this workspace taught.
    own = Learned(table.weights - shipped("ads").weights, table.junk, table.fine)
    said = lesson(own, [one.text for one in decided], LESSONS * 4) if table.junk else []
    sentence = _("Called junk %(junk)s, left alone %(fine)s.") % {
        "junk": counts.times(table.junk if decided else 0),
        "fine": counts.times(table.fine if decided else 0),
    }
    context = {
        "head": Head(
            _("What it learned"),
            sentence if decided else _("Nothing yet: it learns from every decision you make."),
            back=address("moderation"),
            back_label=_("Clean-up"),
        ),
        "against": [word for word, weight in said if weight > LEAST][:LESSONS],
        "for": [word for word, weight in said if weight < -LEAST][:LESSONS],
        "one_kind": bool(decided) and not (table.junk and table.fine),
        "decided": len(decided),
        "may": request.actor.may(Right.MODERATE),
        "may_export": request.actor.may(Right.EXPORT),
    }
    return render(request, "moderation/learned.html", context)


@require_POST
@page(Right.MODERATE)
def forget(request: Request) -> HttpResponse:
    """Throw away what was learned: every decision is open again."""
    many = actions.forget_decisions(request.actor)
    said = ngettext(
        "Forgotten. %(n)s message is to be decided again.",
        "Forgotten. %(n)s messages are to be decided again.",
        many,
    )
    messages.success(request, said % {"n": number(many)})
    return redirect("moderation_learned")


@page(Right.EXPORT)
def decisions_csv(request: Request) -> HttpResponse:
    """The decisions as a CSV `label,text`, which `weilu evaluate moderation` reads."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["label", "text"])
    for one in decisions_of(request.actor.workspace_id):
        writer.writerow(["ad" if one.junk else "normal", inert(one.text)])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="decisions.csv"'
    return response


def inert(text: str) -> str:
    """A text as a cell that a spreadsheet shows and does not work out; mostly as it is."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
