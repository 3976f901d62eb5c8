"""What followed from violations, rule by rule and version by version, and taking it back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.chat.models import Message
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.moderation.steps import DETECTED, rung_words
from weilu.console.moderation.words import REASONS
from weilu.console.parts import Badge, Empty, Head, Tab, Tone
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, NotFound
from weilu.members.models import Member
from weilu.moderation.by_hand import break_rule
from weilu.moderation.models import Violation
from weilu.moderation.policies import Breach, rules_broken, violations_of
from weilu.moderation.policies import (
    reverse as take_back,
)
from weilu.moderation.rules.ladder import Rung, Step

SENTENCES.update(
    {
        "policy_off": gettext_lazy("The community's policy is off: nothing would follow."),
        "already": gettext_lazy("Something followed from this message already."),
    }
)


@dataclass(frozen=True, slots=True)
class Logged:
    """A violation ready to draw."""

    one: Violation
    name: str
    text: str
    step: Badge
    why: list[str]
    rule: str
    zone: str


def names_of(viewer: Actor, member_ids: Collection[int]) -> dict[int, str]:
    """What members of the workspace are called, by id."""
    mine = Member.objects.filter(pk__in=member_ids, workspace_id=viewer.workspace_id)
    return dict(mine.values_list("pk", "name"))


@page(Right.SEE_MEMBERS)
def log(request: Request) -> HttpResponse:
    """What followed from violations, the newest first."""
    broken = rules_broken(request.actor)
    only = _asked(request, broken)
    rows = violations_of(request.actor, only)
    names = names_of(request.actor, {row.member_id for row in rows})
    texts = dict(Message.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "text"))
    everything = sum(one.count for one in broken)
    standing = sum(row.state == Violation.State.STANDS for row in rows)
    words = ngettext("%(n)s violation stands.", "%(n)s violations stand.", standing)
    context = {
        "head": Head(
            _("What followed"),
            words % {"n": number(standing)} if rows else _("Nobody broke the rules."),
            reverse("moderation"),
            _("Clean-up"),
        ),
        "tabs": _tabs(broken, only, everything),
        "rows": [_logged(row, names, texts) for row in rows],
        "may": request.actor.may(Right.MODERATE),
        "empty": Empty(
            _("Nothing followed yet"),
            _("Once a community's policy is on, every step is written down here with its reason."),
            "list-check",
        ),
    }
    return render(request, "moderation/log.html", context)


def _asked(request: Request, broken: list[Breach]) -> Breach | None:
    """The rule that is asked for, if it was ever broken."""
    wanted = tuple(request.GET.get(name, "") for name in ("rule", "version", "kind"))
    return next((one for one in broken if _key(one) == wanted), None)


def _key(one: Breach) -> tuple[str, str, str]:
    return one.rule, str(one.version), one.kind


def _tabs(broken: list[Breach], only: Breach | None, everything: int) -> list[Tab]:
    """All, and each rule by version; none where only one rule was ever broken."""
    if len(broken) < 2:
        return []
    here = reverse("moderation_log")
    tabs = [Tab(_("All rules"), here, here=only is None, count=everything)]
    for one in broken:
        asked = urlencode(dict(zip(("rule", "version", "kind"), _key(one), strict=True)))
        label = rule_label(one.rule, one.version, one.kind)
        tabs.append(Tab(label, f"{here}?{asked}", here=one == only, count=one.count))
    return tabs


def rule_label(rule: str, version: int, kind: str) -> str:
    """A rule with its version, or what was seen where no rule said so."""
    if not rule:
        return str(DETECTED.get(kind, "")) or _("Reported by members")
    return _("%(rule)s (version %(version)s)") % {"rule": rule, "version": version}


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
        rule_label(row.rule, row.rules_version, row.kind),
        row.group.community.time_zone,
    )


@require_POST
@page(Right.MODERATE)
def reverse_violation(request: Request, pk: int) -> HttpResponse:
    """Take a violation back: it no longer counts, a mute is lifted."""
    if take_back(request.actor, message_ids=[pk]):
        messages.success(request, _("Taken back. It no longer counts; a mute is lifted."))
    return redirect("moderation_log")


@require_POST
@page(Right.MODERATE)
def rule_broken(request: Request, pk: int) -> HttpResponse:
    """A message breaks a rule that is named: what is due follows."""
    number = request.POST.get("rule", "")
    if not (number.isdecimal() and len(number) < 4):
        raise NotFound
    try:
        break_rule(request.actor, message_id=pk, number=int(number))
    except Conflict as error:
        messages.warning(request, sentence(str(error)))
        return redirect("around", pk)
    messages.success(request, _("What is due follows."))
    return redirect("moderation_log")
