"""Forms of accounts; they check what was typed, the actions decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import ChangePasswordForm as AllauthChange
from allauth.account.forms import LoginForm, ReauthenticateForm, SetPasswordForm
from allauth.core import context
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weilu.core.access import Role
from weilu.core.factors import secret_opened

ROLES: dict[Role, tuple[str | Promise, str | Promise]] = {
    Role.OWNER: (_("Owner"), _("May do everything, also settings and taking people out.")),
    Role.MANAGER: (_("Manager"), _("Does the daily work, invites people, mends failed tasks.")),
    Role.OPERATOR: (_("Operator"), _("Imports history, looks after groups, members, findings.")),
    Role.ANALYST: (_("Analyst"), _("Looks at numbers and members and exports them.")),
}


PASSWORD_HELP = _("At least 8 characters; several words are a good choice.")


class UserForm(forms.Form):
    """The name and address somebody signs in with."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("You can sign in with it as well. Weilu sends no mail."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class NewUserForm(UserForm):
    """The same with a password, for who comes in."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """Refuse passwords that are too easily guessed."""
        password = str(self.cleaned_data["password"])
        try:
            password_validation.validate_password(password)
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from error
        return password


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth brings no types
    """The sign-in, in Weilu's words; without the way to a lost password, which mail would be."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail")
        self.fields["remember"].label = _("Stay signed in on this device")
        _in_our_words(self.fields)


class ChangePasswordForm(AllauthChange):  # type: ignore[misc]  # allauth brings no types
    """Another password, with the one in use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields)


class FirstPasswordForm(SetPasswordForm):  # type: ignore[misc]  # allauth brings no types
    """A password for an account that has none yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields)


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]  # allauth brings no types
    """The password once more, before the security of the account is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields)


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth brings no types
    """A passkey, which stands for the password unless somebody wants it as a second step only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Opens without the password")
        self.fields["passwordless"].help_text = _(
            "This passkey alone signs you in; the device asks for your finger, face or code. Not"
            " ticked, it is only the second step after the password."
        )


class AppForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth brings no types
    """The first code of an authenticator app; what it grows from waits sealed in the session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        with secret_opened(context.request.session):
            super().__init__(*args, **kwargs)


class RoleForm(forms.Form):
    """A role, out of those the actor may give."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(r.value, ROLES[r][0]) for r in Role if r in set(roles)]


class WorkspaceForm(forms.Form):
    """Name and time zone of the workspace."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone) for zone in sorted(available_timezones())],
        help_text=_("Days and hours of the console are counted in it."),
    )


def _in_our_words(fields: dict[str, forms.Field]) -> None:
    """One hint at the new password; no placeholder that repeats the label."""
    for name, field in fields.items():
        field.help_text = PASSWORD_HELP if name == "password1" else ""
        field.widget.attrs.pop("placeholder", None)
