"""Whose invitations the account follows (pure), and which have come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ANYBODY = "*"


@dataclass(frozen=True, slots=True)
class Membership:
    """That somebody (`sender`) set what an account is in a room."""

    account: str
    is_in: str
    sender: str


def inviter_of(members: Iterable[Membership], own: str) -> str:
    """Who invited our account, "" when nobody did.

    Only the invitation itself counts: the state that comes with it has other senders, too, and
    whoever makes a room can have anybody among them.
    """
    for one in members:
        if one.account == own and one.is_in == "invite":
            return one.sender
    return ""


def is_followed(inviter: str, setting: str) -> bool:
    """Whether the form lets this account invite: by its ID, by `*:its.server`, or by `*`."""
    if not inviter:
        return False
    server = inviter.partition(":")[2]
    return bool({inviter, f"{ANYBODY}:{server}", ANYBODY} & set(setting.split()))
