"""The doctor of WeCom connections: sign in, see groups, get callbacks."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.records import ChatRef
from weilu.chat.ports.sessions import Step, StepState
from weilu.connectors.reaching import mend_of
from weilu.core.errors import WeiluError

_SEES = (Ability.MEMBER_LIST, Ability.SEND_TEXT, Ability.SEND_PICTURE, Ability.INVITE_LINK)

_MAY_NOT = _(
    "The application may not see customer groups. In WeCom's admin console: Customer"
    " contact, Customer, API, applications that may call."
)
_REFUSALS = {"no_rights": _MAY_NOT, "not_possible": _MAY_NOT}
_NO_ADDRESS = _(
    "No callback has come yet. Enter address, Token and EncodingAESKey in WeCom's admin"
    " console; until then joins are seen every half hour and leaves once a day."
)
_NO_EVENT = _(
    "WeCom has tried the address and it is right, but no event has come yet. If somebody has"
    " joined or left since, choose the events of customer groups where you entered the address."
)


async def examined(
    groups: Awaitable[Sequence[ChatRef]], *, has_rung: bool, has_echoed: bool
) -> list[Step]:
    """The steps after signing in, which opening the session has done."""
    rung = _rung(has_rung=has_rung, has_echoed=has_echoed)
    return [Step(_("Sign in"), StepState.FINE), await _seen(groups), rung]


async def _seen(groups: Awaitable[Sequence[ChatRef]]) -> Step:
    name = _("Find groups")
    try:
        found = await groups
    except WeiluError as error:
        return Step(name, StepState.FAILED, mend_of(error, _REFUSALS), abilities=_SEES)
    if found:
        return Step(name, StepState.FINE, abilities=_SEES)
    mend = _("No customer group is seen: give their owners the right to use customer groups.")
    return Step(name, StepState.WARNING, mend)


def _rung(*, has_rung: bool, has_echoed: bool) -> Step:
    name = _("Get callbacks")
    if has_rung:
        return Step(name, StepState.FINE, abilities=(Ability.MEMBERSHIP,))
    return Step(name, StepState.WARNING, _NO_EVENT if has_echoed else _NO_ADDRESS)
