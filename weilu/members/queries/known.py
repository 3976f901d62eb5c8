"""What staff know of members: tags, facts, notes, consents (C-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.members.models import (
    Colour,
    Consent,
    Customer,
    Deed,
    Erasure,
    Fact,
    Field,
    Note,
    Tag,
    Tagging,
    TagGroup,
)

RECENT = 100


@dataclass(frozen=True, slots=True)
class Worn:
    """A tag as a member has it."""

    tag_id: int
    name: str
    colour: str
    expires_at: datetime | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group of tags (None: those without) and its tags with how many members have each."""

    group: TagGroup | None
    tags: Sequence[tuple[Tag, int]]

    @property
    def colour(self) -> str:
        """The colour of its tags."""
        return self.group.colour if self.group else Colour.GREY.value


def shelves(viewer: Actor) -> list[Shelf]:
    """All tags by group, groups and tags in order of name, those without a group last.

    Groups without tags are among them.
    """
    viewer.require(Right.SEE_MEMBERS)
    counts = dict(
        _standing()
        .filter(workspace_id=viewer.workspace_id)
        .order_by()
        .values_list("tag_id")
        .annotate(Count("identity__member_id", distinct=True))
    )
    tags = list(Tag.objects.filter(workspace_id=viewer.workspace_id).order_by("name"))
    found = [
        Shelf(one, [(tag, counts.get(tag.pk, 0)) for tag in tags if tag.group_id == one.pk])
        for one in tag_groups(viewer)
    ]
    loose = [(tag, counts.get(tag.pk, 0)) for tag in tags if tag.group_id is None]
    return [*found, Shelf(None, loose)] if loose else found


def tags(viewer: Actor) -> list[Tag]:
    """All tags with their groups, in order of group and name; for choosing one."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Tag.objects.filter(workspace_id=viewer.workspace_id).select_related("group")
    return sorted(rows, key=lambda one: (one.group is None, str(one.group or ""), one.name))


def tag(viewer: Actor, tag_id: int) -> Tag:
    """One tag; raises NotFound."""
    viewer.require(Right.SEE_MEMBERS)
    found = Tag.objects.filter(pk=tag_id, workspace_id=viewer.workspace_id).first()
    if found is None:
        raise NotFound
    return found


def tag_groups(viewer: Actor) -> list[TagGroup]:
    """Groups of tags in order of name."""
    viewer.require(Right.SEE_MEMBERS)
    return list(TagGroup.objects.filter(workspace_id=viewer.workspace_id).order_by("name"))


def tag_group(viewer: Actor, group_id: int) -> TagGroup:
    """One group of tags; raises NotFound."""
    viewer.require(Right.SEE_MEMBERS)
    found = TagGroup.objects.filter(pk=group_id, workspace_id=viewer.workspace_id).first()
    if found is None:
        raise NotFound
    return found


def worn_by(member_ids: Iterable[int]) -> dict[int, list[Worn]]:
    """Tags of members, in order of name; at most a page of members at once: one statement."""
    rows = (
        _standing()
        .filter(identity__member_id__in=list(member_ids))
        .order_by("tag__name", "pk")
        .values_list(
            "identity__member_id", "tag_id", "tag__name", "tag__group__colour", "expires_at"
        )
    )
    found: dict[int, dict[int, Worn]] = {}
    for member_id, tag_id, name, colour, expires_at in rows:
        one = Worn(tag_id, name, colour or Colour.GREY.value, expires_at)
        found.setdefault(member_id, {}).setdefault(tag_id, one)
    return {pk: list(worn.values()) for pk, worn in found.items()}


def _standing() -> QuerySet[Tagging]:
    return Tagging.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now()), removed=None)


def deeds(viewer: Actor, *, limit: int = 20) -> list[Deed]:
    """What was done with tags to members lately, newest first; nothing that changed nobody."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Deed.objects.filter(workspace_id=viewer.workspace_id, members__gt=0)
    return list(rows.select_related("tag", "by").order_by("-at", "-pk")[:limit])


def taggings_of(member_id: int) -> list[Tagging]:
    """What a member wears and ever wore: what was not taken off first, newest first."""
    rows = Tagging.objects.filter(identity__member_id=member_id)
    whole = rows.select_related("tag__group", "deed__by", "removed__by")
    return list(whole.order_by(F("removed").desc(nulls_first=True), "-deed__at")[:RECENT])


def worn_of(taggings: Sequence[Tagging]) -> list[Worn]:
    """What `taggings_of` a member come to now: the tags they wear, as `worn_by` tells."""
    moment = now()
    held: dict[int, Worn] = {}
    for one in sorted(taggings, key=lambda one: (one.tag.name, one.pk)):
        if one.removed is None and (one.expires_at is None or one.expires_at > moment):
            colour = one.tag.group.colour if one.tag.group else Colour.GREY.value
            held.setdefault(one.tag_id, Worn(one.tag_id, one.tag.name, colour, one.expires_at))
    return list(held.values())


def fields(viewer: Actor) -> list[Field]:
    """The workspace's own fields, in order of their making."""
    viewer.require(Right.SEE_MEMBERS)
    return list(Field.objects.filter(workspace_id=viewer.workspace_id).order_by("pk"))


def field(viewer: Actor, field_id: int) -> Field:
    """One field; raises NotFound."""
    viewer.require(Right.SEE_MEMBERS)
    found = Field.objects.filter(pk=field_id, workspace_id=viewer.workspace_id).first()
    if found is None:
        raise NotFound
    return found


def facts_of(member_id: int) -> list[Fact]:
    """Values a member has and had, newest first, with their fields and who wrote them."""
    rows = Fact.objects.filter(identity__member_id=member_id)
    return list(rows.select_related("field", "by").order_by("-at", "-pk")[:RECENT])


def notes_of(member_id: int) -> list[Note]:
    """Notes about a member, newest first."""
    rows = Note.objects.filter(identity__member_id=member_id)
    return list(rows.select_related("by").order_by("-at", "-pk")[:RECENT])


def customers_of(member_id: int) -> list[Customer]:
    """By which lists a member is known as a customer, newest first."""
    rows = Customer.objects.filter(identity__member_id=member_id).select_related("by")
    return list(rows.order_by("-at", "-pk")[:100])


def consents_of(member_id: int) -> list[Consent]:
    """What a member agreed to, also what they took back, newest first."""
    rows = Consent.objects.filter(identity__member_id=member_id)
    return list(rows.select_related("by", "withdrawn_by").order_by("-given_on", "-pk")[:RECENT])


def erasures(viewer: Actor) -> list[Erasure]:
    """Who was erased and when, newest first, without naming anybody; for whoever may erase."""
    viewer.require(Right.ERASE)
    rows = Erasure.objects.filter(workspace_id=viewer.workspace_id).select_related("by")
    return list(rows.order_by("-at", "-pk")[:RECENT])


def is_leaving(member_id: int) -> bool:
    """Whether somebody is being erased."""
    return Erasure.objects.filter(member_id=member_id).exists()
