"""Visitors who say on coming in by which link they came: joins known, not guessed (B-2)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from weilu.core.clock import now
from weilu.groups.models import JoinTarget, Scan

# Without letters and digits that look alike; 29^4 of them, and only a week's count.
_LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ2346789"
_LENGTH = 4
_SAID = re.compile(rf"[#＃]([{_LETTERS}]{{{_LENGTH}}})(?![0-9A-Za-z])", re.IGNORECASE)
HOLD = timedelta(days=7)
MOST_CHARS = 200


class Said(NamedTuple):
    """What somebody wrote in a group."""

    group_id: int
    identity_id: int
    text: str


def new_letters() -> str:
    """A few letters for a visitor to say, such as 7K3M; written with # before them."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def letters_in(text: str) -> str:
    """The letters a short message says, "" when it says none."""
    if len(text) > MOST_CHARS or ("#" not in text and "＃" not in text):
        return ""
    found = _SAID.search(text)
    return found[1].upper() if found else ""


def declare(said: Iterable[Said]) -> int:
    """Note by which visit people came who say the letters of one; how many visits that were.

    Letters hold for a week and in the groups their link leads to; each visit is declared once.
    """
    moment = now()
    count = 0
    for one in said:
        letters = letters_in(one.text)
        if not letters:
            continue
        links = JoinTarget.objects.filter(group_id=one.group_id).values("link_id")
        visits = Scan.objects.filter(
            says=letters, declared_at=None, at__gte=moment - HOLD, link__in=links
        )
        newest = visits.order_by("-pk").values_list("pk", flat=True).first()
        if newest is not None:
            count += Scan.objects.filter(pk=newest, declared_at=None).update(
                declared_by=one.identity_id, declared_at=moment
            )
    return count
