"""The form of the goodwill model: what exchange is worth, how it fades, what levels take (C-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy

from weilu.console.members.goodwill_words import KINDS
from weilu.console.members.worth_words import LEVELS
from weilu.members.rules.exchange import Exchange
from weilu.members.rules.goodwill import (
    COUNTED,
    HALF_LIFE_DAYS,
    MOST_POINTS,
    MOST_TIMES,
    Worth,
    Worths,
)
from weilu.members.rules.goodwill_json import MOST_GRACE_DAYS, MOST_STEP_POINTS, Numbers
from weilu.members.rules.levels import Ladder, Level, Step


def _points(initial: float, label: object, most: float = MOST_POINTS) -> forms.FloatField:
    return forms.FloatField(
        label=label,  # type: ignore[arg-type]  # a lazy text
        initial=int(initial) if initial == int(initial) else initial,
        min_value=0,
        max_value=most,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


def _whole(initial: int, label: object, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,  # type: ignore[arg-type]  # a lazy text
        initial=initial,
        min_value=0,
        max_value=most,
    )


class WorthForm(forms.Form):
    """The numbers as fields; for one community (`community`) only what exchange is worth there."""

    def __init__(
        self, numbers: Numbers, community: int, data: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(data)
        self.numbers, self.community = numbers, community
        worths = numbers.model.of(community)
        if community:
            self.fields["own"] = forms.BooleanField(
                label=gettext_lazy("Count in its own way here"),
                required=False,
                initial=community in numbers.model.own,
            )
        for kind in COUNTED:
            name = kind.name.lower()
            self.fields[f"points_{name}"] = _points(worths[kind].points, KINDS[kind])
            self.fields[f"cap_{name}"] = _whole(worths[kind].cap, KINDS[kind], MOST_TIMES)
        if not community:
            self._add_model(numbers)
            self._add_ladder(numbers.ladder)

    def _add_model(self, numbers: Numbers) -> None:
        model = numbers.model
        self.fields["person_points"] = _points(
            model.person_points, gettext_lazy("Points for each different person")
        )
        self.fields["kind_points"] = _points(
            model.kind_points, gettext_lazy("Points for each different kind of exchange")
        )
        self.fields["half_life_days"] = forms.FloatField(
            label=gettext_lazy("Points count half after so many days"),
            initial=model.half_life_days,
            min_value=HALF_LIFE_DAYS[0],
            max_value=HALF_LIFE_DAYS[1],
        )

    def _add_ladder(self, ladder: Ladder) -> None:
        for k, step in enumerate(ladder.steps):
            word = LEVELS[Level(k + 1)]
            self.fields[f"enter_{k}"] = _points(step.enter, word, MOST_STEP_POINTS)
            self.fields[f"keep_{k}"] = _points(step.keep, word, MOST_STEP_POINTS)
            self.fields[f"people_{k}"] = _whole(step.people, word, 100_000)
        self.fields["grace_days"] = _whole(
            ladder.grace_days,
            gettext_lazy("Days of grace below what keeps a level"),
            MOST_GRACE_DAYS,
        )

    def worth_rows(self) -> list[tuple[object, forms.BoundField, forms.BoundField]]:
        """Kind, points and cap, row by row."""
        return [
            (KINDS[kind], self[f"points_{kind.name.lower()}"], self[f"cap_{kind.name.lower()}"])
            for kind in COUNTED
        ]

    def step_rows(
        self,
    ) -> list[tuple[object, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Level, what enters it, what keeps it, different people, row by row."""
        steps = range(0 if self.community else len(self.numbers.ladder.steps))
        return [
            (LEVELS[Level(k + 1)], self[f"enter_{k}"], self[f"keep_{k}"], self[f"people_{k}"])
            for k in steps
        ]

    def other_fields(self) -> list[forms.BoundField]:
        """What stands in no table."""
        named = ("person_points", "kind_points", "half_life_days", "grace_days")
        return [self[name] for name in named if name in self.fields]

    def draft(self) -> Numbers:
        """The numbers that a valid form says."""
        said = self.cleaned_data
        worths: Worths = {
            kind: Worth(said[f"points_{kind.name.lower()}"], said[f"cap_{kind.name.lower()}"])
            for kind in COUNTED
        }
        if self.community:
            own = {**self.numbers.model.own, self.community: worths}
            if not said["own"]:
                del own[self.community]
            return replace(self.numbers, model=replace(self.numbers.model, own=own))
        model = replace(
            self.numbers.model,
            worth=worths,
            person_points=said["person_points"],
            kind_points=said["kind_points"],
            half_life_days=said["half_life_days"],
        )
        steps = tuple(
            Step(said[f"enter_{k}"], said[f"keep_{k}"], said[f"people_{k}"])
            for k in range(len(self.numbers.ladder.steps))
        )
        return Numbers(model, Ladder(steps, said["grace_days"]))

    def blame(self, field: str, words: str) -> None:
        """Show what is wrong where it is wrong."""
        known = {kind.name.lower() for kind in Exchange}
        name = f"points_{field}" if field in known else field
        self.add_error(name if name in self.fields else None, words)
