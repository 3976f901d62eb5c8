"""The doctor of WeCom connections: sign in, see groups, get callbacks."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.records import ChatRef
from weilu.chat.ports.sessions import Step, StepState
from weilu.core.errors import WeiluError

_SEES = (Ability.MEMBER_LIST, Ability.SEND_TEXT, Ability.SEND_PICTURE, Ability.INVITE_LINK)


async def examined(groups: Awaitable[Sequence[ChatRef]], *, has_rung: bool) -> list[Step]:
    """The steps after signing in, which opening the session has done."""
    return [Step(_("Sign in"), StepState.FINE), await _seen(groups), _rung(has_rung=has_rung)]


async def _seen(groups: Awaitable[Sequence[ChatRef]]) -> Step:
    name = _("Find groups")
    try:
        found = await groups
    except WeiluError:
        mend = _(
            "The application may not see customer groups. In WeCom's admin console: Customer"
            " contact, Customer, API, applications that may call."
        )
        return Step(name, StepState.FAILED, mend, abilities=_SEES)
    if found:
        return Step(name, StepState.FINE, abilities=_SEES)
    mend = _("No customer group is seen: give their owners the right to use customer groups.")
    return Step(name, StepState.WARNING, mend)


def _rung(*, has_rung: bool) -> Step:
    name = _("Get callbacks")
    if has_rung:
        return Step(name, StepState.FINE, abilities=(Ability.MEMBERSHIP,))
    mend = _(
        "No callback has come yet. Enter address, Token and EncodingAESKey in WeCom's admin"
        " console; until then joins are seen every half hour and leaves not at all."
    )
    return Step(name, StepState.WARNING, mend)
