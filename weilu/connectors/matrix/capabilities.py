"""What can be done in Matrix rooms, from the client-server specification and Synapse (2026-11)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability, Capability, Support

_SPEC = "https://spec.matrix.org/v1.11/client-server-api/"
_AS_OF = date(2026, 11, 1)
_POWER = _("The account needs a high enough power level in the room (moderator, usually 50).")

_MUTE = _(
    "By power level −1. The account needs the power to change power levels (usually 100) and more"
    " power than the member."
)


def _row(ability: Ability, condition: str = "") -> Capability:
    return Capability(ability, Support.AUTOMATIC, _AS_OF, _SPEC, condition)


CAPABILITIES = (
    _row(Ability.RECEIVE, _("Rooms with end-to-end encryption are not read.")),
    _row(Ability.MEMBERSHIP),
    _row(Ability.SEND_TEXT),
    _row(Ability.SEND_PICTURE),
    _row(Ability.RECALL, _POWER),
    _row(Ability.MUTE, _MUTE),
    _row(Ability.REMOVE, _POWER),
    _row(Ability.BAN, _POWER),
    _row(Ability.ANNOUNCE, _("Sets the topic; the account needs the power for it.")),
    _row(Ability.APPROVE, _("In rooms where people knock; the account needs the power to invite.")),
    _row(Ability.MEMBER_LIST),
    _row(Ability.HISTORY),
    _row(Ability.INVITE_LINK, _("Leads in only where the room is open or lets people knock.")),
)
