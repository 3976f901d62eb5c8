"""What another system can be asked to do: everything Weilu has a word for; it may decline each."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability, Capability, Limit, Scope, Support

_SOURCE = "/api/openapi.json"
_AS_OF = date(2026, 11, 26)
_IF = _("Where the other system does it; what it answers with 501 becomes a hand task.")
_PACE = (Limit(120, 60), Limit(20, 1, Scope.CONNECTION))


def _asked(ability: Ability, limits: tuple[Limit, ...] = ()) -> Capability:
    return Capability(ability, Support.AUTOMATIC, _AS_OF, _SOURCE, _IF, limits)


def _without(ability: Ability, condition: str) -> Capability:
    return Capability(ability, Support.IMPOSSIBLE, _AS_OF, _SOURCE, condition)


CAPABILITIES = (
    Capability(Ability.RECEIVE, Support.AUTOMATIC, _AS_OF, _SOURCE, _("What is pushed is seen.")),
    Capability(
        Ability.MEMBERSHIP, Support.AUTOMATIC, _AS_OF, _SOURCE, _("What is pushed is seen.")
    ),
    _asked(Ability.SEND_TEXT, _PACE),
    _asked(Ability.SEND_PICTURE, _PACE),
    _asked(Ability.RECALL),
    _asked(Ability.MUTE),
    _asked(Ability.REMOVE),
    _asked(Ability.BAN),
    _asked(Ability.ANNOUNCE),
    _asked(Ability.APPROVE),
    _without(Ability.MEMBER_LIST, _("Push a join for everybody who is there already.")),
    _without(Ability.HISTORY, _("Push older messages as events, with the time they were said.")),
    _without(Ability.INVITE_LINK, _("Make it in the other system.")),
)
