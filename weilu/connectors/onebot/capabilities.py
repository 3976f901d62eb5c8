"""What a QQ account can do in groups over OneBot v11 (2026-11)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability, Capability, Support

_SPEC = "https://github.com/botuniverse/onebot-11"
_NAPCAT = "https://napneko.github.io/develop/api"
_AS_OF = date(2026, 11, 1)
_ADMIN = _("The account has to be an administrator of the group.")


def _row(ability: Ability, condition: str = "", source: str = _SPEC) -> Capability:
    return Capability(ability, Support.AUTOMATIC, _AS_OF, source, condition)


CAPABILITIES = (
    _row(Ability.RECEIVE),
    _row(Ability.MEMBERSHIP, _("Who left while the connection was down is not told.")),
    _row(Ability.SEND_TEXT, _("QQ may restrict an account that writes much or to many groups.")),
    _row(Ability.SEND_PICTURE, _("QQ may restrict an account that writes much or to many groups.")),
    _row(Ability.RECALL, _ADMIN),
    _row(Ability.MUTE, _("As an administrator, for at most 30 days.")),
    _row(Ability.REMOVE, _ADMIN),
    _row(Ability.BAN, _("Removes and refuses new requests; only a person can lift it, in QQ.")),
    _row(Ability.ANNOUNCE, _ADMIN, _NAPCAT),
    _row(Ability.APPROVE, _ADMIN),
    _row(Ability.MEMBER_LIST),
    _row(Ability.HISTORY, _("With NapCat and LLOneBot; as far as QQ keeps it."), _NAPCAT),
    Capability(
        Ability.INVITE_LINK,
        Support.BY_HAND,
        _AS_OF,
        _SPEC,
        _("The group's QR code is shared by a person, in QQ."),
    ),
)
