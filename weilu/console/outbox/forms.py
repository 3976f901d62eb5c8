"""Writing into groups, and changing what waits."""

from __future__ import annotations

import secrets
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from weilu.chat.live.queue import TEXT_CHARS
from weilu.groups.models import Group

MOST_GROUPS = 50


class SayForm(forms.Form):
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
    groups = forms.MultipleChoiceField(
        label=_("Groups"),
        choices=[],
        widget=forms.CheckboxSelectMultiple,
    )
    due_at = forms.DateTimeField(
        label=_("Not before"),
        required=False,
        help_text=_("Empty: as soon as possible."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    is_promotion = forms.BooleanField(
        label=_("It promotes something"),
        required=False,
        help_text=_("Goods, prices, coupons, sign-ups: too much of it drives people away."),
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(
        self, groups: list[tuple[Group, str]], zone: ZoneInfo, *args: object, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as forms.Form takes them
        self.zone = zone
        field = self.fields["groups"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(one.pk), f"{one.name} · {way}") for one, way in groups]
        self.fields["token"].initial = secrets.token_hex(12)

    def clean(self) -> dict[str, object]:
        """Something is to be said: words, a picture, or both."""
        said: dict[str, object] = super().clean() or {}
        if not str(said.get("text") or "").strip() and not said.get("picture"):
            self.add_error("text", _("Write something, or choose a picture."))
        return said

    def clean_groups(self) -> list[int]:
        """Group ids; at most fifty at once."""
        chosen = self.cleaned_data["groups"]
        if len(chosen) > MOST_GROUPS:
            raise forms.ValidationError(_("At most 50 groups at once."))
        return [int(one) for one in chosen]


class RewriteForm(forms.Form):
    """Another text or time for what waits."""

    text = forms.CharField(
        label=_("Text"), max_length=TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 6})
    )
    is_promotion = forms.BooleanField(label=_("It promotes something"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
