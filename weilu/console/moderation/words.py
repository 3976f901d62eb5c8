"""Why a message looks like junk, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from weilu.console.messages.text import SHOWN_CHARS, clean
from weilu.console.parts import Badge, Tone
from weilu.moderation.models import Doubt
from weilu.moderation.piles import Pile
from weilu.moderation.reports import REASON
from weilu.moderation.rules.addresses import ALLOWED, DENIED
from weilu.moderation.rules.disturbing import Fact
from weilu.moderation.rules.scoring import ACCOUNT, CERTAIN, Signal

REASONS: dict[str, Promise] = {
    Signal.WORDS: _("words that advertisers use"),
    Signal.ADDRESS: _("an address or a number to go to"),
    Signal.ODD: _("letters hidden behind odd signs"),
    Signal.SPLIT: _("signs between the letters, or words written by their sound"),
    Signal.UNHEARD: _("words nobody here uses"),
    Signal.NEWCOMER: _("a newcomer"),
    Signal.OWN_REPEAT: _("said again and again"),
    Signal.OTHERS_REPEAT: _("others said the very same"),
    Signal.FLOOD: _("many messages within seconds"),
    Signal.LEARNED: _("reads like known junk"),
    Signal.ABUSE: _("attacks somebody"),
    Fact.CALL_ALL: _("calls everybody in the group"),
    Fact.CARD: _("a contact card"),
    Fact.CODE: _("a QR code in the picture"),
    Fact.EDITED: _("changed after it was sent"),
    Fact.RENAMED: _("renamed after it was trusted"),
    Fact.NAMED: _("came with a name that advertises"),
    Fact.AT_ONCE: _("wrote right after joining"),
    Fact.NIGHT: _("in the middle of the night"),
    Fact.ECHO: _("said in another group just before"),
    REASON: _("members reported it"),
}

KINDS: dict[str, Promise] = {
    "gambling": _("Gambling"),
    "porn": _("Sexual services"),
    "fraud": _("Fraud and grey trades"),
    "poaching": _("Drawing members away"),
    "promotion": _("Uninvited promotion"),
    "abuse": _("Insults"),
}

ADDRESSES: dict[str, Promise] = {
    ALLOWED: _("Addresses that are fine"),
    DENIED: _("Addresses that never are"),
}

PILES: dict[Pile, Promise] = {
    Pile.OPEN: _("To decide"),
    Pile.ACTED: _("Dealt with by the policy"),
    Pile.JUNK: _("Junk"),
    Pile.FINE: _("Left alone"),
}


def reasons(doubts: Iterable[Doubt]) -> list[str]:
    """What speaks against some messages of one account, each once, in order of weight."""
    heaviest: dict[str, float] = {}
    for doubt in doubts:
        for code, weight in doubt.reasons:
            if (weight > 0 or code == REASON) and code in REASONS:
                heaviest[code] = max(heaviest.get(code, 0.0), weight)
    order = sorted(heaviest, key=lambda code: -heaviest[code])
    return [str(REASONS[code]) for code in order]


def certainty(score: float) -> Badge:
    """How sure it is, as a badge."""
    if score >= CERTAIN:
        return Badge(_("almost certain"), Tone.BAD)
    return Badge(_("likely"), Tone.WATCH) if score >= 0 else Badge(_("possible"), Tone.CALM)


def account_certainty(evidence: float) -> Badge:
    """How much all doubtful messages together say of an account, as a badge."""
    if evidence >= ACCOUNT + CERTAIN:
        return Badge(_("account: almost certainly advertises"), Tone.BAD)
    if evidence >= ACCOUNT:
        return Badge(_("account: likely advertises"), Tone.WATCH)
    return Badge(_("account: little is known"), Tone.CALM)


def highlighted(text: str, spans: Sequence[Sequence[int]]) -> SafeString:
    """A text escaped and cut, the spans in <mark>."""
    shown = text[:SHOWN_CHARS]
    parts: list[str] = []
    at = 0
    for start, end in spans:
        if not at <= start < end <= len(shown):
            continue
        parts += [conditional_escape(clean(shown[at:start])), "<mark>"]
        parts += [conditional_escape(clean(shown[start:end])), "</mark>"]
        at = end
    parts.append(conditional_escape(clean(shown[at:])))
    return SafeString("".join(parts) + ("…" if len(text) > len(shown) else ""))
