"""Newcomers who say by which link they came (B-2): seen as their words come in."""

from __future__ import annotations

from weilu.chat.columns import Columns
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.groups.joining.declaring import Said, declare, letters_in


@at_once("declared_joins")
def see_letters(columns: Columns) -> None:
    """Note the visits whose letters are said in a batch."""
    message = int(Kind.MESSAGE)
    said = [
        Said(int(columns.group[at]), int(columns.identity[at]), text)
        for at, text in enumerate(columns.text)
        if text and int(columns.kind[at]) == message and letters_in(text)
    ]
    if said:
        declare(said)
