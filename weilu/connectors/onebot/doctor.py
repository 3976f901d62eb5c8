"""The doctor of OneBot connections: the door, the account, its rights in every group."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.sessions import Step, StepState
from weilu.connectors.onebot.api import Api
from weilu.connectors.wire import MAPPING, Json, mapping, rows, text
from weilu.core.errors import GivenUp, WeiluError

MOST_GROUPS = 50
_READS = (Ability.RECEIVE, Ability.MEMBERSHIP, Ability.MEMBER_LIST)
_WRITES = (Ability.SEND_TEXT, Ability.SEND_PICTURE)
_LEADS = (
    Ability.RECALL,
    Ability.MUTE,
    Ability.REMOVE,
    Ability.BAN,
    Ability.ANNOUNCE,
    Ability.APPROVE,
)
_CAN = _("Rights in %(group)s")
_NOT_THERE = {
    # What failed, by the code of the failure, for a connection over a WebSocket.
    "unreachable": _("The process for bots does not run. Start it: weilu gateway --host nonebot."),
    "platform_down": _(
        "Nobody has connected with this QQ number. In NapCat add a WebSocket client to"
        " %(address)s, with the same token, and switch it on."
    ),
    "unauthorised": _("Nobody waits for this QQ number and token. Is the connection switched on?"),
}
_SILENT = _("NapCat does not answer. Start it again; if that does not help, QQ may be hanging.")
_HTTP_AWAY = _("The HTTP server of NapCat does not answer. Are its address and token right?")


async def is_online(api: Api) -> bool:
    """Whether QQ has the account signed in; an implementation that does not know is believed."""
    try:
        found = await api.call("get_status")
    except GivenUp:
        return True
    return _of(found).get("online") is not False


async def examine(api: Api, account: str, *, door: str) -> list[Step]:
    """The steps, from the door to the rights in each group (the first fifty).

    `door` is the address at which the account is to connect, "" where we call it by HTTP.
    """
    try:
        me = _of(await api.call("get_login_info"))
        online = await is_online(api)
        groups = rows(await api.call("get_group_list"))
    except WeiluError as error:
        mend = _NOT_THERE.get(str(error), _SILENT) if door else _HTTP_AWAY
        return [Step(_("Reach NapCat"), StepState.FAILED, mend, {"address": door})]
    steps = [Step(_("Reach NapCat"), StepState.FINE)]
    if text(me, "user_id") != account:
        mend = _("NapCat is signed in with another number, %(account)s. Put it into the form.")
        values = {"account": text(me, "user_id")}
        return [*steps, Step(_("Sign in"), StepState.FAILED, mend, values)]
    if not online:
        mend = _("QQ has signed the account out: scan the code in NapCat again.")
        return [*steps, Step(_("Sign in"), StepState.FAILED, mend)]
    values = {"account": text(me, "nickname") or account}
    steps.append(Step(_("Sign in as %(account)s"), StepState.FINE, values=values))
    if not groups:
        mend = _("The account is in no group yet: add it to one.")
        steps.append(Step(_("Find groups"), StepState.WARNING, mend))
        return steps
    steps.append(await _history(api, text(groups[0], "group_id")))
    return steps + [await _group(api, one, account) for one in groups[:MOST_GROUPS]]


async def _history(api: Api, group: str) -> Step:
    name = _("Read what was missed")
    try:
        await api.call("get_group_msg_history", group_id=int(group), count=1)
    except WeiluError:
        mend = _("It does not offer history: what is said while it is not connected is lost.")
        return Step(name, StepState.FAILED, mend, abilities=(Ability.HISTORY,))
    return Step(name, StepState.FINE, abilities=(Ability.HISTORY,))


async def _group(api: Api, group: Json, account: str) -> Step:
    """What the account may do in a group."""
    number = text(group, "group_id")
    values = {"group": text(group, "group_name") or number}
    try:
        mine = _of(
            await api.call(
                "get_group_member_info", group_id=int(number), user_id=int(account), no_cache=True
            )
        )
    except WeiluError:
        mend = _("The account is not in the group any more, or NapCat does not answer.")
        return Step(_CAN, StepState.FAILED, mend, values)
    if text(mine, "role") in {"owner", "admin"}:
        return Step(_CAN, StepState.FINE, "", values, (*_READS, *_WRITES, *_LEADS))
    mend = _("Make the account an administrator of the group.")
    return Step(_CAN, StepState.FAILED, mend, values, _LEADS)


def _of(found: object) -> Json:
    return mapping({"found": found}, "found") if isinstance(found, Mapping) else MAPPING
