"""The form that connects a platform, made from what its connector asks."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.chat.live.connections import NAME_CHARS
from weilu.chat.ports.connectors import Connector
from weilu.chat.ports.records import Platform
from weilu.communities.models import Community
from weilu.console.platforms import platform_name
from weilu.console.sentences import SENTENCES

NEW = "new"
SENTENCES["unfit"] = gettext_lazy("This cannot be right. Look at what is wanted here.")


def connection_form(
    kind: Connector,
    communities: list[Community] | None,
    data: Mapping[str, str] | None,
    initial: Mapping[str, object],
) -> forms.Form:
    """A form with a name, the connector's settings and, when it is new, where groups go.

    Secrets are never filled in; when something is stored already, leaving one empty keeps it.
    """
    form = forms.Form(data, initial=dict(initial))
    form.fields["name"] = forms.CharField(
        label=_("Name"),
        max_length=NAME_CHARS,
        help_text=_("What you call it; only your team sees it."),
    )
    is_stored = communities is None
    for one in kind.settings:
        if one.make is not None:
            continue
        secret = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        help_text = _(one.help) if one.help else ""
        if one.is_secret and is_stored:
            help_text = " ".join([help_text, _("Leave it empty to keep what is stored.")]).strip()
        form.fields[f"setting-{one.name}"] = forms.CharField(
            label=_(one.label),
            help_text=help_text,
            required=one.is_required and not (one.is_secret and is_stored),
            initial=one.default,
            widget=secret
            if one.is_secret
            else forms.TextInput(attrs={"placeholder": one.placeholder}),
        )
    if communities is not None:
        form.fields["community"] = community_field(communities)
    return form


def community_field(communities: list[Community]) -> forms.ChoiceField:
    """Which community groups belong to; a new one is always there to choose."""
    known = [(str(one.pk), one.name) for one in communities]
    return forms.ChoiceField(
        label=_("Community"),
        choices=[*known, (NEW, _("A new one of this name"))],
        help_text=_("Groups of one shop or one cause belong into one community."),
    )


def chosen(said: str, known: list[Community]) -> Community | None:
    """The community that was chosen; None for a new one, or one that is not known."""
    return next((one for one in known if said != NEW and str(one.pk) == said), None)


class ByHandForm(forms.Form):
    """A group that no interface reaches."""

    name = forms.CharField(max_length=200)
    platform = forms.ChoiceField(choices=[])
    community = forms.ChoiceField(choices=[])

    def __init__(self, communities: list[Community], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as forms.Form takes them
        self.fields["name"].label = _("Name of the group")
        self.fields["platform"] = forms.ChoiceField(
            label=_("Platform"), choices=[(one.value, platform_name(one)) for one in Platform]
        )
        self.fields["community"] = community_field(communities)
