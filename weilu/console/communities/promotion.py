"""The part about how much of what members see is promotion (D-2)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.console.cells import Kind
from weilu.console.communities.asked import View
from weilu.console.communities.parts import Door, Field, Part, Sheet
from weilu.console.formats import number, speaks_chinese
from weilu.console.outbox.promotion import standing_badge
from weilu.console.parts import Empty
from weilu.console.places import address
from weilu.content.queries import SHOWN_BOUND, Standing, standings
from weilu.content.rules import Policy, Verdict

MOST = 100


def share(view: View) -> Part:
    """Promotion in each group over the rolling window that the guard looks at."""
    groups = view.place.groups[:MOST]
    stands = standings(view.request.actor, groups)
    title = _("Promotion")
    rows = [
        (
            one.name,
            stands[one.pk].seen.promotions,
            stands[one.pk].seen.messages,
            stands[one.pk].seen.share if stands[one.pk].seen.is_known else None,
            standing_badge(stands[one.pk]),
        )
        for one in groups
        if one.pk in stands
    ]
    rows.sort(key=lambda row: (-(row[3] or 0.0), row[0]))
    sheet = Sheet(
        "promotion",
        title,
        [
            Field(_("Group")),
            Field(_("Promotions"), Kind.NUMBER),
            Field(_("Messages"), Kind.NUMBER),
            Field(_("Share"), Kind.SHARE, fact=True),
            Field(_("Measure"), Kind.BADGE, fact=True),
        ],
        rows,
    )
    doors = [Door(_("Outbox"), address("outbox"))]
    if not any(one.seen.is_known or one.seen.promotions for one in stands.values()):
        return Part("promotion", title, empty=_nothing(stands))
    sentence = _sentence(list(stands.values())) + _cut(list(stands.values()))
    return Part("promotion", title, sentence, sheets=[sheet], doors=doors)


def _cut(stands: list[Standing]) -> str:
    """That busy groups are not counted to the end, where that is so."""
    if not any(one.seen.is_bounded for one in stands):
        return ""
    words = _("Where much is said, %(count)s messages are counted: the share is that or less.")
    gap = "" if speaks_chinese() else " "
    return gap + words % {"count": number(SHOWN_BOUND)}


def _nothing(stands: Mapping[int, Standing]) -> Empty:
    """What stands where too little was said lately for a share."""
    policy = next((one.policy for one in stands.values()), Policy())
    text = _(
        "Too little was said in the last %(days)s days to say how much of it is promotion. Above"
        " %(hold)s percent it is held back."
    )
    values = {"days": number(policy.days), "hold": number(policy.hold_percent)}
    title = _("Nothing to measure yet")
    return Empty(title, text % values, "scale", _("Outbox"), address("outbox"))


def _sentence(stands: list[Standing]) -> str:
    policy = stands[0].policy if stands else Policy()
    values = {"days": number(policy.days), "hold": number(policy.hold_percent)}
    much = sum(one.now != Verdict.FINE for one in stands)
    if much:
        words = ngettext(
            "In the last %(days)s days %(count)s group saw quite a lot of promotion;"
            " above %(hold)s percent it is held.",
            "In the last %(days)s days %(count)s groups saw quite a lot of promotion;"
            " above %(hold)s percent it is held.",
            much,
        )
        return words % {**values, "count": number(much)}
    if any(one.seen.promotions for one in stands):
        return (
            _(
                "Promotion of the last %(days)s days is within limits; above %(hold)s percent it is"
                " held."
            )
            % values
        )
    return _("Nothing promotional has left in the last %(days)s days.") % values
