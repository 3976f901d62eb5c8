"""What follows when somebody breaks the rules: the policy, what it would have done, the log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.chat.models import Message
from weilu.console.formats import duration, number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.moderation.words import REASONS
from weilu.console.parts import Badge, Empty, Head, Tone
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Actor, Right
from weilu.core.errors import Invalid
from weilu.insight.scope import community as one_community
from weilu.members.models import Member
from weilu.moderation.enforcing import words_of
from weilu.moderation.models import Doubt, Policy, Violation
from weilu.moderation.policies import (
    MOST_RAID_JOINS,
    REPORT_WORD_CHARS,
    WORDS_CHARS,
    Tried,
    Wish,
    groups_and_ways,
    policy_of,
    set_policy,
    try_out,
    violations_of,
)
from weilu.moderation.policies import (
    reverse as take_back,
)
from weilu.moderation.rules.ladder import Rung, Step, parse

RUNGS = 5
_SAID = {"reminder": Step.REMIND, "warning": Step.WARN, "packet": Step.PACKET}
STEPS: dict[str, Promise] = {
    Step.REMIND: gettext_lazy("remind"),
    Step.WARN: gettext_lazy("warn"),
    Step.PACKET: gettext_lazy("a red packet for all, or leave"),
    Step.MUTE: gettext_lazy("mute"),
    Step.REMOVE: gettext_lazy("put out"),
    Step.BAN: gettext_lazy("keep out of all groups"),
}
# What the form offers for each rung, as (value, rung).
CHOICES: tuple[tuple[str, Rung], ...] = (
    ("remind", Rung(Step.REMIND)),
    ("warn", Rung(Step.WARN)),
    ("packet", Rung(Step.PACKET)),
    ("mute-10", Rung(Step.MUTE, 10)),
    ("mute-60", Rung(Step.MUTE, 60)),
    ("mute-1440", Rung(Step.MUTE, 1440)),
    ("mute-10080", Rung(Step.MUTE, 10080)),
    ("remove", Rung(Step.REMOVE)),
    ("ban-43200", Rung(Step.BAN, 43_200)),
    ("ban", Rung(Step.BAN)),
)
# What may follow insults; the first: nothing by itself.
_ABUSE: dict[str, tuple[Rung, ...]] = {
    "": (),
    "warn": (Rung(Step.WARN), Rung(Step.MUTE, 60), Rung(Step.MUTE, 1440), Rung(Step.REMOVE)),
    "mute": (Rung(Step.MUTE, 60), Rung(Step.MUTE, 1440), Rung(Step.REMOVE)),
}
SENTENCES.update(
    {
        "bad_ladder": gettext_lazy("Choose at least the first step."),
        "bad_window": gettext_lazy("Choose between 1 and 365 days."),
    }
)


def rung_words(rung: Rung) -> str:
    """A rung in words: mute for 1 hour."""
    if rung.step == Step.MUTE:
        return _("mute for %(time)s") % {"time": duration(rung.minutes * 60)}
    if rung.step == Step.BAN and rung.minutes:
        return _("keep out of all groups for %(time)s") % {"time": duration(rung.minutes * 60)}
    return str(STEPS[rung.step])


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
    reminder = forms.CharField(
        label=gettext_lazy("What a reminder says"),
        required=False,
        max_length=WORDS_CHARS,
        help_text=gettext_lazy(
            "{name} becomes the member's name, {rules} the address of the rules, {appeal} that of"
            " a second look. Empty: our words."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    warning = forms.CharField(
        label=gettext_lazy("What a warning says"),
        required=False,
        max_length=WORDS_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    packet = forms.CharField(
        label=gettext_lazy("What is said when a red packet is due"),
        required=False,
        max_length=WORDS_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    abuse = forms.ChoiceField(label=gettext_lazy("When somebody insults others"), required=False)
    report_word = forms.CharField(
        label=gettext_lazy("Word that reports a message"),
        required=False,
        max_length=REPORT_WORD_CHARS,
        help_text=gettext_lazy(
            "Members answer a message with it, and it waits under Clean-up. Empty: not used."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as forms.Form takes them
        choices = [("", _("nothing more"))] + [(v, rung_words(r)) for v, r in CHOICES]
        named = [
            _("The first time"), _("The second time"), _("The third time"),
            _("The fourth time"), _("The fifth time"),
        ]  # fmt: skip
        rungs = {
            f"rung{n}": forms.ChoiceField(label=label, choices=choices, required=n == 0)
            for n, label in enumerate(named)
        }
        self.fields = {"is_on": self.fields.pop("is_on"), **rungs, **self.fields}
        self.fields["abuse"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("it waits under Clean-up for you")),
            ("warn", _("warn, then mute, then put out")),
            ("mute", _("mute at once, then put out")),
        ]
        for name, step in _SAID.items():
            self.fields[name].widget.attrs["placeholder"] = words_of(step, recalls=True)

    def wish(self) -> Wish:
        """What the form says."""
        said, known = self.cleaned_data, dict(CHOICES)
        chosen = [said[f"rung{n}"] for n in range(RUNGS)]
        rungs = [known[value] for value in chosen if value]
        return Wish(
            is_on=said["is_on"],
            ladder=[[rung.step.value, rung.minutes] for rung in rungs],
            window_days=said["window_days"],
            recalls=said["recalls"],
            reminder=said["reminder"],
            warning=said["warning"],
            packet=said["packet"],
            abuse_ladder=[[rung.step.value, rung.minutes] for rung in _ABUSE[said["abuse"]]],
            report_word=said["report_word"],
            recalls_recent=said["recalls_recent"],
            raid_joins=said["raid_joins"] or 0,
        )


def _initial(policy: Policy) -> dict[str, object]:
    values = {rung: value for value, rung in CHOICES}
    rungs = [values.get(rung, "") for rung in parse(policy.ladder)][:RUNGS]
    return {
        "is_on": policy.is_on,
        "window_days": policy.window_days,
        "recalls": policy.recalls,
        "recalls_recent": policy.recalls_recent,
        "raid_joins": policy.raid_joins,
        "reminder": policy.reminder,
        "warning": policy.warning,
        "packet": policy.packet,
        "abuse": _abuse_of(policy),
        "report_word": policy.report_word,
        **{f"rung{n}": value for n, value in enumerate(rungs)},
    }


def _abuse_of(policy: Policy) -> str:
    kept = parse(policy.abuse_ladder) if policy.abuse_ladder else ()
    return next((name for name, rungs in _ABUSE.items() if rungs == kept), "warn")


@page(Right.MODERATE)
def policy(request: Request, pk: int) -> HttpResponse:
    """The policy of a community, with what it would have done in the last thirty days."""
    found = one_community(request.actor, pk)
    now = policy_of(request.actor, found)
    form = PolicyForm(request.POST or None, initial=_initial(now))
    tried_out = now
    if request.method == "POST" and form.is_valid():
        wish = form.wish()
        tried_out = _wished(now, wish)
        if request.POST.get("do") == "save":
            try:
                set_policy(request.actor, community=found, wish=wish)
            except Invalid as error:
                form.add_error(None, sentence(str(error)))
            else:
                messages.success(request, _("Saved."))
                return redirect("community_policy", pk)
    tried = try_out(request.actor, tried_out)
    context = {
        "head": Head(
            _("When somebody breaks the rules"),
            _sentence(now, tried),
            reverse("community_settings", args=[pk]),
            found.name,
        ),
        "form": form,
        "tried": _tried(tried),
        "examples": [_example(doubt, rung) for doubt, rung in tried.examples],
        "groups": _groups(request, tried_out),
    }
    return render(request, "moderation/policy.html", context, status=422 if form.errors else 200)


def _wished(policy: Policy, wish: Wish) -> Policy:
    """The policy as the form has it, not saved."""
    return Policy(
        community_id=policy.community_id,
        workspace_id=policy.workspace_id,
        ladder=[list(rung) for rung in wish.ladder] or policy.ladder,
        abuse_ladder=[list(rung) for rung in wish.abuse_ladder],
        window_days=wish.window_days,
        recalls=wish.recalls,
        certainty=policy.certainty,
        changed_at=policy.changed_at,
    )


def _sentence(policy: Policy, tried: Tried) -> str:
    if policy.is_on:
        return _("On. What is certain is acted on at once; the rest waits under Clean-up.")
    if tried.messages:
        return _("Off. Look below at what it would have done, then switch it on.")
    return _("Off. Nothing of the last 30 days would have been acted on.")


def _tried(tried: Tried) -> str:
    """What would have happened, in a sentence."""
    if not tried.messages:
        return _("Nothing of the last 30 days would have been acted on.")
    parts = [f"{STEPS[step]} {number(count)}" for step, count in tried.steps.items()]
    words = ngettext(
        "%(messages)s message of %(people)s people: %(steps)s.",
        "%(messages)s messages of %(people)s people: %(steps)s.",
        tried.messages,
    )
    return words % {
        "messages": number(tried.messages),
        "people": number(tried.people),
        "steps": _(", ").join(parts),
    }


@dataclass(frozen=True, slots=True)
class Example:
    """A message that would have been acted on."""

    pk: int
    name: str
    group: str
    step: str


def _example(doubt: Doubt, rung: Rung) -> Example:
    return Example(doubt.pk, doubt.identity.name, doubt.group.name, rung_words(rung))


def _groups(request: Request, now: Policy) -> list[tuple[str, str]]:
    """Groups in which a step becomes another, because the platform has none such."""
    found = []
    for group, pairs in groups_and_ways(request.actor, now):
        other = [
            _("%(step)s becomes %(other)s") % {"step": rung_words(a), "other": rung_words(b)}
            for a, b in pairs
            if a != b
        ]
        if other:
            found.append((group.name, _("; ").join(dict.fromkeys(other))))
    return found


@dataclass(frozen=True, slots=True)
class Logged:
    """A violation ready to draw."""

    one: Violation
    name: str
    text: str
    step: Badge
    why: list[str]
    zone: str


def names_of(viewer: Actor, member_ids: Collection[int]) -> dict[int, str]:
    """What members of the workspace are called, by id."""
    mine = Member.objects.filter(pk__in=member_ids, workspace_id=viewer.workspace_id)
    return dict(mine.values_list("pk", "name"))


@page(Right.SEE_MEMBERS)
def log(request: Request) -> HttpResponse:
    """What followed from violations, the newest first."""
    rows = violations_of(request.actor)
    names = names_of(request.actor, {row.member_id for row in rows})
    texts = dict(Message.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "text"))
    standing = sum(row.state == Violation.State.STANDS for row in rows)
    words = ngettext("%(n)s violation stands.", "%(n)s violations stand.", standing)
    context = {
        "head": Head(
            _("What followed"),
            words % {"n": number(standing)} if rows else _("Nobody broke the rules."),
            reverse("moderation"),
            _("Clean-up"),
        ),
        "rows": [_logged(row, names, texts) for row in rows],
        "may": request.actor.may(Right.MODERATE),
        "empty": Empty(
            _("Nothing followed yet"),
            _("Once a community's policy is on, every step is written down here with its reason."),
            "list-check",
        ),
    }
    return render(request, "moderation/log.html", context)


def _logged(row: Violation, names: dict[int, str], texts: dict[int, str]) -> Logged:
    rung = Rung(Step(row.step), row.minutes)
    stands = row.state == Violation.State.STANDS
    why = [str(REASONS[pair[0]]) for pair in row.reasons if pair[0] in REASONS and pair[1] > 0]
    return Logged(
        row,
        names.get(row.member_id, ""),
        texts.get(row.pk, ""),
        Badge(rung_words(rung), Tone.WATCH if stands else Tone.CALM),
        why[:4],
        row.group.community.time_zone,
    )


@require_POST
@page(Right.MODERATE)
def reverse_violation(request: Request, pk: int) -> HttpResponse:
    """Take a violation back: it no longer counts, a mute is lifted."""
    if take_back(request.actor, message_ids=[pk]):
        messages.success(request, _("Taken back. It no longer counts; a mute is lifted."))
    return redirect("moderation_log")
