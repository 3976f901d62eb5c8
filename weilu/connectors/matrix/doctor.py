"""The doctor of Matrix connections: server, account, then every room's rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nio
from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.sessions import Step, StepState
from weilu.connectors.matrix.failures import asked
from weilu.core.errors import GivenUp, WeiluError

MOST_ROOMS = 50
_CAN = _("Rights in %(group)s")
_ENCRYPTED = _("Turn to a room without encryption, or import its history by file.")


async def examine(client: nio.AsyncClient) -> list[Step]:
    """The steps, from the network to the rights in each room (the first fifty)."""
    steps: list[Step] = []
    try:
        me = await asked(client.whoami())
    except WeiluError as error:
        mend = (
            _("The access token is not accepted: get a new one and put it into the form.")
            if isinstance(error, GivenUp)
            else _("The server does not answer. Is the address right, and is it running?")
        )
        return [Step(_("Sign in"), StepState.FAILED, mend)]
    steps.append(Step(_("Sign in as %(account)s"), StepState.FINE, values={"account": me.user_id}))
    rooms = (await asked(client.joined_rooms())).rooms
    if not rooms:
        mend = _("The account is in no room yet: invite it.")
        steps.append(Step(_("Find rooms"), StepState.WARNING, mend))
    for room_id in rooms[:MOST_ROOMS]:
        steps += await _room(client, room_id, me.user_id)
    return steps


async def _room(client: nio.AsyncClient, room_id: str, own: str) -> list[Step]:
    name = await _name(client, room_id)
    values = {"group": name}
    steps = []
    if await _state(client, room_id, "m.room.encryption"):
        steps.append(Step(_("Read %(group)s"), StepState.FAILED, _ENCRYPTED, values))
    else:
        reads = (Ability.RECEIVE, Ability.MEMBERSHIP, Ability.HISTORY)
        steps.append(Step(_("Read %(group)s"), StepState.FINE, "", values, reads))
    levels = await _state(client, room_id, "m.room.power_levels") or {}
    mine = _number(_mapping(levels, "users"), own, _number(levels, "users_default", 0))
    for ability, needed in _needed(levels).items():
        if mine < needed:
            mend = _("Give the account a power level of %(needed)s in the room.")
            more = {**values, "needed": str(needed)}
            steps.append(Step(_CAN, StepState.FAILED, mend, more, (ability,)))
    if all(step.state == StepState.FINE for step in steps):
        steps.append(Step(_CAN, StepState.FINE, "", values, tuple(_needed(levels))))
    return steps


def _needed(levels: Mapping[str, Any]) -> dict[Ability, int]:
    """The power level each ability needs, with the specification's defaults."""
    events = _mapping(levels, "events")
    state = _number(levels, "state_default", 50)
    return {
        Ability.SEND_TEXT: _number(levels, "events_default", 0),
        Ability.RECALL: _number(levels, "redact", 50),
        Ability.MUTE: _number(events, "m.room.power_levels", state),
        Ability.REMOVE: _number(levels, "kick", 50),
        Ability.BAN: _number(levels, "ban", 50),
        Ability.ANNOUNCE: _number(events, "m.room.topic", state),
        Ability.APPROVE: _number(levels, "invite", 0),
    }


async def _name(client: nio.AsyncClient, room_id: str) -> str:
    found = await _state(client, room_id, "m.room.name") or {}
    return str(found.get("name") or room_id)


async def _state(client: nio.AsyncClient, room_id: str, kind: str) -> Mapping[str, Any] | None:
    try:
        response = await asked(client.room_get_state_event(room_id, kind))
    except GivenUp:
        return None
    found: Mapping[str, Any] = response.content
    return found


def _mapping(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = of.get(key)
    return value if isinstance(value, Mapping) else {}


def _number(of: Mapping[str, Any], key: str, default: int) -> int:
    value = of.get(key)
    return value if isinstance(value, int) else default
