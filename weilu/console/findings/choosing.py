"""Which findings the address asks for, and the row of filters over them (J-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from weilu.console.filters import Choice
from weilu.console.findings.words import TITLES
from weilu.console.http import Request, row_number
from weilu.groups.models import Group
from weilu.insight.diagnosis import Found, Wanted


@dataclass(frozen=True, slots=True)
class Select:
    """One filter of several values; the first is no filter at all."""

    name: str
    label: str
    choices: Sequence[Choice]


def wanted(request: Request, groups: Sequence[Group]) -> Wanted:
    """What the address asks for; a group or community that is not there asks for nothing."""
    asked = request.GET
    community = row_number(asked.get("community", ""))
    group = next((g for g in groups if g.pk == row_number(asked.get("group", ""))), None)
    if community not in {g.community_id for g in groups}:
        community = None
    if group and community not in (None, group.community_id):
        group = None
    return Wanted(
        check=check if (check := asked.get("check", "")) in TITLES else "",
        community_id=community,
        group_id=group.pk if group else None,
    )


def selects(asked: Wanted, groups: Sequence[Group], found: Sequence[Found]) -> list[Select]:
    """The filters there is a choice in: what was found, in which community, in which group."""
    checks = {one.rows[0].check_code for one in found} | ({asked.check} - {""})
    communities = {g.community_id: g.community.name for g in groups}
    here = [g for g in groups if asked.community_id in (None, g.community_id)]
    all_selects = [
        _select(
            ("check", _("Finding"), _("All findings")),
            [(code, str(title)) for code, title in TITLES.items() if code in checks],
            asked.check,
        ),
        _select(
            ("community", _("Community"), _("All communities")),
            [(str(pk), name) for pk, name in communities.items()],
            str(asked.community_id or ""),
        ),
        _select(
            ("group", _("Group"), _("All groups")),
            [(str(g.pk), g.name) for g in here],
            str(asked.group_id or ""),
        ),
    ]
    return [one for one in all_selects if len(one.choices) > 2]


def _select(words: tuple[str, str, str], options: Sequence[tuple[str, str]], chosen: str) -> Select:
    name, label, everything = words
    choices = [("", everything), *options]
    return Select(name, label, [Choice(key, text, key == chosen) for key, text in choices])
