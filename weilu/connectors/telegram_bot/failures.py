"""Bot API errors as ours: what may be tried again, what never will, what nobody knows."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import aiohttp
from aiogram import exceptions as api

from weilu.connectors.reaching import out_of_reach, wait_of
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

T = TypeVar("T")
A_WHILE = timedelta(seconds=10)
# Words of descriptions, which are all the Bot API gives, and what they mean.
_SAID = (
    (("not enough rights", "need administrator", "chat_admin_required"), "no_rights"),
    (("user is an administrator", "can't remove chat owner", "can't restrict self"), "no_rights"),
    (("chat not found", "bot is not a member", "bot was kicked", "group chat was deactivated"),
     "not_in_group"),
    (("message can't be deleted",), "too_old"),
    (("message is too long", "caption is too long", "file is too big"), "too_long"),
    (("message to delete not found", "user not found", "user_not_participant", "not found",
      "participant_id_invalid", "hide_requester_missing", "user_already_participant"), "gone"),
)  # fmt: skip

# An answer that is no JSON in UTF-8, or nested without end, makes the library stumble over it.
_STUMBLED = (ValueError, RecursionError)
_KNOWN: tuple[tuple[type[Exception] | tuple[type[Exception], ...], WeiluError], ...] = (
    ((api.TelegramUnauthorizedError, api.TelegramNotFound), GivenUp("unauthorised")),
    (api.TelegramConflictError, TryLater("in_use", after=timedelta(seconds=30))),
    (api.TelegramEntityTooLarge, GivenUp("too_long")),
    # The group has become a supergroup: another group, with another id.
    (api.TelegramMigrateToChat, GivenUp("not_in_group")),
)


async def asked(call: Awaitable[T], *, says: bool = False) -> T:
    """The result of a call; raises TryLater, GivenUp, or Unsure when it `says` something.

    The text of an error never leaves here: it may hold the address, and with it the token.
    """
    try:
        found = await call
    except (api.TelegramAPIError, api.ClientDecodeError, *_STUMBLED) as error:
        raise failure_of(error, says=says) from None
    if found is None:
        raise failure_of(ValueError("no result"), says=says)
    return found


def failure_of(error: Exception, *, says: bool) -> WeiluError:
    """Our error for one of aiogram's."""
    if isinstance(error, api.TelegramRetryAfter):
        return TryLater("rate_limited", after=wait_of(error.retry_after, A_WHILE))
    for kinds, known in _KNOWN:
        if isinstance(error, kinds):
            return known
    if isinstance(error, api.TelegramServerError):
        # What stands before the servers fails while they go on: the message may be there.
        return Unsure("timeout") if says else TryLater("platform_down", after=A_WHILE)
    if isinstance(error, api.TelegramNetworkError):
        return _network(error, says=says)
    if isinstance(error, api.TelegramForbiddenError | api.TelegramBadRequest):
        return GivenUp(_meaning(error))
    return Unsure("bad_answer") if says else TryLater("bad_answer", after=A_WHILE)


def _network(error: api.TelegramNetworkError, *, says: bool) -> WeiluError:
    """Only what never left may be said again without care."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientConnectorError):
        return out_of_reach(cause)
    return Unsure("timeout") if says else TryLater("timeout", after=A_WHILE)


def _meaning(error: api.TelegramAPIError) -> str:
    said = error.message.casefold()
    for words, code in _SAID:
        if any(one in said for one in words):
            return code
    return "no_rights" if isinstance(error, api.TelegramForbiddenError) else "not_possible"
