"""The promotion share: how much of what members see sells something, and what follows (D-2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WARN_PERCENT = 5
HOLD_PERCENT = 10
DAYS = 7
MOST_DAYS = 30


class Verdict(StrEnum):
    """What a share allows."""

    FINE = "fine"
    WARN = "warn"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Policy:
    """Above `warn_percent` people are told, above `hold_percent` nothing promotional leaves."""

    warn_percent: int = WARN_PERCENT
    hold_percent: int = HOLD_PERCENT
    days: int = DAYS


@dataclass(frozen=True, slots=True)
class Seen:
    """What members of a group saw in the window; `promotions` are among `messages`.

    `is_known` is False where nothing of the group's talk reaches Weilu. `is_bounded`: there were
    more messages than were counted, so the share is at most what it says.
    """

    promotions: int = 0
    messages: int = 0
    is_known: bool = True
    is_bounded: bool = False

    @property
    def share(self) -> float:
        """Part of the messages that was promotion, 0–1; 0 without any."""
        return self.promotions / self.messages if self.messages else 0.0

    def and_one_more(self) -> Seen:
        """What it is after one more promotion."""
        return Seen(self.promotions + 1, self.messages + 1, self.is_known, self.is_bounded)


def what_members_saw(promotions: int, sent: int, heard: int, bound: int, *, is_heard: bool) -> Seen:
    """Counts put together: `sent` by us (`promotions` among them), `heard` in the group.

    Some platforms tell us what we sent, others do not. The larger of the two counts is never more
    than what members saw, so the share errs on the careful side. `bound` is where counting of
    `heard` stopped. Nothing was ever heard where `is_heard` is False and `heard` is 0.
    """
    return Seen(
        promotions,
        max(sent, heard),
        is_known=is_heard or heard > 0,
        is_bounded=heard >= bound,
    )


def enough_to_tell(promotions: int, policy: Policy) -> int:
    """So many messages, and one more promotion is below the warning: no need to count on."""
    return -(-(promotions + 1) * 100 // policy.warn_percent)


def what_follows(seen: Seen, policy: Policy) -> Verdict:
    """What one more promotion after `seen` would be.

    Where the talk is not known no share can be told: one in the window passes with a warning,
    a second one is held.
    """
    if not seen.is_known:
        return Verdict.HOLD if seen.promotions else Verdict.WARN
    return verdict(seen.and_one_more(), policy)


def verdict(seen: Seen, policy: Policy) -> Verdict:
    """What the share is, by whole numbers: exactly at a limit is still within it."""
    hundredfold = seen.promotions * 100
    if hundredfold > policy.hold_percent * seen.messages:
        return Verdict.HOLD
    if hundredfold > policy.warn_percent * seen.messages:
        return Verdict.WARN
    return Verdict.FINE
