"""Which group is meant by what was typed: exactly one, or a sentence that helps to say which."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from weilu.config.speech import gettext as _
from weilu.core.people import home_workspace
from weilu.groups.models import Group

SHOWN = 10
_BY_NUMBER = "id:"


def find_group(name: str) -> Group:
    """The group of this name, or of this number where `id:12` is written.

    Raises ValueError with a sentence when there is none, or more than one.
    """
    wanted = name.strip()
    mine = Group.objects.filter(workspace_id=home_workspace().pk).select_related("community")
    number = wanted.removeprefix(_BY_NUMBER)
    found = list(mine.filter(name=wanted).order_by("pk"))
    if not found and number != wanted and number.isdecimal():
        found = list(mine.filter(pk=int(number)))
    if len(found) > 1:
        raise ValueError(which_one(wanted, found))
    if not found:
        known = list(mine.order_by("name").values_list("name", flat=True))
        raise ValueError(_none_such(wanted, known))
    return found[0]


def which_one(name: str, groups: Sequence[Group]) -> str:
    """That several groups have this name, and how to say which is meant."""
    listed = "; ".join(
        f"{_BY_NUMBER}{g.pk} ({g.community.name}, {g.platform})" for g in groups[:SHOWN]
    )
    return _("Several groups are called %(name)s. Say which: --group %(listed)s.") % {
        "name": name,
        "listed": listed,
    }


def _none_such(name: str, known: Sequence[str]) -> str:
    """That there is no such group, with the names that come nearest."""
    if not known:
        return _("There is no group yet. Bring some history in with weilu import.")
    near = [one for one in known if name and name.casefold() in one.casefold()]
    near += get_close_matches(name, known, n=SHOWN, cutoff=0.5)
    names = list(dict.fromkeys(near))[:3]
    if names:
        return _("There is no group %(name)s. Did you mean %(near)s?") % {
            "name": name,
            "near": _(" or ").join(names),
        }
    return _("There is no group %(name)s; there are %(known)s.") % {
        "name": name,
        "known": ", ".join(dict.fromkeys(known[:SHOWN])),
    }
