"""Where a member stands: tier, own stage, who keeps them company; own stages (C-8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django import forms
from django.contrib import messages
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
from weilu.console.members.standing_words import MODES, MODES_HELP, TIERS, WHY
from weilu.console.members.words import COLOURS
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.models import Seat
from weilu.insight.people.record import Record
from weilu.insight.people.segments import asking_for
from weilu.members.actions import standing as actions
from weilu.members.actions.company_rules import drop_company_of, keep_company_of
from weilu.members.models import Company
from weilu.members.queries import member as find_member
from weilu.members.queries import standing as queries

SENTENCES.update(
    {
        "too_many_stages": gettext_lazy("Twenty stages are enough for anybody."),
        "too_many_members": gettext_lazy(
            "More than 2,000 people cannot be kept company one by one. Narrow the segment down."
        ),
    }
)


class CompanyForm(forms.Form):
    """How somebody is kept company: way, guide, cadence."""

    mode = forms.ChoiceField(label=gettext_lazy("Way"), choices=list(MODES.items()))
    guide = forms.ChoiceField(label=gettext_lazy("Guide"), required=False)
    every_days = forms.IntegerField(
        label=gettext_lazy("In touch every so many days"),
        min_value=1,
        max_value=actions.MOST_DAYS,
        required=False,
        help_text=gettext_lazy("Empty: 14 for an assistant, 7 for an expert, 3 for a partner."),
    )

    chosen = "guide"

    def __init__(self, viewer: Actor, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a request's values, or none
        seats = Seat.objects.filter(workspace_id=viewer.workspace_id).select_related("user")
        named = [(str(one.user_id), one.user.username) for one in seats.order_by("user__username")]
        offered = named if self.chosen == "guides" else [("", _("Anybody")), *named]
        cast("forms.ChoiceField", self.fields[self.chosen]).choices = offered

    def every(self) -> int:
        """How often, in days; the usual for the way where nothing is said."""
        said = self.cleaned_data
        usual = actions.USUAL_DAYS[Company.Mode(said["mode"])]
        return int(said["every_days"] or usual)

    def plan(self) -> actions.Plan:
        """What a valid form says."""
        said = self.cleaned_data
        guide = said["guide"]
        return actions.Plan(said["mode"], int(guide) if guide else None, self.every())


class SegmentCompanyForm(CompanyForm):
    """How everybody in a segment is kept company: way, guides who share them, cadence."""

    guide = None  # type: ignore[assignment]  # several share the members
    guides = forms.MultipleChoiceField(
        label=gettext_lazy("Guides"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Whoever has the fewest gets the next. Nobody chosen: anybody."),
    )

    field_order = ("mode", "guides", "every_days")
    chosen = "guides"


class StageForm(forms.Form):
    """A stage of one's own."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=actions.NAME_CHARS)
    colour = forms.ChoiceField(label=gettext_lazy("Colour"), choices=list(COLOURS.items()))
    position = forms.IntegerField(
        label=gettext_lazy("Place in the order"), min_value=0, max_value=1000, initial=0
    )


def standing_card(viewer: Actor, record: Record) -> dict[str, object]:
    """What the profile shows of where the member of a record stands."""
    tier = queries.tier_of(viewer, record.member.pk)
    company = queries.company_of(viewer, record.member.pk)
    shown: dict[str, object] = {
        "tier": tier,
        "tier_word": TIERS.get(tier.tier, ""),
        "tier_why": [WHY[one] for one in tier.reasons if one in WHY],
        "own_stage": next((one for one in record.stayings if one.ended_at is None), None),
        "company": company,
        "company_mode": MODES.get(company.mode, "") if company else "",
        "company_help": MODES_HELP.get(company.mode, "") if company else "",
    }
    if not viewer.may(Right.EDIT_MEMBERS):
        return shown
    return {
        **shown,
        "tier_choices": [("", _("By evidence")), *TIERS.items()],
        "own_stages": queries.stages_to_choose(viewer),
        "company_form": None if company else CompanyForm(viewer),
    }


@require_POST
@page(Right.EDIT_MEMBERS)
def place(request: Request, pk: int) -> HttpResponse:
    """Say the tier, move to a stage of one's own, keep company, or end it."""
    one = find_member(request.actor, pk)
    stage = request.POST.get("stage", "")
    acts: dict[str, Callable[[], object]] = {
        "tier": lambda: actions.say_tier(
            request.actor, member_id=one.pk, tier=request.POST.get("tier", "")
        ),
        "stage": lambda: actions.move_to_stage(
            request.actor, member_id=one.pk, stage_id=row_number(stage)
        ),
        "company": lambda: _keep(request, one.pk),
        "end": lambda: actions.end_company(request.actor, member_id=one.pk),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound
    try:
        act()
    except (Invalid, Conflict) as problem:
        messages.error(request, sentence(str(problem)))
    else:
        messages.success(request, _("Saved."))
    return redirect(reverse("member", args=[one.pk], fragment="standing"))


def _keep(request: Request, member_id: int) -> None:
    form = CompanyForm(request.actor, request.POST)
    if not form.is_valid():
        raise Invalid("out_of_range", field="every_days")
    actions.keep_company(
        request.actor, form.plan(), member_id=member_id, today=timezone.localdate()
    )


@page(Right.SEE_MEMBERS)
def stages(request: Request) -> HttpResponse:
    """The workspace's own stages; by POST: make one."""
    form = StageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        request.actor.require(Right.EDIT_MEMBERS)
        if form.is_valid() and _saved(request, form):
            messages.success(request, _("Saved."))
            return redirect("members_stages")
    context = {
        "head": Head(
            _("Own stages"),
            _("Steps of your own, such as sample sent or member of the council. What talk shows,"
              " from newcomer to lost, goes on beside them."),
            back=address("members"),
            back_label=_("Members"),
        ),
        "stages": queries.own_stages(request.actor),
        "form": form,
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
        "empty": Empty(
            _("No stages of your own"),
            _("Make the first one below, and move members along on their pages."),
            icon="flag",
        ),
    }  # fmt: skip
    return render(request, "members/stages.html", context, status=422 if form.errors else 200)


def _saved(request: Request, form: StageForm, stage_id: int | None = None) -> bool:
    said = form.cleaned_data
    try:
        actions.save_own_stage(
            request.actor, name=said["name"], colour=said["colour"],
            position=said["position"], stage_id=stage_id,
        )  # fmt: skip
    except (Invalid, Conflict) as problem:
        form.add_error("name", sentence(str(problem)))
        return False
    return True


@page(Right.EDIT_MEMBERS)
def edit_stage(request: Request, pk: int) -> HttpResponse:
    """Another name, colour or place for a stage of one's own; which segments ask for it."""
    one = queries.own_stage(request.actor, pk)
    initial = {"name": one.name, "colour": one.colour, "position": one.position}
    form = StageForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(request, form, pk):
        messages.success(request, _("Saved."))
        return redirect("members_stages")
    context = {
        "head": Head(one.name, "", back=reverse("members_stages"), back_label=_("Own stages")),
        "form": form,
        "name": one.name,
        "remove": reverse("members_stage_remove", args=[pk]),
        "asking": asking_for(request.actor, "own_stage", pk),
    }
    return render(request, "members/edit.html", context, status=422 if form.errors else 200)


@require_POST
@page(Right.EDIT_MEMBERS)
def remove_stage(request: Request, pk: int) -> HttpResponse:
    """Throw a stage away; whoever is in it is in none."""
    actions.remove_own_stage(request.actor, stage_id=pk)
    messages.success(request, _("The stage is gone."))
    return redirect("members_stages")


@require_POST
@page(Right.EDIT_MEMBERS)
def segment_company(request: Request, pk: int) -> HttpResponse:
    """Keep everybody in a segment company from now on, or give nobody else a guide."""
    if request.POST.get("act") == "drop":
        drop_company_of(request.actor, segment_id=pk)
        messages.success(request, _("Nobody else gets a guide; who has one keeps them."))
        return redirect("members_segment", pk)
    form = SegmentCompanyForm(request.actor, request.POST)
    if not form.is_valid():
        messages.error(request, sentence("out_of_range"))
        return redirect("members_segment", pk)
    try:
        given = keep_company_of(
            request.actor, segment_id=pk, mode=form.cleaned_data["mode"], every_days=form.every(),
            guides=[int(one) for one in form.cleaned_data["guides"]], today=timezone.localdate(),
        )  # fmt: skip
    except (Invalid, Conflict) as problem:
        messages.error(request, sentence(str(problem)))
    else:
        said = ngettext(
            "%(n)s member is kept company now", "%(n)s members are kept company now", given
        )
        words = _("%(said)s, and whoever comes in. First contacts are spread over one round.")
        messages.success(request, words % {"said": said % {"n": number(given)}})
    return redirect("members_segment", pk)
