"""The doctor of Discord connections: the bot, its intents, its rights in every server."""

from __future__ import annotations

import discord
from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.sessions import Step, StepState
from weilu.connectors.discord_bot.failures import asked
from weilu.connectors.reaching import mend_of
from weilu.core.errors import WeiluError

MOST_GUILDS = 20
_RIGHTS = {
    "view_channel": (Ability.RECEIVE,),
    "read_message_history": (Ability.HISTORY,),
    "send_messages": (Ability.SEND_TEXT,),
    "attach_files": (Ability.SEND_PICTURE,),
    "manage_messages": (Ability.RECALL,),
    "moderate_members": (Ability.MUTE,),
    "kick_members": (Ability.REMOVE,),
    "ban_members": (Ability.BAN,),
    "pin_messages": (Ability.ANNOUNCE,),
    "create_instant_invite": (Ability.INVITE_LINK,),
}
_CAN = _("Rights in %(group)s")
_AWAY = _("Discord does not answer. Does this machine reach the internet?")


async def examine(client: discord.Client) -> list[Step]:
    """The steps after the token was accepted, all by REST."""
    name = client.user.name if client.user else ""
    steps = [Step(_("Sign in as %(account)s"), StepState.FINE, values={"account": name})]
    try:
        steps += await _intents(client)
        guilds = await asked(_guilds(client))
        if not guilds:
            mend = _("The bot is in no server yet: invite it with the link of the portal.")
            steps.append(Step(_("Find servers"), StepState.WARNING, mend))
        for guild in guilds:
            steps.append(await _guild(client, guild))
    except WeiluError as error:
        known = {"unreachable": _AWAY, "timeout": _AWAY}
        steps.append(Step(_("Reach Discord"), StepState.FAILED, mend_of(error, known)))
    except (discord.DiscordException, OSError):
        steps.append(Step(_("Reach Discord"), StepState.FAILED, _AWAY))
    return steps


async def _guilds(client: discord.Client) -> list[discord.Guild]:
    return [one async for one in client.fetch_guilds(limit=MOST_GUILDS)]


async def _intents(client: discord.Client) -> list[Step]:
    """Both must be switched on in the portal, or Discord refuses the connection."""
    flags = (await asked(client.application_info())).flags
    content = flags.gateway_message_content or flags.gateway_message_content_limited
    members = flags.gateway_guild_members or flags.gateway_guild_members_limited
    return [
        _intent(_("Read what is said"), (Ability.RECEIVE,), is_on=content),
        _intent(
            _("See who comes and goes"), (Ability.MEMBERSHIP, Ability.MEMBER_LIST), is_on=members
        ),
    ]


def _intent(name: str, abilities: tuple[Ability, ...], *, is_on: bool) -> Step:
    if is_on:
        return Step(name, StepState.FINE, abilities=abilities)
    mend = _("Switch the bot's intents on in the developer portal: members and message content.")
    return Step(name, StepState.FAILED, mend, abilities=abilities)


async def _guild(client: discord.Client, short: discord.Guild) -> Step:
    """What the bot may do in a server, by its roles; a channel may say otherwise."""
    own = client.user.id if client.user else 0
    guild = await asked(client.fetch_guild(short.id))
    may = (await asked(guild.fetch_member(own))).guild_permissions
    lacking = [name for name in _RIGHTS if not (may.administrator or getattr(may, name))]
    values = {"group": guild.name}
    if not lacking:
        every = tuple(ability for abilities in _RIGHTS.values() for ability in abilities)
        return Step(_CAN, StepState.FINE, "", values, every)
    mend = _("Give the bot's role in the server these rights: %(rights)s.")
    missing = tuple(ability for name in lacking for ability in _RIGHTS[name])
    return Step(_CAN, StepState.FAILED, mend, {**values, "rights": ", ".join(lacking)}, missing)
