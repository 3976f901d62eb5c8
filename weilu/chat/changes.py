"""Ids of edits, recalls and reactions, which name a message but have no id of their own.

Handed in twice they are one row: the id is made of what is done to which message. A reaction or a
recall is the same whenever it is told again; an edit also is of its moment and its editor.
"""

from __future__ import annotations

from hashlib import blake2b

from weilu.chat.ports import Inbound, Kind

ID_CHARS = 200
# What these tell of is another record; every other kind has an id of its own.
CHANGES = frozenset({Kind.EDIT, Kind.RECALL, Kind.REACTION})
# No platform's id begins so.
_MARK = "~"
_DIGEST_BYTES = 12
_BEFORE_TARGET = len(_MARK) + 2 * _DIGEST_BYTES


def change_id(item: Inbound, person: int) -> str | None:
    """The id under which an edit, recall or reaction is stored; None when it names no message."""
    target = target_of(item)
    if not target:
        return None
    parts: tuple[object, ...] = (int(item.kind), target)
    if item.kind == Kind.REACTION:
        parts += (person, item.text)
    elif item.kind == Kind.EDIT:
        parts += (person, item.sent_ms, item.text)
    digest = blake2b(repr(parts).encode("utf-8", "replace"), digest_size=_DIGEST_BYTES).hexdigest()
    return f"{_MARK}{digest}{target}"[:ID_CHARS]


def changed_id(kind: int, stored: str | None) -> str:
    """The id a record was handed in with: its own, or that of the message it changes."""
    if not stored or kind not in CHANGES:
        return stored or ""
    return "" if kind == Kind.REACTION else stored[_BEFORE_TARGET:]


def changes_of(target: str) -> dict[str, str]:
    """The filter that finds what was done to a message, by whomever and whenever."""
    end = target[: ID_CHARS - _BEFORE_TARGET]
    return {"external_id__startswith": _MARK, "external_id__endswith": end}


def target_of(item: Inbound) -> str:
    """The message that an edit or a recall changes, or a reaction is to."""
    return item.reply_to if item.kind == Kind.REACTION else item.external_id
