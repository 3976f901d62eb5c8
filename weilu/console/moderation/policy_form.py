"""The forms of a policy: what usually follows, and what follows from each rule of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.console.moderation.steps import CHOICES, NAMED, WAYS, rung_words
from weilu.moderation.models import Policy
from weilu.moderation.policies import MOST_RAID_JOINS, REPORT_WORD_CHARS, WORDS_CHARS, Wish
from weilu.moderation.rules.ladder import Rung, Step, parse
from weilu.moderation.rules.terms import ALWAYS, FIRST, UNSAID, Kept, Way
from weilu.moderation.speaking import words_of

# What is said, by the policy's field: the step whose words stand there when it is empty.
_SAID = {
    "reminder": Rung(Step.REMIND),
    "warning": Rung(Step.WARN),
    "packet": Rung(Step.PACKET),
    "muting": Rung(Step.MUTE, 60),
    "removing": Rung(Step.REMOVE),
}


_ASIDE = ("raid_joins", "report_word")


def _said_words(fields: Sequence[BoundField]) -> str:
    """Whose words are said."""
    own = sum(bool(field.value()) for field in fields)
    if not own:
        return _("in our words")
    return ngettext("%(n)s in your words", "%(n)s in your words", own) % {"n": own}


def _said(label: object, help_text: object = "") -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # a lazy string
        required=False,
        max_length=WORDS_CHARS,
        help_text=help_text,  # type: ignore[arg-type]  # a lazy string
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _rungs(fields: dict[str, forms.Field], *, is_first_required: bool) -> None:
    """Add a field for each rung."""
    choices = [("", _("nothing more"))] + [(v, rung_words(r)) for v, r in CHOICES]
    for n, label in enumerate(NAMED):
        fields[f"rung{n}"] = forms.ChoiceField(
            label=label, choices=choices, required=is_first_required and n == 0
        )


def _initial_rungs(ladder: Sequence[Rung]) -> dict[str, object]:
    values = {rung: value for value, rung in CHOICES}
    return {f"rung{n}": values.get(one, "") for n, one in enumerate(ladder[: len(NAMED)])}


def _chosen(said: Mapping[str, str]) -> list[list[object]]:
    """The ladder a form holds, as it is stored; gaps are closed."""
    known = dict(CHOICES)
    rungs = [known[said[f"rung{n}"]] for n in range(len(NAMED)) if said.get(f"rung{n}")]
    return [[rung.step.value, rung.minutes] for rung in rungs]


@dataclass(frozen=True, slots=True)
class Fold:
    """Fields that are rarely changed, under a title with what they say now."""

    title: str
    words: str
    fields: Sequence[BoundField]

    @property
    def is_open(self) -> bool:
        """Whether something in it has to be looked at."""
        return any(field.errors for field in self.fields)


class PolicyForm(forms.Form):
    """A ladder rung by rung, how long violations add up, and the words that are said."""

    is_on = forms.BooleanField(
        label=gettext_lazy("Act by itself on what is certain"),
        required=False,
        help_text=gettext_lazy("Off: everything waits under Clean-up for you to decide."),
    )
    window_days = forms.IntegerField(
        label=gettext_lazy("Violations add up for how many days"), min_value=1, max_value=365
    )
    recalls = forms.BooleanField(
        label=gettext_lazy("Take the message away"), required=False, initial=True
    )
    recalls_recent = forms.BooleanField(
        label=gettext_lazy("Of whoever is put out, take away what they wrote that day"),
        required=False,
        initial=True,
    )
    raid_joins = forms.IntegerField(
        label=gettext_lazy("So many who join within five minutes are a raid"),
        min_value=0,
        max_value=MOST_RAID_JOINS,
        required=False,
        help_text=gettext_lazy(
            "For half an hour, what newcomers write is then acted on already when it is doubtful."
            " 0: never by itself."
        ),
    )
    report_word = forms.CharField(
        label=gettext_lazy("Word that reports a message"),
        required=False,
        max_length=REPORT_WORD_CHARS,
        help_text=gettext_lazy(
            "Members answer a message with it, and it waits under Clean-up. Empty: not used."
        ),
    )
    reminder = _said(
        gettext_lazy("What a reminder says"),
        gettext_lazy(
            "{name} becomes the member's name, {rule} the rule, {time} how long, {rules} the"
            " address of the rules, {appeal} that of a second look. Empty: our words."
        ),
    )
    warning = _said(gettext_lazy("What a warning says"))
    packet = _said(gettext_lazy("What is said when a red packet is due"))
    muting = _said(gettext_lazy("What is said to somebody who is muted"))
    removing = _said(gettext_lazy("What is said to somebody who is put out"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as forms.Form takes them
        rungs: dict[str, forms.Field] = {}
        _rungs(rungs, is_first_required=True)
        self.fields = {"is_on": self.fields.pop("is_on"), **rungs, **self.fields}
        for name, rung in _SAID.items():
            self.fields[name].widget.attrs["placeholder"] = words_of(rung, recalls=True)

    @property
    def ladder(self) -> list[BoundField]:
        """The steps, first to last."""
        return self._fields(f"rung{n}" for n in range(len(NAMED)))

    @property
    def usual(self) -> list[BoundField]:
        """What else belongs to every policy."""
        return self._fields(("window_days", "recalls", "recalls_recent"))

    @property
    def folds(self) -> list[Fold]:
        """What few ever change."""
        said = self._fields(_SAID)
        return [
            Fold(_("What is said"), _said_words(said), said),
            Fold(_("Raids and reports"), self._aside_words(), self._fields(_ASIDE)),
        ]

    def _fields(self, names: Iterable[str]) -> list[BoundField]:
        return [self[name] for name in names]

    def _aside_words(self) -> str:
        joins, word = str(self["raid_joins"].value() or "0"), str(self["report_word"].value() or "")
        raids = _("raids are not looked for")
        if joins != "0":
            raids = _("%(n)s joining at once are a raid") % {"n": joins}
        reports = _("reported with “%(word)s”") % {"word": word} if word else _("no word reports")
        return f"{raids} · {reports}"

    def wish(self, rules: Mapping[str, Kept]) -> Wish:
        """What the form says, with what the rules' own forms say."""
        said = self.cleaned_data
        plain = {
            name: said[name]
            for name in (
                "is_on", "window_days", "recalls", "recalls_recent", "report_word", *_SAID,
            )
        }  # fmt: skip
        return Wish(ladder=_chosen(said), rules=rules, raid_joins=said["raid_joins"] or 0, **plain)


def initial(policy: Policy) -> dict[str, object]:
    """What the form of a policy shows."""
    names = (*_SAID, "is_on", "window_days", "recalls", "recalls_recent", "raid_joins")
    plain = {name: getattr(policy, name) for name in (*names, "report_word")}
    return plain | _initial_rungs(parse(policy.ladder))


class RuleTermsForm(forms.Form):
    """What follows from one kind of thing that Weilu looks for."""

    way = forms.ChoiceField(label=gettext_lazy("When it is seen, it"), required=False)
    window_days = forms.IntegerField(
        label=gettext_lazy("Counts for how many days"), min_value=1, max_value=365, required=False
    )

    def __init__(self, kind: str, policy: Policy, data: object = None) -> None:
        kept: Kept | None = policy.rules.get(kind)
        way = Way(kept["way"]) if kept else UNSAID[kind]
        is_own = kept is not None and way == Way.OWN
        ladder = parse(kept["ladder"]) if kept and is_own else FIRST.get(kind)
        super().__init__(
            data,  # type: ignore[arg-type]  # what was posted, or None
            prefix=kind,
            initial={
                "way": way.value,
                "window_days": kept["window_days"] if kept and is_own else policy.window_days,
                **_initial_rungs(ladder or parse(policy.ladder)),
            },
        )
        self.kind = kind
        ways = [one for one in Way if one != Way.OFF or kind not in ALWAYS]
        self.fields["way"].choices = [(one.value, WAYS[one]) for one in ways]  # type: ignore[attr-defined]  # a ChoiceField
        rungs: dict[str, forms.Field] = {}
        _rungs(rungs, is_first_required=False)
        self.fields = {"way": self.fields.pop("way"), **rungs, **self.fields}

    def clean(self) -> dict[str, object]:
        """A ladder of its own has a first step and a number of days."""
        said: dict[str, object] = super().clean() or {}
        if said.get("way") == Way.OWN:
            if not said.get("rung0"):
                self.add_error("rung0", _("Choose at least the first step."))
            if not said.get("window_days") and "window_days" not in self.errors:
                self.add_error("window_days", _("Choose between 1 and 365 days."))
        return said

    def kept(self) -> Kept:
        """What the form says, as it is stored."""
        said = self.cleaned_data
        way = said["way"] or UNSAID[self.kind].value
        return {
            "way": way,
            "ladder": _chosen(said) if way == Way.OWN else [],
            "window_days": said.get("window_days") or 30,
        }

    @property
    def is_own(self) -> bool:
        """Whether the form, as it is shown, holds steps of its own."""
        return str(self["way"].value()) == Way.OWN.value or bool(self.errors)

    @property
    def words(self) -> str:
        """What is done, in words."""
        way = str(self["way"].value() or UNSAID[self.kind].value)
        return str(WAYS[way]) if way in WAYS else ""
