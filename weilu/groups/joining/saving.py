"""Making and changing join links and where they lead (B-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import IO
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Max

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.pictures import forget_picture, keep_picture
from weilu.groups.joining.conditions import JOINS
from weilu.groups.models import Group, JoinLink, JoinTarget

MOST_LINKS = 500
MOST_TARGETS = 50
# WeChat's own group codes: good for seven days, and to join by only up to 200 people.
WECHAT_DAYS, WECHAT_MOST = 7, 200


@dataclass(frozen=True, slots=True)
class LinkWords:
    """What a join link is."""

    name: str
    source: str
    cost: Decimal = Decimal(0)
    words: str = ""
    question: str = ""
    is_on: bool = True
    spread: str = JoinLink.Spread.WEIGHT
    asks_code: bool = False


@dataclass(frozen=True, slots=True)
class PosterWords:
    """What a link's poster says; empty: the community's name, the link's words."""

    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TargetWords:
    """What a target is; `address` or a picture of the group's own code."""

    group_id: int
    position: int = 1
    weight: int = 1
    address: str = ""
    answer: str = ""
    most: int = WECHAT_MOST
    expires_at: datetime | None = None
    opens: time | None = None
    closes: time | None = None
    is_on: bool = True


def links_of(viewer: Actor) -> list[JoinLink]:
    """The workspace's join links by name."""
    viewer.require(Right.SEE_NUMBERS)
    rows = JoinLink.objects.filter(workspace_id=viewer.workspace_id)
    return list(rows.select_related("community").order_by("name")[:MOST_LINKS])


def link(viewer: Actor, pk: int) -> JoinLink:
    """One join link; raises NotFound also when it is another workspace's."""
    viewer.require(Right.SEE_NUMBERS)
    mine = JoinLink.objects.filter(pk=pk, workspace_id=viewer.workspace_id)
    found = mine.select_related("community").first()
    if found is None:
        raise NotFound
    return found


def save_link(
    actor: Actor, said: LinkWords, *, community: Community, pk: int | None = None
) -> JoinLink:
    """Make a join link, or change one; its address stays what it is.

    Raises Invalid (`required`, `bad_source`, `bad_cost`), Conflict `name_taken`, NotFound.
    """
    actor.require(Right.EDIT_GROUPS)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    name = said.name.strip()[:80]
    if not name:
        raise Invalid("required", field="name")
    if said.source not in JoinLink.Source.values:
        raise Invalid("bad_source", field="source")
    if not 0 <= said.cost < Decimal(10) ** 10:
        raise Invalid("bad_cost", field="cost")
    mine = JoinLink.objects.filter(workspace_id=actor.workspace_id)
    others = mine.exclude(pk=pk) if pk is not None else mine
    if others.filter(name=name).exists():
        raise Conflict("name_taken")
    values = {
        "community": community,
        "name": name,
        "source": said.source,
        "cost": said.cost,
        "words": said.words.strip()[:300],
        "question": said.question.strip()[:120],
        "spread": said.spread if said.spread in JoinLink.Spread.values else "weight",
        "asks_code": said.asks_code,
        "is_on": said.is_on,
    }
    if pk is None:
        return JoinLink.objects.create(workspace_id=actor.workspace_id, created_at=now(), **values)
    with transaction.atomic():
        if not mine.filter(pk=pk).update(**values):
            raise NotFound
        # Whoever came by it comes by a link of another source now.
        note_change(actor.workspace_id, JOINS.name)
    return mine.get(pk=pk)


def set_words(actor: Actor, *, pk: int, words: str, community: Community) -> None:
    """Let visitors of a link of a community read these words. Raises NotFound."""
    actor.require(Right.EDIT_GROUPS)
    mine = JoinLink.objects.filter(pk=pk, workspace_id=actor.workspace_id, community=community)
    if not mine.update(words=words.strip()[:300]):
        raise NotFound


def save_poster(
    actor: Actor,
    one: JoinLink,
    said: PosterWords,
    *,
    picture: tuple[IO[bytes], int] | None = None,
    no_picture: bool = False,
) -> None:
    """Keep what the poster of a link says and shows; a picture is drawn anew before it is kept.

    Raises Invalid (`too_long`, `picture_large`, `picture_unknown`), NotFound.
    """
    actor.require(Right.EDIT_GROUPS)
    if one.workspace_id != actor.workspace_id:
        raise NotFound
    if len(said.title) > 40 or len(said.text) > 200:
        raise Invalid("too_long", field="text")
    values = {"poster_title": said.title.strip(), "poster_text": said.text.strip()}
    kept = keep_picture(f"posters/{one.workspace_id}", *picture, field="picture") if picture else ""
    if kept or no_picture:
        values["poster_picture"] = kept
    JoinLink.objects.filter(pk=one.pk).update(**values)
    if kept or no_picture:
        forget_picture(one.poster_picture)


def save_target(
    actor: Actor,
    one: JoinLink,
    said: TargetWords,
    *,
    pk: int | None = None,
    picture: tuple[IO[bytes], int] | None = None,
) -> JoinTarget:
    """Let a link lead to a group, or change how; a new code or address is counted from nothing.

    Raises Invalid (`code_missing`, `bad_address`, `picture_large`, `picture_unknown`), NotFound.
    """
    actor.require(Right.EDIT_GROUPS)
    group = Group.objects.filter(pk=said.group_id, community_id=one.community_id).first()
    if one.workspace_id != actor.workspace_id or group is None:
        raise NotFound
    old = _target(one, pk) if pk else None
    address = _checked_address(said.address)
    if not address and picture is None and not (old and old.picture):
        raise Invalid("code_missing", field="address")
    kept = keep_picture(f"codes/{one.workspace_id}", *picture, field="picture") if picture else ""
    values: dict[str, object] = {
        "group": group, "position": max(said.position, 1), "weight": max(said.weight, 1),
        "address": address, "answer": said.answer.strip()[:60], "most": said.most,
        "expires_at": said.expires_at, "opens": said.opens, "closes": said.closes,
        "is_on": said.is_on,
    }  # fmt: skip
    is_new_code = old is None or bool(kept) or old.address != address
    if kept:
        values["picture"] = kept
    if is_new_code:
        values |= {"shown": 0, "code_set_at": now()}
    if old is None:
        if one.targets.count() >= MOST_TARGETS:
            raise Invalid("too_many", field="group")
        return JoinTarget.objects.create(link=one, **values)
    JoinTarget.objects.filter(pk=old.pk).update(**values)
    if kept:
        forget_picture(old.picture)
    return JoinTarget.objects.get(pk=old.pk)


def _target(one: JoinLink, pk: int) -> JoinTarget:
    """A target of the link; raises NotFound."""
    found = JoinTarget.objects.filter(pk=pk, link=one).first()
    if found is None:
        raise NotFound
    return found


def _checked_address(address: str) -> str:
    """An address visitors can be sent to; raises Invalid `bad_address`."""
    bare = address.strip()[:500]
    if not bare:
        return ""
    try:
        parted = urlsplit(bare)
    except ValueError as error:
        raise Invalid("bad_address", field="address") from error
    if parted.scheme not in {"https", "http"} or not parted.hostname:
        raise Invalid("bad_address", field="address")
    return bare


def drop_target(actor: Actor, one: JoinLink, pk: int) -> None:
    """Let a link no longer lead to a group; what was counted stays with the link."""
    actor.require(Right.EDIT_GROUPS)
    if one.workspace_id != actor.workspace_id:
        raise NotFound
    old = _target(one, pk)
    old.delete()
    forget_picture(old.picture)


def next_position(one: JoinLink) -> int:
    """The position after the last."""
    last = one.targets.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1
