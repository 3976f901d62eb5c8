"""The six usual mistakes of a community in words, each with its evidence (J-3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.communities.models import Community
from weilu.console.findings.views import card
from weilu.console.formats import number
from weilu.console.parts import Badge, Tone
from weilu.core.access import Actor
from weilu.insight.mistakes import Mistake, mistakes_of

NAMES: dict[str, Promise] = {
    "not_a_community": gettext_lazy("Taking a group for a community"),
    "more_is_better": gettext_lazy("Thinking that more is better"),
    "unfit_product": gettext_lazy("A product that does not fit"),
    "selling_at_once": gettext_lazy("Selling at once"),
    "useful_daily": gettext_lazy("Something useful every day"),
    "one_admin": gettext_lazy("One person does everything"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A mistake ready to be read."""

    name: str
    badge: Badge
    evidence: str
    advice: str
    button: str
    url: str


def lines(viewer: Actor, community: Community) -> list[Line]:
    """All six in order; none while nothing of the community was looked at."""
    found = mistakes_of(viewer, community)
    return [_line(one) for one in found] if any(one.gravest for one in found) else []


def _line(one: Mistake) -> Line:
    name = str(NAMES[one.check])
    if one.gravest is None:
        return Line(name, Badge(_("not known yet")), "", "", "", "")
    shown = card(one.gravest)
    if not one.made:
        known = Badge(_("avoided"), Tone.GOOD) if one.avoided else Badge(_("not known yet"))
        return Line(name, known, shown.told.evidence, "", "", "")
    groups = ngettext("in %(n)s group", "in %(n)s groups", one.made) % {"n": number(one.made)}
    return Line(
        name=name,
        badge=Badge(groups, shown.told.level.tone),
        evidence=_("%(value)s: %(how)s")
        % {"value": one.gravest.group.name, "how": shown.told.evidence},
        advice=str(shown.told.advice),
        button=str(shown.told.button),
        url=shown.url,
    )
