"""What can be done through a Satori server (2026-11); what the platform behind it allows counts."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability, Capability, Support

_SPEC = "https://satori.chat/en-US/protocol/"
_AS_OF = date(2026, 11, 1)
_PLATFORM = _("If the platform behind it offers this and the account may do it.")


def _row(ability: Ability, condition: str = "", support: Support = Support.AUTOMATIC) -> Capability:
    return Capability(ability, support, _AS_OF, _SPEC, condition)


CAPABILITIES = (
    _row(Ability.RECEIVE),
    _row(Ability.MEMBERSHIP, _PLATFORM),
    _row(Ability.SEND_TEXT),
    _row(Ability.SEND_PICTURE, _PLATFORM),
    _row(Ability.RECALL, _PLATFORM),
    _row(Ability.MUTE, _PLATFORM),
    _row(Ability.REMOVE, _PLATFORM),
    _row(Ability.BAN, _("Removes for good; only a person can lift it, in the app.")),
    _row(Ability.ANNOUNCE, _("Satori has no announcements."), Support.BY_HAND),
    _row(Ability.APPROVE, _PLATFORM),
    _row(Ability.MEMBER_LIST, _PLATFORM),
    _row(Ability.HISTORY, _PLATFORM),
    _row(Ability.INVITE_LINK, _("Satori has no invite links."), Support.BY_HAND),
)
