"""The doctor of Satori connections: the account, and what the server says it offers."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.sessions import Step, StepState
from weilu.connectors.reaching import mend_of
from weilu.connectors.satori.api import Api
from weilu.connectors.satori.places import Places
from weilu.connectors.wire import mapping, number, text
from weilu.core.errors import WeiluError

_OFFERS = {
    Ability.SEND_TEXT: "message.create",
    Ability.RECALL: "message.delete",
    Ability.HISTORY: "message.list",
    Ability.MUTE: "guild.member.mute",
    Ability.REMOVE: "guild.member.kick",
    Ability.BAN: "guild.member.kick",
    Ability.APPROVE: "guild.member.approve",
    Ability.MEMBER_LIST: "guild.member.list",
}
_NAME = _("What the platform offers")
_NO_CALLS = _("The server does not answer calls. Is the token right?")


class Patient(Protocol):
    """What the doctor needs of a session."""

    api: Api
    places: Places

    async def learn_places(self) -> dict[str, str]:
        """Ask for guilds and channels."""


async def examine(session: Patient) -> list[Step]:
    """The steps after the server was reached and the account found."""
    login = session.api.login
    own = mapping(login, "user")
    steps = [Step(_("Reach the server"), StepState.FINE)]
    if number(login, "status") != 1:
        mend = _("The account is not signed in on the server: look there.")
        return [*steps, Step(_("Sign in"), StepState.FAILED, mend)]
    values = {"account": text(own, "nick", "name", "id")}
    steps.append(Step(_("Sign in as %(account)s"), StepState.FINE, values=values))
    try:
        await session.learn_places()
    except WeiluError as error:
        known = dict.fromkeys(("unauthorised", "unreachable", "timeout"), _NO_CALLS)
        return [*steps, Step(_("Find groups"), StepState.FAILED, mend_of(error, known))]
    if not session.places.guilds:
        mend = _("The account is in no group yet, or the server does not list them.")
        steps.append(Step(_("Find groups"), StepState.WARNING, mend))
    return steps + _offers(login.get("features"))


def _offers(features: object) -> list[Step]:
    """What the server lists; one that lists nothing says nothing."""
    listed = {str(one) for one in features} if isinstance(features, list) else set()
    if not any("." in one for one in listed):
        return []
    there = tuple(ability for ability, name in _OFFERS.items() if name in listed)
    lacking = tuple(ability for ability, name in _OFFERS.items() if name not in listed)
    steps = [Step(_NAME, StepState.FINE, abilities=(Ability.RECEIVE, *there))]
    if lacking:
        mend = _("The platform behind the server does not offer: %(names)s.")
        names = ", ".join(dict.fromkeys(_OFFERS[one] for one in lacking))
        steps.append(Step(_NAME, StepState.FAILED, mend, {"names": names}, lacking))
    return steps
