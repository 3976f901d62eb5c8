"""Pictures that wait to be looked at, and what their codes said."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from weilu.chat.models import Message, Picture
from weilu.chat.named import named
from weilu.chat.ports import Inbound, Kind
from weilu.chat.ports.records import INLINE
from weilu.core.clock import now
from weilu.core.jobs import schedule
from weilu.core.log import announce
from weilu.events.chat import PictureRead

MEDIA_CHARS = 2_000
INLINE_CHARS = 1_400_000
TRIES = 3
# What nobody could fetch in this time is looked at no more; what was read is known for a month.
STALE = timedelta(hours=12)
KEPT = timedelta(days=30)
# So many may wait for a connection: a flood of pictures must not push out what comes after it.
MOST_WAITING = 500
# Of those that came with their messages so many are kept until they are read.
MOST_INLINE = 100
LEASE = timedelta(minutes=2)


def note_pictures(
    workspace_id: int, connection_id: int, found: Sequence[tuple[int, Inbound]]
) -> int:
    """Have the pictures of messages (group, message) looked at; returns how many wait now.

    Must run in the transaction that stores the messages; a second time changes nothing.
    """
    waiting = Picture.objects.filter(connection_id=connection_id, state=Picture.State.WAITING)
    room = MOST_WAITING - waiting.count()
    if any(item.media.startswith(INLINE) for _group, item in found):
        room = min(room, MOST_INLINE - waiting.exclude(data=None).count())
    moment = now()
    rows = [
        Picture(
            workspace_id=workspace_id,
            connection_id=connection_id,
            group_id=group_id,
            external_id=item.external_id,
            sent_ms=item.sent_ms,
            media="" if item.media.startswith(INLINE) else item.media,
            data=_inline(item.media),
            due_at=moment,
            at=moment,
        )
        for group_id, item in found[: max(room, 0)]
    ]
    Picture.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    schedule("clear_pictures", workspace_id=workspace_id, due_at=moment + timedelta(days=1))
    return len(rows)


def is_looked_at(item: Inbound) -> bool:
    """Whether a record brings a picture that can be fetched."""
    return bool(
        item.media
        and item.kind == Kind.MESSAGE
        and item.external_id
        and len(item.media) <= (INLINE_CHARS if item.media.startswith(INLINE) else MEDIA_CHARS)
    )


def _inline(media: str) -> bytes | None:
    """The file that came with a message, None where it is to be fetched."""
    if not media.startswith(INLINE):
        return None
    try:
        return base64.b64decode(media.removeprefix(INLINE), validate=True)
    except ValueError:
        return b""


def claim(connection_ids: Collection[int], room: int) -> list[Picture]:
    """Take pictures that are due, oldest first; each is given to one asker for two minutes."""
    moment = now()
    rows = Picture.objects.filter(
        connection_id__in=list(connection_ids), state=Picture.State.WAITING, due_at__lte=moment
    )
    found = []
    for one in rows.order_by("due_at", "pk")[:room]:
        if one.tries >= TRIES or one.at < moment - STALE:
            _end(one.pk, Picture.State.FAILED)
            continue
        mine = Picture.objects.filter(pk=one.pk, state=Picture.State.WAITING, tries=one.tries)
        if mine.update(tries=F("tries") + 1, due_at=moment + LEASE):
            found.append(one)
    return found


def known_codes(digest: str) -> list[str] | None:
    """What the codes of the same file said before, None when nobody has read it."""
    same = Picture.objects.filter(digest=digest, state=Picture.State.READ)
    return same.values_list("codes", flat=True).first()


def note_read(pk: int, digest: str, codes: Sequence[str]) -> None:
    """Keep what a picture's codes say, once; announces PictureRead when there are any."""
    with transaction.atomic():
        mine = Picture.objects.filter(pk=pk, state=Picture.State.WAITING)
        read = {"state": Picture.State.READ, "digest": digest, "codes": list(codes), "data": None}
        if not mine.update(**read, at=now()):
            return
        if codes:
            one = Picture.objects.get(pk=pk)
            announce(PictureRead(workspace_id=one.workspace_id, picture_id=pk))


def note_failed(pk: int) -> None:
    """A picture cannot be had."""
    _end(pk, Picture.State.FAILED)


def _end(pk: int, state: Picture.State) -> None:
    Picture.objects.filter(pk=pk, state=Picture.State.WAITING).update(
        state=state, data=None, at=now()
    )


def message_of(one: Picture) -> Message | None:
    """The message a picture came with, None when it is gone."""
    return named(one.group_id, one.external_id, one.sent_ms, hours_back=0).first()


def clear(workspace_id: int) -> int:
    """Forget pictures that were read or given up a month ago; returns how many are left."""
    rows = Picture.objects.filter(workspace_id=workspace_id)
    rows.exclude(state=Picture.State.WAITING).filter(at__lt=now() - KEPT).delete()
    rows.filter(state=Picture.State.WAITING, at__lt=now() - KEPT).delete()
    return rows.count()
