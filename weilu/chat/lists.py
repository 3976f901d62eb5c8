"""A batch by columns: what both its rows and what the stages see are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weilu.chat.changes import CHANGES, ID_CHARS, change_id
from weilu.chat.columns import Columns
from weilu.chat.models import Message
from weilu.chat.ports import Form, Inbound, Kind
from weilu.chat.rows import columns_of
from weilu.groups.queries import GroupPlace

_LINK = int(Message.Flag.LINK)
_CARD, _CARD_FORM = int(Message.Flag.CARD), int(Form.CARD)
_EDIT = int(Kind.EDIT)


@dataclass(frozen=True, slots=True)
class Lists:
    """A batch by columns, before it is known which of its records are new."""

    groups: list[int]
    people: list[int]
    kinds: list[int]
    forms: list[int]
    flags: list[int]
    sent: list[int]
    text: list[str]

    def columns(
        self,
        workspace_id: int,
        first: int,
        places: Sequence[GroupPlace],
        mask: npt.NDArray[np.bool_] | None,
        *,
        has_text: bool,
    ) -> list[Columns]:
        """The columns of the new records; ids count from `first`. Only what is live is read."""
        pks = range(first, first + len(self.groups))
        numbers = [pks, self.groups, self.people, self.kinds, self.flags, self.sent]
        return columns_of(workspace_id, numbers, self.text if has_text else (), places, mask)

    def stored(
        self, items: Sequence[Inbound], workspace_id: int, source_id: int, first: int
    ) -> list[Sequence[object]]:
        """The columns of the message rows, in MESSAGE_COLUMNS order."""
        count = len(items)
        return [
            range(first, first + count),
            [workspace_id] * count,
            self.groups,
            self.people,
            self.kinds,
            self.forms,
            self.flags,
            self.sent,
            [source_id] * count,
            self.text,
            _external_ids(items, self),
            [i.reply_to[:ID_CHARS] for i in items],
        ]


def lists_of(places: Sequence[GroupPlace], items: Sequence[Inbound], people: list[int]) -> Lists:
    """What both the rows and the columns are made of."""
    # An edit keeps what it says, a rename the new name.
    text = [i.text or i.target for i in items]
    whole = "\n".join(text)
    if "\x00" in whole:  # PostgreSQL stores no NUL
        text = [one.replace("\x00", "") for one in text]
    has_links = "://" in whole or "www." in whole
    flags = [_flags(i.text) for i in items] if has_links else [0] * len(items)
    forms = [i.form for i in items]
    if _CARD_FORM in forms:
        flags = [
            flag | _CARD if form == _CARD_FORM else flag
            for flag, form in zip(flags, forms, strict=True)
        ]
    return Lists(
        groups=[p.group_id for p in places],
        people=people,
        kinds=[i.kind for i in items],
        forms=forms,
        flags=flags,
        sent=[i.sent_ms for i in items],
        text=text,
    )


def _flags(text: str) -> int:
    return _LINK if "://" in text or "www." in text else 0


def _external_ids(items: Sequence[Inbound], lists: Lists) -> list[str | None]:
    """The ids that records are known by; the id of what a record changes is not its own."""
    if max(lists.kinds) < _EDIT:
        return [i.external_id[:ID_CHARS] or None for i in items]
    return [
        change_id(i, person) if i.kind in CHANGES else i.external_id[:ID_CHARS] or None
        for i, person in zip(items, lists.people, strict=True)
    ]
