"""What was written of a starter kit, and whether it was put to use (A-9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from weilu.communities.blueprint.models import Canvas
from weilu.communities.blueprint.queries import sheet_of
from weilu.communities.kit.drafts import Piece, drafts
from weilu.communities.kit.models import KitPiece
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Invalid, NotFound

TEXT_CHARS = 1000
MOST_CHARS: Mapping[Piece, int] = {Piece.NAME: 120, Piece.INTRO: 300}


def kit_of(viewer: Actor, community: Community) -> dict[Piece, KitPiece]:
    """The pieces that were written, by piece."""
    viewer.require(Right.SEE_NUMBERS)
    mine = KitPiece.objects.filter(community=community, workspace_id=viewer.workspace_id)
    known = set(Piece)
    return {Piece(one.piece): one for one in mine if one.piece in known}


def drafts_of(viewer: Actor, community: Community, language: str) -> dict[Piece, str]:
    """Words to begin with for a community, from its plan and its trade."""
    viewer.require(Right.SEE_NUMBERS)
    trade = Canvas.objects.filter(community=community).values_list("trade", flat=True).first()
    return drafts(sheet_of(community), trade or "", language)


def written(community_ids: Collection[int]) -> dict[int, set[Piece]]:
    """Community → the pieces that are written: one statement."""
    found: dict[int, set[Piece]] = {pk: set() for pk in community_ids}
    known = set(Piece)
    rows = KitPiece.objects.filter(community_id__in=list(found)).exclude(text="")
    for pk, piece in rows.values_list("community_id", "piece"):
        if piece in known:
            found[pk].add(Piece(piece))
    return found


def save_kit(actor: Actor, *, community: Community, texts: Mapping[Piece, str]) -> int:
    """Keep pieces; returns how many changed. A changed piece counts as not used yet.

    Raises Invalid `too_long` for the first that is, NotFound for another workspace's community.
    """
    actor.require(Right.EDIT_GROUPS)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    for piece, text in texts.items():
        if len(text) > MOST_CHARS.get(piece, TEXT_CHARS):
            raise Invalid("too_long", field=piece.value)
    held = kit_of(actor, community)
    changed = 0
    for piece, text in texts.items():
        one, said = held.get(piece), text.strip().replace("\r\n", "\n")
        if (one.text if one else "") == said:
            continue
        KitPiece.objects.update_or_create(
            community=community,
            piece=piece.value,
            defaults={
                "workspace_id": actor.workspace_id,
                "text": said,
                "used_at": None,
                "changed_by_id": actor.user_id,
                "changed_at": now(),
            },
        )
        changed += 1
    return changed


def note_use(actor: Actor, *, community: Community, piece: Piece) -> None:
    """Note that a piece was put where it belongs."""
    actor.require(Right.EDIT_GROUPS)
    mine = KitPiece.objects.filter(community=community, workspace_id=actor.workspace_id)
    mine.filter(piece=piece.value).update(used_at=now())
