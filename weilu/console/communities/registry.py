"""The parts of the community page in their order; each has its own address."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weilu.console.communities import crowd, flow, promotion, replies, talk
from weilu.console.communities.asked import View
from weilu.console.communities.parts import Part
from weilu.console.grouplife import section
from weilu.insight.pages.front import front

Build = Callable[[View], Part]


def _trend(view: View) -> Part:
    return talk.trend(view, front(view.look))


def _hours(view: View) -> Part:
    return talk.hours(view, front(view.look))


PARTS: dict[str, tuple[str | Promise, Build]] = {
    "trend": (_("Day by day"), _trend),
    "hours": (_("When people are awake"), _hours),
    "life": (_("Where groups are in their life"), section.life),
    "questions": (_("Questions"), replies.asked),
    "newcomers": (_("Newcomers"), crowd.fresh),
    "retention": (_("Who stays"), crowd.retention),
    "carriers": (_("Who carries the talk"), crowd.carried),
    "exchange": (_("Who answers whom"), replies.exchange),
    "silent": (_("Silent members"), crowd.silent),
    "moves": (_("Coming and going"), flow.moves),
    "words": (_("What people talk about more than before"), talk.words),
    "links": (_("Links people shared"), talk.shared),
    "promotion": (_("Promotion"), promotion.share),
}
