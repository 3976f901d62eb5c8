"""Tags: the words themselves, putting them on and off members, undoing that (C-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, QuerySet
from pyroaring import BitMap

from weilu.core.access import Actor, Right, system
from weilu.core.bulk import upsert
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.core.worker import chore
from weilu.events.members import TagsChanged
from weilu.members.anchors import anchors
from weilu.members.mirror.known import TAGS
from weilu.members.models import Colour, Deed, Tag, Tagging, TagGroup

NAME_CHARS = 60
MOST_DAYS = 3650
MOST_TAGS = 500
_AT_ONCE = 5000
K = Deed.Kind


@dataclass(frozen=True, slots=True)
class TagWords:
    """What is said of a tag: its name, group and after how many days it falls off (None: never)."""

    name: str
    group_id: int | None = None
    days: int | None = None


def save_tag_group(
    actor: Actor, *, name: str, colour: Colour = Colour.GREY, group_id: int | None = None
) -> TagGroup:
    """Make a group of tags, or change one; raises Invalid, Conflict `taken` or NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    cleaned = _name(name)
    with transaction.atomic():
        same = TagGroup.objects.filter(workspace_id=actor.workspace_id, name=cleaned)
        if same.exclude(pk=group_id or 0).exists():
            raise Conflict("taken")
        if group_id is None:
            return TagGroup.objects.create(
                workspace_id=actor.workspace_id, name=cleaned, colour=colour
            )
        here = TagGroup.objects.filter(pk=group_id, workspace_id=actor.workspace_id)
        if not here.update(name=cleaned, colour=colour):
            raise NotFound
        return here.get()


def remove_tag_group(actor: Actor, *, group_id: int) -> None:
    """Take a group away; its tags stay, without a group."""
    actor.require(Right.EDIT_MEMBERS)
    here = TagGroup.objects.filter(pk=group_id, workspace_id=actor.workspace_id)
    with transaction.atomic():
        if not here.delete()[0]:
            raise NotFound


def save_tag(actor: Actor, words: TagWords, *, tag_id: int | None = None) -> Tag:
    """Make a tag, or change one; what members have already keeps its expiry.

    Raises Invalid, Conflict `taken` or `too_many_tags`, NotFound.
    """
    actor.require(Right.EDIT_MEMBERS)
    name = _name(words.name)
    if words.days is not None and not 1 <= words.days <= MOST_DAYS:
        raise Invalid("tag_days", field="days")
    mine = Tag.objects.filter(workspace_id=actor.workspace_id)
    with transaction.atomic():
        _check_group(actor, words.group_id)
        if mine.filter(name=name).exclude(pk=tag_id or 0).exists():
            raise Conflict("taken")
        if tag_id is None:
            if mine.count() >= MOST_TAGS:
                raise Conflict("too_many_tags")
            return Tag.objects.create(
                workspace_id=actor.workspace_id,
                name=name,
                group_id=words.group_id,
                days=words.days,
            )
        if not mine.filter(pk=tag_id).update(name=name, group_id=words.group_id, days=words.days):
            raise NotFound
        return mine.get(pk=tag_id)


def _check_group(actor: Actor, group_id: int | None) -> None:
    mine = TagGroup.objects.filter(workspace_id=actor.workspace_id)
    if group_id is not None and not mine.filter(pk=group_id).exists():
        raise NotFound


def _name(text: str) -> str:
    cleaned = " ".join(text.split())
    if not cleaned:
        raise Invalid("required", field="name")
    if len(cleaned) > NAME_CHARS:
        raise Invalid("too_long", field="name")
    return cleaned


def remove_tag(actor: Actor, *, tag_id: int) -> None:
    """Throw a tag away, with its history; cannot be undone. Raises NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        one = _tag(actor, tag_id)
        # In the order the rows point at each other, each in one statement however many.
        Tagging.objects.filter(tag=one)._raw_delete(using="default")
        note_change(actor.workspace_id, TAGS.name, key=one.pk)
        one.delete()


def put_on(
    actor: Actor,
    *,
    tag_id: int,
    member_ids: Iterable[int],
    expires_at: datetime | None = None,
    list_id: int | None = None,
) -> Deed:
    """Put a tag on members who do not have it; the deed says on how many it was put.

    Without `expires_at` it falls off after the tag's own days, if it has any. Whatever one list of
    customers (`list_id`) brings is one deed until that is undone. Raises NotFound, Invalid when it
    would fall off at once. Announces TagsChanged when anybody got it.
    """
    actor.require(Right.EDIT_MEMBERS)
    moment = now()
    if expires_at is not None and expires_at <= moment:
        raise Invalid("expires_too_soon", field="expires")
    with transaction.atomic():
        one = _tag(actor, tag_id)
        if expires_at is None and one.days:
            expires_at = moment + timedelta(days=one.days)
        _take_off_expired(Tagging.objects.filter(tag=one), moment)
        held = anchors(actor.workspace_id, member_ids)
        for member in _having(one, held):
            held.pop(member, None)
        deed = _deed_of_list(one, list_id, len(held)) or _deed(
            actor, one, K.TAG, len(held), list_id
        )
        until = connection.ops.adapt_datetimefield_value(expires_at)
        rows = [
            (actor.workspace_id, one.pk, identity, deed.pk, None, until)
            for identity in sorted(held.values())
        ]
        for at in range(0, len(rows), _AT_ONCE):
            upsert(
                connection,
                "members_tagging",
                ("workspace_id", "tag_id", "identity_id", "deed_id", "removed_id", "expires_at"),
                rows[at : at + _AT_ONCE],
                conflict="DO NOTHING",
            )
        if held:
            _announce(deed, held.values())
    return deed


def take_off(actor: Actor, *, tag_id: int, member_ids: Iterable[int]) -> Deed:
    """Take a tag off members who have it; the deed says off how many. Raises NotFound.

    Announces TagsChanged when anybody lost it.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        one = _tag(actor, tag_id)
        _take_off_expired(Tagging.objects.filter(tag=one), now())
        held = anchors(actor.workspace_id, member_ids)
        having = sorted(_having(one, held))
        deed = _deed(actor, one, K.UNTAG, len(having))
        for at in range(0, len(having), _AT_ONCE // 10):
            some = having[at : at + _AT_ONCE // 10]
            Tagging.objects.filter(tag=one, removed=None, identity__member_id__in=some).update(
                removed=deed
            )
        _announce(deed, [held[member] for member in having])
    return deed


def undo(actor: Actor, *, deed_id: int) -> Deed:
    """Take back what a deed did, as far as nobody has changed it since.

    Raises NotFound, Conflict `already_undone`. Announces TagsChanged.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        here = Deed.objects.filter(pk=deed_id, workspace_id=actor.workspace_id)
        deed = here.exclude(kind=K.EXPIRE).select_related("tag").first()
        if deed is None:
            raise NotFound
        if not here.filter(undone_at=None).update(undone_at=now()):
            raise Conflict("already_undone")
        mine = Tagging.objects.filter(deed=deed) | Tagging.objects.filter(removed=deed)
        whose = BitMap(mine.values_list("identity_id", flat=True))
        if deed.kind == K.TAG:
            Tagging.objects.filter(deed=deed, removed=None)._raw_delete(using="default")
        else:
            again = Tagging.objects.filter(tag=deed.tag, removed=None).values("identity_id")
            Tagging.objects.filter(removed=deed).exclude(identity_id__in=again).update(removed=None)
        _announce(deed, whose)
    return deed


@chore
def expire_tags() -> int:
    """Take off the tags whose time is over; the worker calls this between rounds."""
    with transaction.atomic():
        return _take_off_expired(Tagging.objects.all(), now())


def _take_off_expired(rows: QuerySet[Tagging], moment: datetime) -> int:
    over = rows.filter(removed=None, expires_at__lte=moment)
    many = 0
    for tag in Tag.objects.filter(pk__in=over.values("tag_id")).order_by("pk"):
        mine = over.filter(tag=tag)
        whose = BitMap(mine.values_list("identity_id", flat=True))
        deed = _deed(system(tag.workspace_id), tag, K.EXPIRE, len(whose))
        many += mine.update(removed=deed)
        _announce(deed, whose)
    return many


def _tag(actor: Actor, tag_id: int) -> Tag:
    found = Tag.objects.filter(pk=tag_id, workspace_id=actor.workspace_id).first()
    if found is None:
        raise NotFound
    return found


def _having(tag: Tag, members: Iterable[int]) -> set[int]:
    """Those of the members who have the tag under any of their identities."""
    ids = sorted(members)
    found: set[int] = set()
    for at in range(0, len(ids), _AT_ONCE // 10):
        rows = Tagging.objects.filter(
            removed=None, tag=tag, identity__member_id__in=ids[at : at + _AT_ONCE // 10]
        )
        found.update(rows.values_list("identity__member_id", flat=True))
    return found


def _deed_of_list(tag: Tag, list_id: int | None, more: int) -> Deed | None:
    """The deed that earlier parts of a list began, with so many more members; None without."""
    if list_id is None:
        return None
    begun = Deed.objects.filter(of_list_id=list_id, tag=tag, kind=K.TAG, undone_at=None)
    begun.update(members=F("members") + more)
    return begun.order_by("-pk").first()


def _deed(
    actor: Actor, tag: Tag, kind: Deed.Kind, members: int, list_id: int | None = None
) -> Deed:
    return Deed.objects.create(
        workspace_id=actor.workspace_id,
        kind=kind,
        tag=tag,
        members=members,
        by_id=actor.user_id,
        at=now(),
        of_list_id=list_id,
    )


def _announce(deed: Deed, identities: Iterable[int]) -> None:
    """Tell of a deed, with the identities on which a tag may be or not be since."""
    if deed.members:
        note_change(deed.workspace_id, TAGS.name, key=deed.tag_id, ids=identities)
        announce(TagsChanged(workspace_id=deed.workspace_id, tag_id=deed.tag_id, deed_id=deed.pk))


def named_tag(actor: Actor, name: str) -> Tag:
    """The tag of that name, made when there is none; as `save_tag` raises."""
    found = Tag.objects.filter(workspace_id=actor.workspace_id, name=" ".join(name.split())).first()
    return found or save_tag(actor, TagWords(name))
