"""The team's own facts: what an account of theirs may really do, and how often (K-4)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.chat.live.connections import set_limits
from weilu.chat.live.queries import capability, connection
from weilu.chat.ports.abilities import Scope
from weilu.console.connections.words import ABILITIES, SUPPORTS
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Head
from weilu.core.access import Right
from weilu.groups.models import CapabilityRow

_SCOPES: list[tuple[str, Promise]] = [
    (Scope.GROUP.value, gettext_lazy("in each group")),
    (Scope.CONNECTION.value, gettext_lazy("over all groups")),
]
_HOW: list[tuple[str, Promise]] = [(str(key), words) for key, (words, _t) in SUPPORTS.items()]
MOST = 1_000_000
_UNITS: list[tuple[int, Promise]] = [
    (1, gettext_lazy("seconds")),
    (60, gettext_lazy("minutes")),
    (3600, gettext_lazy("hours")),
    (86_400, gettext_lazy("days")),
]
MOST_SECONDS = 31 * 86_400


class AbilityForm(forms.Form):
    """Who does it, and at most how often."""

    support = forms.ChoiceField(
        label=gettext_lazy("How it is done"),
        choices=_HOW,
    )
    count = forms.IntegerField(
        label=gettext_lazy("At most so many"),
        help_text=gettext_lazy("Empty: no limit but the platform's own."),
        required=False,
        min_value=1,
        max_value=MOST,
    )
    span = forms.IntegerField(
        label=gettext_lazy("In how long"), required=False, min_value=1, max_value=MOST_SECONDS
    )
    unit = forms.TypedChoiceField(
        label=gettext_lazy("Unit"), choices=_UNITS, coerce=int, required=False
    )
    scope = forms.ChoiceField(label=gettext_lazy("Counted"), choices=_SCOPES, required=False)

    def clean(self) -> dict[str, object]:
        """A number needs its time, and a time its number; adds `seconds`, a month at most."""
        said: dict[str, object] = super().clean() or self.cleaned_data
        if bool(said.get("count")) != bool(said.get("span")):
            missing = "span" if said.get("count") else "count"
            if missing not in self.errors:
                self.add_error(missing, _("A limit is a number and a time: give both or neither."))
        seconds = int(str(said.get("span") or 0)) * int(str(said.get("unit") or 1))
        said["seconds"] = seconds
        if seconds > MOST_SECONDS and "span" not in self.errors:
            self.add_error("span", _("At most 31 days."))
        return said


@page(Right.CONNECT)
def ability(request: Request, pk: int, name: str) -> HttpResponse:
    """What the team knows of an ability takes the place of what the connector says."""
    line = connection(request.actor, pk)
    row = capability(request.actor, line, name)
    form = AbilityForm(request.POST or None, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        one = (said["count"], said["seconds"], said["scope"] or Scope.GROUP.value)
        # Further limits of the platform, such as one for the whole account, stay.
        others = [(int(c), int(s), str(scope)) for c, s, scope in row.limits[1:]]
        limits = ([one] if said["count"] else []) + others
        set_limits(request.actor, row=row, support=said["support"], limits=limits)
        messages.success(request, _("Saved. It is your team's own fact from now on."))
        return redirect(reverse("connection", args=[pk]) + "#abilities")
    context = {
        "head": Head(
            ABILITIES.get(name, name),
            _("Your account may be allowed more or less than the platform says of others."),
            reverse("connection", args=[pk]),
            line.name,
        ),
        "form": form,
        "cans": [],
    }
    return render(request, "connections/form.html", context, status=422 if form.errors else 200)


def _initial(row: CapabilityRow) -> dict[str, object]:
    count, seconds, scope = row.limits[0] if row.limits else (None, None, Scope.GROUP.value)
    unit = max((one for one, _w in _UNITS if seconds and int(seconds) % one == 0), default=60)
    span = int(seconds) // unit if seconds else None
    return {
        "support": row.support, "count": count, "span": span, "unit": unit, "scope": scope,
    }  # fmt: skip
