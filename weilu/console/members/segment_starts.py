"""Segments to begin with, with their names: what operators look for first (C-9)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from weilu.insight.people import starts
from weilu.members.segments.trees import Branch


@dataclass(frozen=True, slots=True)
class Start:
    """A name and the tree that finds its members."""

    name: Promise
    tree: Branch


STARTS: dict[str, Start] = {
    "silent-newcomers": Start(
        gettext_lazy("Newcomers who have not spoken"), starts.SILENT_NEWCOMERS
    ),
    "quiet-regulars": Start(gettext_lazy("Regulars who fell silent"), starts.QUIET_REGULARS),
    "talkers": Start(gettext_lazy("Talkative lately"), starts.TALKERS),
}
