"""The promotion share in words: how a group stands, and why something is held (D-2)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.console import counts
from weilu.console.formats import number
from weilu.console.parts import Badge, Tone
from weilu.content.queries import Standing
from weilu.content.rules import Verdict


def seen_words(stand: Standing) -> str:
    """How many of so many messages were promotion; of unknown talk, how many there were."""
    seen = stand.seen
    values = {
        "promotions": number(seen.promotions),
        "messages": counts.messages(seen.messages),
        "days": counts.days(stand.policy.days),
    }
    if not seen.is_known:
        pattern = ngettext(
            "%(promotions)s promotion in %(days)s, its talk is not known",
            "%(promotions)s promotions in %(days)s, its talk is not known",
            seen.promotions,
        )
    elif seen.is_bounded:
        pattern = _("promotion: %(promotions)s of more than %(messages)s in %(days)s")
    else:
        pattern = _("promotion: %(promotions)s of %(messages)s in %(days)s")
    return pattern % values


def promotion_words(stand: Standing) -> str:
    """How a group stands and what one more promotion would be, in one line."""
    words = seen_words(stand)
    if stand.next == Verdict.HOLD:
        return _("%(share)s, one more would be held") % {"share": words}
    if stand.next == Verdict.WARN and stand.seen.is_known:
        return _("%(share)s, one more would be above %(percent)s percent") % {
            "share": words,
            "percent": number(stand.policy.warn_percent),
        }
    return words


def standing_badge(stand: Standing) -> Badge:
    """What the share is as it stands, in a word or two."""
    if not stand.seen.is_known:
        return Badge(_("not known"), Tone.CALM)
    return {
        Verdict.FINE: Badge(_("within limits"), Tone.GOOD),
        Verdict.WARN: Badge(_("a bit much"), Tone.WATCH),
        Verdict.HOLD: Badge(_("too much"), Tone.BAD),
    }[stand.now]


def held_words(values: Mapping[str, object]) -> str:
    """Why the guard holds something, and what to do."""
    shown = {name: number(float(str(value))) for name, value in values.items()}
    for name, noun in (("messages", counts.messages), ("days", counts.days)):
        shown[name] = noun(float(str(values[name]))) if name in values else ""
    if not values.get("is_known", 1):
        return (
            _(
                "The group has had a promotion in the last %(days)s, and nothing is known of"
                " what members say. Send it later, or import the chat history."
            )
            % shown
        )
    return (
        _(
            "With it, %(promotions)s of %(messages)s in %(days)s would be promotion;"
            " at most %(hold)s percent may be. Get people talking first, or send it later."
        )
        % shown
    )
