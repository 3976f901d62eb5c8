"""Putting pieces of a starter kit where they belong, each with one click (A-9)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction

from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.ports.abilities import Deed
from weilu.communities.kit.drafts import OPENINGS, Piece
from weilu.communities.kit.models import KitPiece
from weilu.communities.kit.pieces import kit_of, note_use
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.groups.actions import rename_group
from weilu.groups.joining.saving import set_words
from weilu.groups.models import Group
from weilu.service.greetings import Wish, greetings_of, set_greeting

NEEDS_GROUP = frozenset({Piece.NAME, Piece.ANNOUNCEMENT, *OPENINGS})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece goes: a group, or a join link for the intro; `label` marks who greets."""

    group_id: int | None = None
    link_id: int | None = None
    label: str = ""


def use_piece(actor: Actor, *, community: Community, piece: Piece, place: Place) -> None:
    """Put a written piece where it belongs: greeting, group name, notice, outbox, join link.

    Raises Invalid (`piece_empty`, `group_missing`, `link_missing`), Conflict (`sent_already`,
    `group_name_taken`), NotFound.
    """
    actor.require(Right.EDIT_GROUPS)
    one = kit_of(actor, community).get(piece)
    if one is None or not one.text:
        raise Invalid("piece_empty", field=piece.value)
    with transaction.atomic():
        if piece == Piece.WELCOME:
            _greet(actor, community, one.text, place.label)
        elif piece == Piece.INTRO:
            if place.link_id is None:
                raise Invalid("link_missing", field=piece.value)
            set_words(actor, pk=place.link_id, words=one.text, community=community)
        else:
            _in_group(actor, one, piece, _group(community, piece, place))
        note_use(actor, community=community, piece=piece)


def _greet(actor: Actor, community: Community, text: str, label: str) -> None:
    """Greet newcomers of all groups with the words, switched on."""
    now = greetings_of(actor, community).get((None, ""))
    wish = Wish(
        is_on=True,
        text=text,
        label=now.label if now else label,
        gather_s=now.gather_s if now else 60,
    )
    set_greeting(actor, community=community, group=None, wish=wish)


def _group(community: Community, piece: Piece, place: Place) -> Group:
    if place.group_id is None:
        raise Invalid("group_missing", field=piece.value)
    found = Group.objects.filter(pk=place.group_id, community=community, ends_at=None).first()
    if found is None:
        raise NotFound
    return found


def _in_group(actor: Actor, one: KitPiece, piece: Piece, group: Group) -> None:
    if piece == Piece.NAME:
        rename_group(actor, group=group, name=one.text)
        return
    actor.require(Right.SEND)
    mark = sha256(one.text.encode()).hexdigest()[:8]
    draft = Draft(
        key=f"kit-{one.pk}-{group.pk}-{mark}",
        group_id=group.pk,
        deed=Deed.ANNOUNCE if piece == Piece.ANNOUNCEMENT else Deed.SEND,
        origin=Origin.STAFF,
        text=one.text,
        by_id=actor.user_id,
    )
    if not enqueue(actor.workspace_id, [draft]):
        raise Conflict("sent_already")
