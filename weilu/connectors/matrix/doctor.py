"""The doctor of Matrix connections: server, account, then every room's rights."""

from __future__ import annotations

import nio
from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.sessions import Step, StepState
from weilu.connectors.matrix.failures import asked
from weilu.connectors.matrix.rooms import Rooms
from weilu.connectors.reaching import mend_of
from weilu.core.errors import WeiluError

MOST_ROOMS = 50
_CAN = _("Rights in %(group)s")
_ENCRYPTED = _("Turn to a room without encryption, or import its history by file.")
_AWAY = _("The server does not answer. Is the address right, and is it running?")
_TOKEN = _("The access token is not accepted: get a new one and put it into the form.")

_MENDS = {"unauthorised": _TOKEN, "unreachable": _AWAY, "timeout": _AWAY}


async def examine(client: nio.AsyncClient, rooms: Rooms) -> list[Step]:
    """The steps, from the network to the rights in each room (the first fifty)."""
    steps: list[Step] = []
    try:
        me = await asked(client.whoami())
        steps += [
            Step(_("Reach the server"), StepState.FINE),
            Step(_("Sign in as %(account)s"), StepState.FINE, values={"account": me.user_id}),
        ]
        joined = (await asked(client.joined_rooms())).rooms
        if not joined:
            mend = _("The account is in no room yet: invite it.")
            steps.append(Step(_("Find rooms"), StepState.WARNING, mend))
        for room_id in joined[:MOST_ROOMS]:
            steps += await _room(rooms, room_id, me.user_id)
    except WeiluError as error:
        name = _("Sign in") if str(error) == "unauthorised" else _("Reach the server")
        steps.append(Step(name, StepState.FAILED, mend_of(error, _MENDS)))
    return steps


async def _room(rooms: Rooms, room_id: str, own: str) -> list[Step]:
    values = {"group": (await rooms.chat(room_id)).name}
    steps = []
    if await rooms.state(room_id, "m.room.encryption"):
        steps.append(Step(_("Read %(group)s"), StepState.FAILED, _ENCRYPTED, values))
    else:
        reads = (Ability.RECEIVE, Ability.MEMBERSHIP, Ability.HISTORY, Ability.MEMBER_LIST)
        steps.append(Step(_("Read %(group)s"), StepState.FINE, "", values, reads))
    power = await rooms.power(room_id)
    mine, needed = power.of(own), power.needed()
    lacking: dict[int, list[Ability]] = {}
    for ability, level in needed.items():
        if mine < level:
            lacking.setdefault(level, []).append(ability)
    for level, abilities in sorted(lacking.items()):
        mend = _("Give the account a power level of %(needed)s in the room.")
        more = {**values, "needed": str(level)}
        steps.append(Step(_CAN, StepState.FAILED, mend, more, tuple(abilities)))
    works = tuple(ability for ability, level in needed.items() if mine >= level)
    if works:
        steps.append(Step(_CAN, StepState.FINE, "", values, works))
    return steps
