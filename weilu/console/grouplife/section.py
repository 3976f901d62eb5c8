"""The section of the community page on the life of its groups."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.console.cells import Kind
from weilu.console.communities.asked import View
from weilu.console.communities.parts import Door, Field, Part, Sheet
from weilu.console.formats import number
from weilu.console.grouplife.words import ADVICE, evidence, life_badge
from weilu.insight.pages.life import LifeOf, lives
from weilu.insight.rules.lifecycle import GroupStage

SHOWN = 12
MOST = 500
_PRESSING = (GroupStage.CLOSING, GroupStage.FADING)
_ORDER = (*_PRESSING, GroupStage.PREPARING, GroupStage.WARMING, GroupStage.STEADY)


def life(view: View) -> Part:
    """Where the groups are in their life, those that need somebody first."""
    chosen = set(view.look.group_ids)
    some = [one for one in view.place.groups if one.pk in chosen]
    # A section is for a look: the whole of a large community stands side by side.
    found = lives(view.place, some[:MOST])
    title = _("Where its groups are in their life")
    if len(found) == 1:
        return _of_one(found[0])
    found.sort(key=_pressing)
    rows = [
        [
            one.group.name,
            life_badge(one.group, one.life.stage),
            evidence(one.life),
            "" if one.group.ends_at else ADVICE[one.life.stage],
        ]
        for one in found[:SHOWN]
    ]
    links = {(y, 0): reverse("group_life", args=[one.group.pk]) for y, one in enumerate(found)}
    fields = [
        Field(_("Group")),
        Field(_("Stage"), Kind.BADGE, fact=True),
        Field(_("Because"), fact=True),
        Field(_("What helps"), fact=True),
    ]
    more = Door(_("Groups side by side"), view.url("community_groups", sort="-life"))
    return Part(
        "life",
        title,
        _sentence(found),
        sheets=[Sheet("life", title, fields, rows, links, more)],
    )


def _pressing(one: LifeOf) -> tuple[int, str]:
    stage = one.life.stage
    place = _ORDER.index(stage) if stage in _ORDER else len(_ORDER)
    return (len(_ORDER) + 1 if one.group.ends_at else place, one.group.name)


def _of_one(one: LifeOf) -> Part:
    words = _("%(stage)s. %(because)s") % {
        "stage": life_badge(one.group, one.life.stage).word,
        "because": evidence(one.life),
    }
    advice = "" if one.group.ends_at else f" {ADVICE[one.life.stage]}"
    doors = [
        Door(_("More, and what can be done"), reverse("group_life", args=[one.group.pk])),
    ]
    return Part("life", _("Where the group is in its life"), words + advice, doors=doors)


def _sentence(found: list[LifeOf]) -> str:
    open_ones = [one for one in found if one.group.ends_at is None]
    pressing = [one for one in open_ones if one.life.stage in _PRESSING]
    if not pressing:
        return _("None of its groups is falling silent.")
    words = ngettext(
        "%(n)s of %(all)s groups is falling silent.",
        "%(n)s of %(all)s groups are falling silent.",
        len(pressing),
    )
    return words % {"n": number(len(pressing)), "all": number(len(open_ones))}
