"""What a bot can do in Discord channels, from Discord's developer documentation (2026-11)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability, Capability, Limit, Support

_DOCS = "https://discord.com/developers/docs/intro"
_PACE_SOURCE = "https://discord.com/developers/docs/topics/rate-limits"
_AS_OF = date(2026, 11, 1)
# Five messages in five seconds a channel; what the answers say counts beside it.
_PACE = (Limit(5, 5),)


def _row(ability: Ability, condition: str = "") -> Capability:
    return Capability(ability, Support.AUTOMATIC, _AS_OF, _DOCS, condition)


def _send(ability: Ability) -> Capability:
    return Capability(ability, Support.AUTOMATIC, _AS_OF, _PACE_SOURCE, limits=_PACE)


CAPABILITIES = (
    _row(Ability.RECEIVE, _("With the intent for message content switched on for the bot.")),
    _row(Ability.MEMBERSHIP, _("With the intent for server members; seen in one channel.")),
    _send(Ability.SEND_TEXT),
    _send(Ability.SEND_PICTURE),
    _row(Ability.RECALL, _("The bot needs the right to manage messages.")),
    _row(Ability.MUTE, _("A timeout of at most 28 days; needs the right to time members out.")),
    _row(Ability.REMOVE, _("From the whole server; needs the right to kick.")),
    _row(Ability.BAN, _("From the whole server; needs the right to ban.")),
    _row(Ability.ANNOUNCE, _("Sends a message and pins it; the bot needs the right to pin.")),
    Capability(
        Ability.APPROVE,
        Support.BY_HAND,
        _AS_OF,
        _DOCS,
        _("Bots are not told of requests to join; a person answers them, in Discord."),
    ),
    _row(Ability.MEMBER_LIST, _("With the intent for server members.")),
    _row(Ability.HISTORY, _("The bot needs the right to read message history.")),
    _row(Ability.INVITE_LINK, _("The bot needs the right to create invites.")),
)
