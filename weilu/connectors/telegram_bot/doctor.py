"""The doctor of Telegram connections: the bot, then its rights in every group it has heard."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram import Bot
from aiogram.types import ChatMemberAdministrator, ChatMemberOwner
from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.sessions import Step, StepState
from weilu.connectors.reaching import mend_of
from weilu.connectors.telegram_bot.failures import asked
from weilu.core.errors import WeiluError

MOST_GROUPS = 50
_RIGHTS = {
    "can_delete_messages": (Ability.RECALL,),
    "can_restrict_members": (Ability.MUTE, Ability.REMOVE, Ability.BAN),
    "can_invite_users": (Ability.APPROVE, Ability.INVITE_LINK),
    "can_pin_messages": (Ability.ANNOUNCE,),
}
_CAN = _("Rights in %(group)s")
_AWAY = _("Telegram does not answer. Does this machine reach the internet?")
_MENDS = {
    "unauthorised": _(
        "The token is not accepted: ask @BotFather for it again and put it into the form."
    ),
    "unreachable": _AWAY,
    "timeout": _AWAY,
}


async def examine(bot: Bot, chats: Mapping[str, int]) -> list[Step]:
    """The steps, from the network to the rights in each group (the first fifty)."""
    try:
        me = await asked(bot.get_me())
        hook = await asked(bot.get_webhook_info())
    except WeiluError as error:
        return [Step(_("Sign in"), StepState.FAILED, mend_of(error, _MENDS))]
    steps = [Step(_("Sign in as %(account)s"), StepState.FINE, values={"account": me.full_name})]
    if hook.url:
        mend = _("Another program has set a webhook for this bot. Make a bot of its own for Weilu.")
        steps.append(Step(_("Receive updates"), StepState.FAILED, mend))
    if not me.can_read_all_group_messages:
        mend = _("Privacy mode is on: write /setprivacy to @BotFather and choose Disable.")
        steps.append(Step(_("See all messages"), StepState.WARNING, mend))
    if not chats:
        mend = _("The bot has heard no group yet: add it to one and say something there.")
        steps.append(Step(_("Find groups"), StepState.WARNING, mend))
    for key, chat_id in list(chats.items())[:MOST_GROUPS]:
        steps.append(await _group(bot, key, chat_id, me.id))
    return steps


async def _group(bot: Bot, key: str, chat_id: int, own: int) -> Step:
    """What the bot may do in a group."""
    try:
        chat = await asked(bot.get_chat(chat_id))
        mine = await asked(bot.get_chat_member(chat_id, own))
    except WeiluError:
        mend = _("The bot is not in the group any more: add it again.")
        return Step(_CAN, StepState.FAILED, mend, {"group": key})
    values = {"group": chat.title or key}
    every = tuple(ability for abilities in _RIGHTS.values() for ability in abilities)
    if isinstance(mine, ChatMemberOwner):
        return Step(_CAN, StepState.FINE, "", values, every)
    if not isinstance(mine, ChatMemberAdministrator):
        mend = _("Make the bot an administrator of the group.")
        return Step(_CAN, StepState.FAILED, mend, values, every)
    lacking = [name for name in _RIGHTS if not getattr(mine, name)]
    if lacking:
        missing = tuple(ability for name in lacking for ability in _RIGHTS[name])
        mend = _("As an administrator the bot lacks: %(rights)s.")
        more = {**values, "rights": ", ".join(lacking)}
        return Step(_CAN, StepState.FAILED, mend, more, missing)
    return Step(_CAN, StepState.FINE, "", values, every)
