"""Forms of join links and of where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.groups.joining.saving import WECHAT_DAYS, WECHAT_MOST, LinkWords, TargetWords
from weilu.groups.models import Group, JoinLink, JoinTarget

SOURCES: dict[str, Promise] = {
    JoinLink.Source.STORE: _("shop counter"),
    JoinLink.Source.PARCEL: _("card in the parcel"),
    JoinLink.Source.STAFF: _("staff"),
    JoinLink.Source.POSTER: _("poster"),
    JoinLink.Source.ONLINE: _("online shop or page"),
    JoinLink.Source.SMS: _("text message"),
    JoinLink.Source.PARTNER: _("partner"),
    JoinLink.Source.MEMBER: _("members bring friends"),
    JoinLink.Source.OTHER: _("elsewhere"),
}


# What stands in a field that nobody has used.
UNUSED = (None, "", 0, 1, "1", JoinLink.Spread.WEIGHT.value)


class LongForm(forms.Form):
    """A form whose rare fields, those `later`, stand folded until one of them is used or wrong."""

    later: ClassVar[Sequence[str]] = ()

    @property
    def is_later_used(self) -> bool:
        """Whether one of them has something in it that is not there from the beginning."""
        return any(self[name].errors or self[name].value() not in UNUSED for name in self.later)


class LinkForm(LongForm):
    """What a join link is called, where it hangs, what it cost, what visitors read."""

    later = ("question", "cost", "spread", "asks_code")
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Only you read it, such as: counter, spring.")
    )
    community = forms.ModelChoiceField(label=_("Community"), queryset=Community.objects.none())
    source = forms.ChoiceField(label=_("Where people meet it"), choices=list(SOURCES.items()))
    words = forms.CharField(
        label=_("What visitors read"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence: what they get in the group."),
    )
    question = forms.CharField(
        label=_("Question before"),
        required=False,
        max_length=120,
        help_text=_("Asked when groups below differ by the answer, such as: Which shop is yours?"),
    )
    cost = forms.DecimalField(
        label=_("What it cost so far"), required=False, min_value=0, decimal_places=2, max_digits=12
    )
    spread = forms.ChoiceField(
        label=_("Groups of one turn share visitors"),
        choices=[
            (JoinLink.Spread.WEIGHT, _("by the share you give each")),
            (JoinLink.Spread.ROOM, _("by the room each has left")),
        ],
        initial=JoinLink.Spread.WEIGHT,
        required=False,
    )
    asks_code = forms.BooleanField(
        label=_("Ask newcomers to write four letters"),
        required=False,
        help_text=_("Who writes them in a connected group is counted for sure, not estimated."),
    )
    is_on = forms.BooleanField(label=_("The link is open"), required=False, initial=True)

    def __init__(self, *args: object, workspace_id: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as forms.Form takes them
        mine = Community.objects.filter(workspace_id=workspace_id).order_by("name")
        self.fields["community"].queryset = mine  # type: ignore[attr-defined]  # a ModelChoiceField
        if len(mine) == 1 and not self.initial.get("community"):
            self.initial["community"] = mine[0].pk

    def said(self) -> LinkWords:
        """What the form says."""
        s = self.cleaned_data
        return LinkWords(
            s["name"],
            s["source"],
            s["cost"] or Decimal(0),
            s["words"],
            s["question"],
            s["is_on"],
            s["spread"],
            s["asks_code"],
        )


class TargetForm(LongForm):
    """A group a link leads to, its own code, and until when and for how many."""

    later = ("weight", "answer", "opens", "closes")
    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none())
    picture = forms.FileField(
        label=_("The group's own code"),
        required=False,
        help_text=_("A picture of it from the app. WeChat's holds seven days and 200 people."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )
    address = forms.URLField(
        label=_("Or its invitation address"), required=False, max_length=500, assume_scheme="https"
    )
    most = forms.IntegerField(
        label=_("Show it to at most so many people"), min_value=1, max_value=100_000
    )
    expires = forms.DateTimeField(
        label=_("The code holds until"),
        required=False,
        help_text=_("Leave it as it is with a new picture: that holds seven days from now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    position = forms.IntegerField(
        label=_("Turn"),
        min_value=1,
        max_value=1000,
        help_text=_("The lowest comes first; the next takes over when it is full."),
    )
    weight = forms.IntegerField(
        label=_("Share among the same order"), min_value=1, max_value=100, required=False
    )
    answer = forms.CharField(
        label=_("Only for"),
        required=False,
        max_length=60,
        help_text=_(
            "A shop, a region, a customer stage, or an answer to the link's question. Each has an"
            " address and a code of its own."
        ),
    )
    opens = forms.TimeField(
        label=_("Open from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    closes = forms.TimeField(
        label=_("Open until"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    is_on = forms.BooleanField(label=_("Lead people here"), required=False, initial=True)

    def __init__(self, *args: object, link: JoinLink, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as forms.Form takes them
        self._zone = ZoneInfo(link.community.time_zone)
        mine = Group.objects.filter(community_id=link.community_id).order_by("name")
        if held := self.initial.get("group"):
            mine = mine.filter(Q(ends_at=None) | Q(pk=held))
        else:
            mine = mine.filter(ends_at=None)
        self.fields["group"].queryset = mine  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["group"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]

    def said(self) -> TargetWords:
        """What the form says; times are by the community's clock."""
        s = self.cleaned_data
        return TargetWords(
            group_id=s["group"].pk,
            position=s["position"],
            weight=s["weight"] or 1,
            address=s["address"],
            answer=s.get("answer", ""),
            most=s["most"],
            expires_at=self._holds_until(),
            opens=s["opens"],
            closes=s["closes"],
            is_on=s["is_on"],
        )

    def _holds_until(self) -> datetime | None:
        """Until when the code holds: a new one does not end when the one before it would have."""
        said: datetime | None = self.cleaned_data["expires"]
        before: datetime | None = self.initial.get("expires")
        # The field shows minutes.
        is_left = said and before and said == before.replace(second=0, microsecond=0)
        if said is None or not is_left or not self.cleaned_data["picture"]:
            return said
        return max(said, _a_week_on())


def _a_week_on() -> datetime:
    """When a code that is fresh from WeChat runs out, a little before it does."""
    return now() + timedelta(days=WECHAT_DAYS) - timedelta(hours=2)


def first_values(position: int) -> dict[str, object]:
    """What a new target begins with: WeChat's limits, a little before they are reached."""
    return {
        "position": position,
        "weight": 1,
        "most": WECHAT_MOST - 5,
        "expires": _a_week_on(),
        "is_on": True,
    }


def values_of(one: JoinTarget) -> dict[str, object]:
    """What the form of a target begins with."""
    return {
        "group": one.group_id,
        "address": one.address,
        "most": one.most,
        "expires": one.expires_at,
        "position": one.position,
        "weight": one.weight,
        "answer": one.answer,
        "opens": one.opens,
        "closes": one.closes,
        "is_on": one.is_on,
    }
