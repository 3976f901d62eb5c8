"""Writing into groups, and changing what waits."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from weilu.chat.live.queue import TEXT_CHARS
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.console.sentences import SENTENCES
from weilu.groups.models import Group

MOST_GROUPS = 50
_CLOCK = "%Y-%m-%dT%H:%M"
SENTENCES["too_soon"] = _("This is over before the message may leave. Choose a later time.")


def _time(label: object, help_text: object) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,  # type: ignore[arg-type]  # lazy words are words
        required=False,
        help_text=help_text,  # type: ignore[arg-type]  # lazy words are words
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_CLOCK),
    )


class _InZone(forms.Form):
    """Times of a form by the clock of a place."""

    zone: ZoneInfo

    def _at(self, field: str) -> datetime | None:
        said: datetime | None = self.cleaned_data.get(field)
        return said.replace(tzinfo=self.zone) if said and timezone.is_naive(said) else said

    def clean_due_at(self) -> datetime | None:
        """When it may leave."""
        return self._at("due_at")

    def clean_expires_at(self) -> datetime | None:
        """When it is too late for it."""
        return self._at("expires_at")


class SayForm(_InZone):
    """A message to groups, now or later; `token` makes a double click one message."""

    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("At most 10 MB. Where a platform takes none, it becomes a hand task."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )
    is_promotion = forms.BooleanField(
        label=_("It promotes something"),
        required=False,
        help_text=_("Goods, prices, coupons, sign-ups: too much of it drives people away."),
    )
    deed = forms.ChoiceField(
        label=_("What it is"),
        required=False,
        choices=[
            (Deed.SEND.value, _("A message")),
            (Deed.ANNOUNCE.value, _("The group's notice")),
        ],
        help_text=_("On some platforms a person sets the notice; you read where, afterwards."),
    )
    groups = forms.MultipleChoiceField(
        label=_("Groups"),
        choices=[],
        widget=forms.CheckboxSelectMultiple(attrs={"data-pick": True}),
    )
    due_at = _time(_("Not before"), _("Empty: as soon as possible."))
    expires_at = _time(
        _("Not after"), _("If it could not leave by then, it is not sent any more, and you hear.")
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(
        self, groups: list[tuple[Group, str, str]], zone: ZoneInfo, *args: object, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as forms.Form takes them
        self.zone = zone
        field = self.fields["groups"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        # How a group stands with promotion is asked only of what promotes (`talk.css`).
        mark = '{} · {}<span class="if-promotion"> · {}</span>'
        field.choices = [
            (str(one.pk), format_html(mark, one.name, way, promotion))
            for one, way, promotion in groups
        ]
        self.fields["token"].initial = secrets.token_hex(12)

    def clean(self) -> dict[str, object]:
        """Something is to be said: words, a picture, or both."""
        said: dict[str, object] = super().clean() or {}
        if not str(said.get("text") or "").strip() and not said.get("picture"):
            self.add_error("text", _("Write something, or choose a picture."))
        if said.get("deed") == Deed.ANNOUNCE and said.get("picture"):
            self.add_error("picture", _("A notice is words alone. Send the picture by itself."))
        return said

    def clean_deed(self) -> Deed:
        """Whether it is said, or put up as the notice."""
        return Deed(self.cleaned_data["deed"] or Deed.SEND)

    def clean_groups(self) -> list[int]:
        """Group ids; at most fifty at once."""
        chosen = self.cleaned_data["groups"]
        if len(chosen) > MOST_GROUPS:
            raise forms.ValidationError(_("At most 50 groups at once."))
        return [int(one) for one in chosen]


class RewriteForm(_InZone):
    """Another text or time for what waits, by the clock of its community."""

    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    is_promotion = forms.BooleanField(label=_("It promotes something"), required=False)
    due_at = _time(_("Not before"), _("Empty: as soon as possible."))
    expires_at = _time(
        _("Not after"), _("If it could not leave by then, it is not sent any more, and you hear.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, one: Outgoing, data: Mapping[str, str] | None) -> None:
        self.zone = ZoneInfo(one.group.community.time_zone)
        super().__init__(
            data,
            initial={
                "text": one.text,
                "is_promotion": one.is_promotion,
                "version": one.version,
                # What a guard put off was to leave before: it is asked anew.
                "due_at": one.due_at.astimezone(self.zone).replace(tzinfo=None)
                if one.due_at > timezone.now() and not one.guard
                else None,
                "expires_at": one.expires_at.astimezone(self.zone).replace(tzinfo=None)
                if one.expires_at
                else None,
            },
        )
