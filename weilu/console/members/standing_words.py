"""Tiers and ways of keeping company in words (A-3, C-8)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from weilu.members.models import Company, Tier
from weilu.members.rules.tiers import Why

TIERS: dict[str, Promise] = {
    Tier.UPPER.value: gettext_lazy("Upper tier"),
    Tier.MIDDLE.value: gettext_lazy("Middle tier"),
    Tier.BASE.value: gettext_lazy("Base tier"),
}
WHY: dict[str, Promise] = {
    Why.LISTENED_TO: gettext_lazy("Others act on what they say, more than on nine of ten."),
    Why.KNOWS: gettext_lazy("They answer questions, or contribute steadily."),
    Why.SPENDS_MUCH: gettext_lazy("They spend more than nine of ten."),
    Why.SPENDS_SOME: gettext_lazy("They spend more than most."),
    Why.LITTLE_SEEN: gettext_lazy("Hardly anything is seen of them."),
    Why.NO_SPENDING: gettext_lazy(
        "What they spend is not known; a number field called “spending” would tell."
    ),
    Why.FOLLOWS: gettext_lazy("They follow more than they lead."),
}
MODES: dict[str, Promise] = {
    Company.Mode.ASSISTANT.value: gettext_lazy("Shopping assistant"),
    Company.Mode.EXPERT.value: gettext_lazy("Topic expert"),
    Company.Mode.PARTNER.value: gettext_lazy("Private partner"),
}
MODES_HELP: dict[str, Promise] = {
    Company.Mode.ASSISTANT.value: gettext_lazy(
        "Fast, accurate, personal: ask what they need, remember what fits."
    ),
    Company.Mode.EXPERT.value: gettext_lazy(
        "One to many: bring them what you know, and ask what they think."
    ),
    Company.Mode.PARTNER.value: gettext_lazy(
        "Months of company before a sale: ask how they are, offer nothing."
    ),
}
