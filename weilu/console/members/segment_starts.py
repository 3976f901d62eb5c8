"""Segments to begin with: what operators look for first, as trees to make one's own (C-9)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from weilu.members.segments.trees import Branch, Leaf

_NO_STAFF = Leaf("role", {"role": ["staff", "bot"]}, negated=True)


@dataclass(frozen=True, slots=True)
class Start:
    """A name and the tree that finds its members."""

    name: Promise
    tree: Branch


STARTS: dict[str, Start] = {
    "silent-newcomers": Start(
        gettext_lazy("Newcomers who have not spoken"),
        Branch(
            of=(Leaf("newcomer", {"days": "14"}), Leaf("messages", {"from": "1"}, negated=True))
        ),
    ),
    "quiet-regulars": Start(
        gettext_lazy("Regulars who fell silent"),
        Branch(
            of=(
                Leaf("messages", {"from": "20"}),
                Leaf("quiet", {"days": "30"}),
                Leaf("left", negated=True),
                _NO_STAFF,
            )
        ),
    ),
    "talkers": Start(
        gettext_lazy("Talkative lately"),
        Branch(of=(Leaf("spoke", {"times": "3", "days": "14"}), _NO_STAFF)),
    ),
}
