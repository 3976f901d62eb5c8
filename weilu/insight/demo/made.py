"""What was made for the demo beyond its community, so that it goes when the demo goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet

from weilu.core.access import Actor, system
from weilu.core.changes import EVERYTHING, note_change
from weilu.groups.models import Participation
from weilu.insight.models import DemoDesk
from weilu.members.actions.circles import remove_circle
from weilu.members.actions.facts import remove_field
from weilu.members.actions.segments import remove_segment
from weilu.members.actions.standing import remove_own_stage
from weilu.members.actions.tags import remove_tag, remove_tag_group
from weilu.members.models import (
    Circle,
    CircleMember,
    Company,
    Consent,
    Fact,
    Field,
    Note,
    OwnStage,
    Segment,
    Staying,
    Tag,
    Tagging,
    TagGroup,
)


@dataclass
class Made:
    """Ids of what was made, by the name of its model."""

    ids: dict[str, list[int]] = field(default_factory=dict)

    def note(self, *made: Model) -> None:
        """Remember some more."""
        for one in made:
            self.ids.setdefault(type(one).__name__, []).append(one.pk)


# What others may have come to use, the rows that say who does, and how it is thrown away.
_Rows = Callable[[int], QuerySet[Model]]
_SHARED: tuple[tuple[type[Model], _Rows, Callable[[Actor, int], None]], ...] = (
    (Tag, lambda pk: _all(Tagging).filter(tag=pk, removed=None),
     lambda actor, pk: remove_tag(actor, tag_id=pk)),
    (OwnStage, lambda pk: _all(Staying).filter(stage=pk, ended_at=None),
     lambda actor, pk: remove_own_stage(actor, stage_id=pk)),
    (Field, lambda pk: _all(Fact).filter(field=pk),
     lambda actor, pk: remove_field(actor, field_id=pk)),
    (Circle, lambda pk: _all(CircleMember).filter(circle=pk, left_at=None),
     lambda actor, pk: remove_circle(actor, circle_id=pk)),
)  # fmt: skip


@transaction.atomic
def clear_desk(desk: DemoDesk) -> None:
    """Throw away what was made for a demo that was taken back, but what serves others by now.

    Must run when nobody of the demo is in a group any more.
    """
    actor = system(desk.workspace_id)
    for kind in (Note, Consent, Company):
        _made(desk, kind).delete()
    for segment in _made(desk, Segment):
        remove_segment(actor, segment_id=segment.pk)
    for model, users, remove in _SHARED:
        for one in _made(desk, model):
            rows = users(one.pk)
            known = Participation.objects.filter(identity_id=OuterRef("identity_id"))
            if rows.filter(Exists(known)).exists():
                # Of the demo nobody is to be kept for it.
                rows.exclude(Exists(known)).delete()
            else:
                remove(actor, one.pk)
    for group in _made(desk, TagGroup):
        if not Tag.objects.filter(group=group.pk).exists():
            remove_tag_group(actor, group_id=group.pk)
    # Rows of many kinds went by themselves.
    note_change(desk.workspace_id, EVERYTHING)
    desk.delete()


def _all(model: type[Model]) -> QuerySet[Model]:
    return model._default_manager.all()


def _made(desk: DemoDesk, model: type[Model]) -> QuerySet[Model]:
    """What is left of what was made of a kind, in order."""
    ids = desk.made.get(model.__name__, [])
    return _all(model).filter(pk__in=ids, workspace_id=desk.workspace_id).order_by("pk")
