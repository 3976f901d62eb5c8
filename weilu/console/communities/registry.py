"""The sections of the community page in their order; each has its own address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from weilu.console.communities import crowd, flow, promotion, replies, talk
from weilu.console.communities.asked import View
from weilu.console.communities.parts import Part
from weilu.console.grouplife import section
from weilu.console.parts import Text


@dataclass(frozen=True, slots=True)
class Section:
    """A section before it is made; two that are `is_half` share a row where there is room."""

    title: Text
    build: Callable[[View], Part]
    is_half: bool = False


def _trend(view: View) -> Part:
    return talk.trend(view, view.front)


def _hours(view: View) -> Part:
    return talk.hours(view, view.front)


PARTS: dict[str, Section] = {
    "trend": Section(_("Day by day"), _trend),
    "life": Section(_("Where groups are in their life"), section.life),
    "questions": Section(_("Questions"), replies.asked),
    "moves": Section(_("Coming and going"), flow.moves, is_half=True),
    "newcomers": Section(_("Newcomers"), crowd.fresh, is_half=True),
    "retention": Section(_("Who stays"), crowd.retention, is_half=True),
    "hours": Section(_("When people are awake"), _hours, is_half=True),
    "carriers": Section(_("Who carries the talk"), crowd.carried),
    "exchange": Section(_("Who answers whom"), replies.exchange),
    "silent": Section(_("Silent members"), crowd.silent),
    "words": Section(_("What people talk about more than before"), talk.words),
    "links": Section(_("Links people shared"), talk.shared, is_half=True),
    "promotion": Section(_("Promotion"), promotion.share, is_half=True),
}
