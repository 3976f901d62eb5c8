"""What members are worth, in words: ways to thank them, what they caused, levels."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.console.parts import Badge, Tone
from weilu.insight.rules.influence import Thank
from weilu.members.rules.exchange import Exchange
from weilu.members.rules.levels import Level

WAYS_TO_THANK: dict[Thank, Promise] = {
    Thank.NAME_ANSWER: gettext_lazy("Name their best answer in the group, and why it helped"),
    Thank.COMPANION: gettext_lazy("Ask them to keep newcomers company, with a title for it"),
    Thank.GUEST_TALK: gettext_lazy("Invite them to a guest talk"),
    Thank.HOST_TOPIC: gettext_lazy("Let them open the next discussion"),
    Thank.FIRST_TO_TRY: gettext_lazy("Let them try what is new before anybody else"),
    Thank.BY_HAND: gettext_lazy("Write to them yourself, a few lines and no offer"),
}

CAUSED: dict[Exchange, tuple[Promise, Promise]] = {
    Exchange.THANKED: (
        gettext_lazy("Who thanked them"),
        gettext_lazy("Somebody said thanks to what they wrote, or to them by name."),
    ),
    Exchange.ANSWERED: (
        gettext_lazy("Whose questions they answered first"),
        gettext_lazy("A question was open, and they were the first to answer it."),
    ),
    Exchange.WAS_REPLIED: (
        gettext_lazy("Who answers them"),
        gettext_lazy("What they write does not fall silent."),
    ),
    Exchange.MENTIONED: (
        gettext_lazy("Who speaks of them"),
        gettext_lazy("They were named by somebody who did not speak to them."),
    ),
}

LEVELS: dict[Level, Promise] = {
    Level.LOOKING_ON: gettext_lazy("Looking on"),
    Level.JOINING_IN: gettext_lazy("Joining in"),
    Level.CONTRIBUTING: gettext_lazy("Contributing"),
    Level.CARRYING: gettext_lazy("Carrying the community"),
}


def ways(found: Sequence[Thank]) -> list[str]:
    """Ways to thank somebody, each a sentence without a full stop."""
    return [str(WAYS_TO_THANK[one]) for one in found]


def mover_badge(*, is_koc: bool, is_fan: bool) -> Badge | None:
    """What somebody is by what they cause."""
    if is_koc and is_fan:
        return Badge(_("KOC and true fan"), Tone.GOOD)
    if is_koc:
        return Badge(_("KOC"), Tone.GOOD)
    return Badge(_("True fan"), Tone.GOOD) if is_fan else None


def level_badge(level: int) -> Badge:
    """A level as a badge."""
    tone = Tone.GOOD if level >= Level.CONTRIBUTING else Tone.CALM
    return Badge(LEVELS[Level(level)], tone)
