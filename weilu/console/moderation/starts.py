"""Rules to begin with, for common kinds of communities; every word can be changed (A-6)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weilu.communities.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Start:
    """A set of rules to begin with."""

    name: str
    label: Promise
    intro: Promise
    rules: tuple[tuple[Promise, Promise, str], ...]

    def written(self) -> list[Rule]:
        """The rules in the language in force."""
        return [Rule(str(title), str(words), kind) for title, words, kind in self.rules]


_KIND = (
    _("Stay kind"),
    _("Disagree about things, never attack people. No insults, no mockery, no stirring up."),
    "abuse",
)
_ADS = (
    _("No advertising"),
    _("No offers, codes or links of other shops and groups, also not in private messages."),
    "ad",
)
_PRIVATE = (
    _("What is said here stays here"),
    _("No screenshots, telephone numbers or addresses of others without their consent."),
    "",
)
_LAW = (
    _("Keep to the law"),
    _("No gambling, nothing sexual, no rumours, nothing that puts others in danger."),
    "",
)
_NAME = (
    _("A name people can call you by"),
    _("Write it as the group asks for, so that we know each other again."),
    "",
)
_STAFF = (
    _("Trouble goes to us first"),
    _("Something went wrong with an order? Write to one of us; we answer the same day."),
    "",
)
_ON_TOPIC = (
    _("Stay with the subject"),
    _("Ask what others can answer too; small talk has its place in the evening."),
    "",
)
_SHARE = (
    _("Try it yourself, then share"),
    _("Say what you did and what came of it. Copied texts and chain letters help nobody."),
    "",
)
_ASK = (
    _("Ask so that others can help"),
    _("Say what you want, what you did and what happened; a picture helps more than a hundred"
      " words."),
    "",
)  # fmt: skip
_HOMEWORK = (
    _("Hints, not finished answers"),
    _("Help others to find out for themselves; nobody learns from a copied solution."),
    "",
)

STARTS: tuple[Start, ...] = (
    Start(
        "general",
        _("Any community"),
        _("A few rules, so that everybody likes to be here."),
        (_KIND, _ADS, _PRIVATE, _ON_TOPIC, _LAW),
    ),
    Start(
        "shop",
        _("Customers of a shop or brand"),
        _("We are here to talk about what we use and love. These rules keep it that way."),
        (_KIND, _ADS, _SHARE, _STAFF, _PRIVATE, _NAME, _LAW),
    ),
    Start(
        "learning",
        _("Learning together"),
        _("We learn from each other. These rules help us to."),
        (_KIND, _ASK, _HOMEWORK, _ADS, _PRIVATE, _LAW),
    ),
)


def start_named(name: str) -> Start | None:
    """The set of this name."""
    return next((one for one in STARTS if one.name == name), None)
