"""The form of a turn in a group's life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.console.formats import day
from weilu.console.grouplife.words import first_words, first_words_there
from weilu.core.clock import now
from weilu.groups.models import Group, JoinLink, Turn
from weilu.service.turns import ENDS, NEEDS_PLACE, WORDS_CHARS, Plan, led_to

USUAL_DAYS = 7
LAST_HOUR = time(21)


class TurnForm(forms.Form):
    """Where members go, until when, and what they are told."""

    other = forms.ChoiceField(label=gettext_lazy("The group that takes them in"))
    place = forms.ChoiceField(
        label=gettext_lazy("The next place they are offered"),
        help_text=gettext_lazy("A join link that leads to another open group."),
    )
    ends = forms.DateField(
        label=gettext_lazy("The group closes on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Give people a week to read it and to save what they need."),
    )
    words = forms.CharField(
        label=gettext_lazy("What members read"),
        max_length=WORDS_CHARS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "{link}, {date}, {other} and {group} are filled in. Write as you would speak to them."
        ),
    )
    as_notice = forms.BooleanField(
        label=gettext_lazy("Also as the group's notice"),
        required=False,
        help_text=gettext_lazy("For those who do not read along every day."),
    )
    words_there = forms.CharField(
        label=gettext_lazy("What the group that takes them in reads"),
        required=False,
        max_length=WORDS_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: object,
        *,
        group: Group,
        kind: str,
        others: Sequence[tuple[Group, str]],
        places: Sequence[JoinLink],
    ) -> None:
        self._group, self._kind = group, kind
        self._zone = ZoneInfo(group.community.time_zone)
        self._others = {str(one.pk): one for one, _label in others}
        self._ends = kind in ENDS
        until = now().astimezone(self._zone).date() + timedelta(days=USUAL_DAYS)
        first = {"words": first_words(kind), "words_there": first_words_there(), "ends": until}
        super().__init__(data, initial=first)  # type: ignore[arg-type]  # as forms.Form takes them
        leads = led_to(places)
        links = [(str(one.pk), f"{one.name} → {_(', ').join(leads[one.pk])}") for one in places]
        choice = self.fields["place"]
        if kind not in NEEDS_PLACE:
            links = [("", _("none")), *links]
            choice.required = False
        choice.choices = links  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["other"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (str(one.pk), label) for one, label in others
        ]
        self._drop(kind)

    def _drop(self, kind: str) -> None:
        """Leave out what this kind of turn does not ask for."""
        unasked = {
            Turn.Kind.MERGE: (),
            Turn.Kind.SPLIT: ("other", "words_there", "ends"),
            Turn.Kind.REVIVE: ("other", "words_there", "ends", "place", "as_notice"),
            Turn.Kind.CLOSE: ("other", "words_there"),
        }
        for name in unasked[Turn.Kind(kind)]:
            del self.fields[name]

    def plan(self, address: str) -> Plan:
        """What the form says; `address` is where the chosen link's page is reached."""
        said = self.cleaned_data
        ends, other, place = said.get("ends"), said.get("other", ""), said.get("place", "")
        ends_at = datetime.combine(ends, LAST_HOUR, self._zone) if ends else None
        filled = {
            "{group}": self._group.name,
            "{date}": day(ends) if ends else "",
            "{other}": self._others[other].name if other else "",
            "{link}": address,
        }
        return Plan(
            self._kind,
            said["words"],
            ends_at,
            int(place) if place else None,
            int(other) if other else None,
            said.get("words_there", ""),
            as_notice=said.get("as_notice", False),
            filled=filled,
        )
