"""What a bot can do in Telegram groups, from the Bot API documentation (2026-11)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability, Capability, Limit, Scope, Support

_API = "https://core.telegram.org/bots/api"
_LIMITS = "https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"
_AS_OF = date(2026, 11, 1)
_ADMIN = _("The bot has to be an administrator with this right.")
_PACE = (Limit(20, 60), Limit(1, 1), Limit(30, 1, Scope.CONNECTION))


def _row(ability: Ability, condition: str = "") -> Capability:
    return Capability(ability, Support.AUTOMATIC, _AS_OF, _API, condition)


CAPABILITIES = (
    _row(Ability.RECEIVE, _("With privacy mode off in @BotFather, or as an administrator.")),
    _row(Ability.MEMBERSHIP, _("Complete only as an administrator.")),
    Capability(Ability.SEND_TEXT, Support.AUTOMATIC, _AS_OF, _LIMITS, limits=_PACE),
    Capability(Ability.SEND_PICTURE, Support.AUTOMATIC, _AS_OF, _LIMITS, limits=_PACE),
    _row(Ability.RECALL, _ADMIN),
    _row(Ability.MUTE, _ADMIN),
    _row(Ability.REMOVE, _ADMIN),
    _row(Ability.BAN, _ADMIN),
    _row(Ability.ANNOUNCE, _("Sends a message and pins it; the bot needs the right to pin.")),
    _row(Ability.APPROVE, _ADMIN),
    Capability(
        Ability.MEMBER_LIST,
        Support.IMPOSSIBLE,
        _AS_OF,
        _API,
        _("Bots are told the administrators and how many there are, not who."),
    ),
    Capability(
        Ability.HISTORY,
        Support.IMPOSSIBLE,
        _AS_OF,
        _API,
        _("What was missed is kept for a day. Older history comes by Telegram Desktop's export."),
    ),
    _row(Ability.INVITE_LINK, _ADMIN),
)
