"""Newcomers who say by which link they came (B-2): seen as their words come in."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from weilu.chat.columns import Columns
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.groups.joining.declaring import (
    Listening,
    Said,
    declare,
    hear_newcomers,
    listening,
    note_arrivals,
)
from weilu.groups.rules.declaring import MOST_CHARS, bare_letters, letters_in, named_link

# Letters are said no sooner than this after they were given: the way in takes longer.
KNOWN_FOR_S = 5.0
_heard: dict[int, tuple[float, Listening]] = {}


def forget_links() -> None:
    """Drop what is known of links and letters."""
    _heard.clear()


@at_once("declared_joins", forget_links)
def see_letters(columns: Columns) -> None:
    """Note by which links people came who come in, or say so, in a batch."""
    joined = np.flatnonzero(columns.kind == int(Kind.JOIN)).tolist()
    if joined:
        note_arrivals([_said(columns, at) for at in joined], columns.workspace_id)
    messages = np.flatnonzero(columns.kind == int(Kind.MESSAGE)).tolist()
    said = [_said(columns, at) for at in messages if letters_in(columns.text[at])]
    if said:
        declare(said)
    _hear_first_words(columns)


def _said(columns: Columns, at: int) -> Said:
    return Said(int(columns.group[at]), int(columns.identity[at]), columns.text[at])


def _hear_first_words(columns: Columns) -> None:
    """Listen to newcomers without # as well, in groups that links lead into."""
    heard = _listening(columns.workspace_id)
    if not heard.names:
        return
    groups = np.fromiter(heard.names, dtype=np.int64)
    here = np.isin(columns.group, groups) & (columns.kind == int(Kind.MESSAGE))
    said = [
        one
        for at in np.flatnonzero(here).tolist()
        if _may_tell((one := _said(columns, at)), heard.waiting, heard.names)
    ]
    if said:
        hear_newcomers(said, heard)


def _may_tell(one: Said, waiting: frozenset[int], names: Mapping[int, Mapping[int, str]]) -> bool:
    """Whether the words may be letters somebody was given, or say a link's name."""
    if not one.text or len(one.text) > MOST_CHARS:
        return False
    if one.group_id in waiting and bare_letters(one.text):
        return True
    return named_link(one.text, names[one.group_id], of_the_way=True) is not None


def _listening(workspace_id: int) -> Listening:
    moment = time.monotonic()
    kept = _heard.get(workspace_id)
    if kept is None or moment - kept[0] > KNOWN_FOR_S:
        kept = _heard[workspace_id] = (moment, listening(workspace_id))
    return kept[1]
