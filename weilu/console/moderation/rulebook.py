"""The rules of a community: write them, put them in force, see who has read them."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.communities.models import Community, Rules
from weilu.communities.rulebook import (
    CONTACT_CHARS,
    INTRO_CHARS,
    MOST_RULES,
    TITLE_CHARS,
    WORDS_CHARS,
    Rule,
    Text,
    current,
    publish,
    readers,
    rules_in,
    versions,
)
from weilu.console.communities.links import settings_or_page
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.kit.steps import launch_step
from weilu.console.moderation.starts import STARTS, Start, start_named
from weilu.console.moderation.steps import DETECTED
from weilu.console.parts import Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Invalid
from weilu.core.outside import outside
from weilu.insight.launch import Item
from weilu.insight.scope import community as one_community

BLANK = 3
SENTENCES.update(
    {
        "rules_missing": gettext_lazy("Write at least one rule, each with a short title."),
        "bad_kind": gettext_lazy("Choose what Weilu looks for from the list."),
    }
)


class TextForm(forms.Form):
    """What stands before the rules, and who answers for them; `seen` is the version edited."""

    intro = forms.CharField(
        label=gettext_lazy("A few words first"),
        required=False,
        max_length=INTRO_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    contact = forms.CharField(
        label=gettext_lazy("Who answers for the rules"),
        required=False,
        max_length=CONTACT_CHARS,
        help_text=gettext_lazy("A name members know, such as that of the steward of the group."),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RuleForm(forms.Form):
    """One rule; an empty one is left out."""

    title = forms.CharField(label=gettext_lazy("Rule"), required=False, max_length=TITLE_CHARS)
    words = forms.CharField(
        label=gettext_lazy("What it means"),
        required=False,
        max_length=WORDS_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Weilu looks for it"),
        required=False,
        choices=[
            ("", gettext_lazy("no, people will tell")),
            *((kind, DETECTED[kind]) for kind in Rules.Kind.values),
        ],
    )


@page(Right.SEE_NUMBERS)
def rulebook(request: Request, pk: int) -> HttpResponse:
    """The rules in force, as a form to write the next version in."""
    community = one_community(request.actor, pk)
    row = current(community)
    text, rules = _forms(request, row, start_named(request.GET.get("start", "")))
    if request.method == "POST" and text.is_valid() and rules.is_valid():
        try:
            made = publish(
                request.actor,
                community=community,
                text=_text(text, rules),
                seen=text.cleaned_data["seen"],
            )
        except Invalid as error:
            text.add_error(None, sentence(str(error)))
        else:
            words = _("In force: version %(version)s.") % {"version": made.version}
            messages.success(request, words)
            return redirect("community_rules", pk)
    bad, may_see = request.method == "POST", request.actor.may(Right.SEE_MEMBERS)
    context = {
        "head": Head(
            _("Rules"), _sentence(row), settings_or_page(request.actor, pk), community.name
        ),
        "form": text,
        "rules": rules,
        "row": row,
        "starts": () if row else STARTS,
        "versions": versions(request.actor, community),
        "readers": readers(request.actor, row, 50) if row and may_see else [],
        "link": _link(request, community) if row else "",
        "is_local": not settings.PUBLIC_URL,
        "may": request.actor.may(Right.MODERATE),
        "community": community,
        "launch_step": launch_step(request, community, Item.RULES),
    }
    return render(request, "moderation/rulebook.html", context, status=422 if bad else 200)


def _forms(
    request: Request, row: Rules | None, start: Start | None
) -> tuple[TextForm, BaseFormSet[RuleForm]]:
    """The two forms: as posted, or filled from a set to begin with or the version in force."""
    data = None
    if request.method == "POST":
        request.actor.require(Right.MODERATE)
        data = request.POST
    held = start.written() if start else rules_in(row) if row else []
    extra = min(BLANK, MOST_RULES - len(held))
    make = formset_factory(RuleForm, extra=extra, max_num=MOST_RULES, absolute_max=MOST_RULES)
    first = {
        "intro": start.intro if start else row.intro if row else "",
        "contact": row.contact if row else request.actor.name,
        "seen": row.version if row else 0,
    }
    filled = [{"title": r.title, "words": r.words, "kind": r.kind} for r in held]
    return TextForm(data, initial=first), make(data, initial=filled, prefix="rule")


def _text(text: TextForm, rules: BaseFormSet[RuleForm]) -> Text:
    said = [form.cleaned_data for form in rules.forms]
    written = [
        Rule(one.get("title", ""), one.get("words", ""), one.get("kind", "")) for one in said
    ]
    return Text(text.cleaned_data["intro"], written, text.cleaned_data["contact"])


def _sentence(row: Rules | None) -> str:
    if row is None:
        return _("There are none yet. A few short ones are enough; members read them on a page.")
    read = row.readings.count()
    words = ngettext(
        "Version %(version)s, read by %(n)s person.",
        "Version %(version)s, read by %(n)s people.",
        read,
    )
    return words % {"version": row.version, "n": number(read)}


def _link(request: Request, community: Community) -> str:
    """The page for members: under the public address, else under the one we are reached at."""
    return outside("rules", community.code) or request.build_absolute_uri(
        reverse("rules", args=[community.code])
    )
