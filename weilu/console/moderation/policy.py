"""What follows when somebody breaks the rules: the policy, and what it would have done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.chat.ports.abilities import Support
from weilu.communities.rulebook import current, titles_by_kind
from weilu.console.communities.links import settings_or_page
from weilu.console.formats import moment_of_late, number, told
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.moderation.policy_form import PolicyForm, RuleTermsForm, initial
from weilu.console.moderation.steps import DETECTED, MEANT, STEPS, rung_words
from weilu.console.parts import Head
from weilu.console.platforms import platform_name
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Invalid
from weilu.insight.scope import community as one_community
from weilu.moderation.judges import texts_of
from weilu.moderation.models import Policy
from weilu.moderation.policies import Wish, policy_of, policy_versions, set_policy
from weilu.moderation.rules.ladder import Rung
from weilu.moderation.rules.terms import UNSAID
from weilu.moderation.trying import Broken, Done, Place, Tried, compiled, names_for, try_out

GROUPS_NAMED = 3
SENTENCES.update(
    {
        "bad_ladder": gettext_lazy("Choose at least the first step."),
        "bad_window": gettext_lazy("Choose between 1 and 365 days."),
        "bad_way": gettext_lazy("Advertising is always looked for; let it wait for you instead."),
    }
)


@page(Right.MODERATE)
def policy(request: Request, pk: int) -> HttpResponse:
    """The policy of a community, with what it would have done in the last thirty days."""
    found = one_community(request.actor, pk)
    kept = policy_of(request.actor, found)
    data = request.POST or None
    form = PolicyForm(data, initial=initial(kept))
    rules = [RuleTermsForm(kind, kept, data) for kind in UNSAID]
    tried_out = kept
    if request.method == "POST" and all([form.is_valid(), *(one.is_valid() for one in rules)]):
        wish = form.wish({one.kind: one.kept() for one in rules})
        tried_out = _wished(kept, wish)
        if request.POST.get("do") == "save":
            try:
                set_policy(request.actor, community=found, wish=wish)
            except Invalid as error:
                form.add_error(None, sentence(str(error)))
            else:
                messages.success(request, _("Saved."))
                return redirect("community_policy", pk)
    tried = try_out(request.actor, tried_out)
    is_bad = bool(form.errors) or any(one.errors for one in rules)
    context = {
        "head": Head(
            _("When somebody breaks the rules"),
            _sentence(kept, tried),
            settings_or_page(request.actor, pk),
            found.name,
        ),
        "form": form,
        "rules": _rules(rules, titles_by_kind(current(found))),
        "book": reverse("community_rules", args=[pk]),
        "tried": _tried(tried),
        "until": _until(tried, ZoneInfo(found.time_zone)),
        "examples": _examples(tried),
        "places": [_place(one) for one in compiled(request.actor, tried_out)],
        "versions": policy_versions(request.actor, found),
        "zone": found.time_zone,
    }
    return render(request, "moderation/policy.html", context, status=422 if is_bad else 200)


def _wished(policy: Policy, wish: Wish) -> Policy:
    """The policy as the form has it, not saved."""
    return Policy(
        community_id=policy.community_id,
        workspace_id=policy.workspace_id,
        ladder=[list(rung) for rung in wish.ladder] or policy.ladder,
        rules=dict(wish.rules),
        window_days=wish.window_days,
        recalls=wish.recalls,
        certainty=policy.certainty,
        changed_at=policy.changed_at,
    )


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """A rule with the form of what follows; `title` as the rulebook calls it, "" for none."""

    form: RuleTermsForm
    title: str
    label: str
    meant: str


def _rules(forms: Sequence[RuleTermsForm], titles: dict[str, str]) -> list[RuleTerms]:
    return [
        RuleTerms(one, titles.get(one.kind, ""), str(DETECTED[one.kind]), str(MEANT[one.kind]))
        for one in forms
    ]


def _sentence(policy: Policy, tried: Tried) -> str:
    if policy.is_on:
        return _("On. What is certain is acted on at once; the rest waits under Clean-up.")
    if tried.messages:
        return _("Off. Look below at what it would have done, then switch it on.")
    return _("Off. Nothing of the last 30 days would have been acted on.")


def _until(tried: Tried, zone: ZoneInfo) -> str:
    """Of which days that is, where they are long past."""
    if tried.until is None:
        return ""
    when = moment_of_late(tried.until, zone=zone, now=now())
    return _("The talk ends on %(when)s; these are its last 30 days.") % {"when": when}


def _tried(tried: Tried) -> str:
    """What would have happened, in a sentence."""
    if not tried.messages:
        return _("Nothing of the last 30 days would have been acted on.")
    steps = [f"{STEPS[step]} {number(count)}" for step, count in tried.steps.items()]
    kinds = [f"{DETECTED[kind]} {number(count)}" for kind, count in tried.kinds.items()]
    words = ngettext(
        "%(messages)s message of %(people)s people: %(steps)s.",
        "%(messages)s messages of %(people)s people: %(steps)s.",
        tried.messages,
    )
    said = words % {
        "messages": number(tried.messages),
        "people": number(tried.people),
        "steps": _(", ").join(steps),
    }
    return told(said, _("By rule: %(kinds)s.") % {"kinds": _(", ").join(kinds)})


@dataclass(frozen=True, slots=True)
class Example:
    """A message that would have been acted on."""

    pk: int
    name: str
    group: str
    step: str
    kind: str
    said: str


def _examples(tried: Tried) -> list[Example]:
    names, groups = names_for(one for one, _rung in tried.examples)
    texts = texts_of([one.message_id for one, _rung in tried.examples])
    return [
        _example(one, rung, names, groups, texts.get(one.message_id, ""))
        for one, rung in tried.examples
    ]


def _example(
    one: Broken, rung: Rung, names: dict[int, str], groups: dict[int, str], said: str
) -> Example:
    return Example(
        one.message_id,
        names.get(one.identity_id, ""),
        groups.get(one.group_id, ""),
        rung_words(rung),
        str(DETECTED[one.kind]),
        said,
    )


def _place(one: Place) -> tuple[str, str, list[str]]:
    """Where, in which groups, and how each step is done there."""
    named = _(", ").join(one.groups[:GROUPS_NAMED])
    more = len(one.groups) - GROUPS_NAMED
    if more > 0:
        named += ngettext(" and %(n)s more", " and %(n)s more", more) % {"n": number(more)}
    return platform_name(one.platform.value), named, [_done(step) for step in one.steps]


def _done(one: Done) -> str:
    how = {
        Support.AUTOMATIC: _("%(step)s: by itself"),
        Support.CONFIRMED: _("%(step)s: you confirm it in the app"),
    }.get(one.support, _("%(step)s: by hand, with a card")) % {"step": rung_words(one.rung)}
    if one.wanted == one.rung:
        return how
    return _("%(wanted)s is not possible here; instead %(how)s") % {
        "wanted": rung_words(one.wanted),
        "how": how,
    }
