"""A workspace's own fields of members, and their values (C-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from weilu.core.access import Actor, Right
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.members import FactsChanged
from weilu.members.actions.tags import NAME_CHARS
from weilu.members.anchors import anchor
from weilu.members.mirror.known import FACTS
from weilu.members.models import Fact, Field
from weilu.members.rules.facts import Value, read_value

MOST_FIELDS = 60
MOST_CHOICES = 50
CHOICE_CHARS = 60


def add_field(actor: Actor, *, name: str, kind: Field.Kind, choices: Sequence[str] = ()) -> Field:
    """Make a field; its kind stays what it is.

    Raises Invalid, Conflict `taken` or `too_many_fields`.
    """
    actor.require(Right.EDIT_MEMBERS)
    cleaned = _name(name)
    listed = _choices(choices) if kind == Field.Kind.CHOICE else []
    with transaction.atomic():
        mine = Field.objects.filter(workspace_id=actor.workspace_id)
        if mine.filter(name=cleaned).exists():
            raise Conflict("taken")
        if mine.count() >= MOST_FIELDS:
            raise Conflict("too_many_fields")
        return Field.objects.create(
            workspace_id=actor.workspace_id, name=cleaned, kind=kind, choices=listed
        )


def change_field(actor: Actor, *, field_id: int, name: str, choices: Sequence[str] = ()) -> None:
    """Give a field another name or other choices; values that are kept stay. As `add_field`."""
    actor.require(Right.EDIT_MEMBERS)
    cleaned = _name(name)
    with transaction.atomic():
        one = _field(actor, field_id)
        mine = Field.objects.filter(workspace_id=actor.workspace_id)
        if mine.filter(name=cleaned).exclude(pk=one.pk).exists():
            raise Conflict("taken")
        listed = _choices(choices) if one.kind == Field.Kind.CHOICE else []
        Field.objects.filter(pk=one.pk).update(name=cleaned, choices=listed)


def remove_field(actor: Actor, *, field_id: int) -> None:
    """Throw a field away, with everything that was kept in it; raises NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        one = _field(actor, field_id)
        Fact.objects.filter(field=one)._raw_delete(using="default")
        note_change(actor.workspace_id, FACTS.name, key=one.pk)
        one.delete()


def set_fact(actor: Actor, *, member_id: int, field_id: int, typed: str) -> bool:
    """Keep what was typed as the member's value of a field; empty: none any more.

    Returns whether anything changed; what it replaces stays as history. Raises Invalid with the
    field's id as field, NotFound. Announces FactsChanged.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        one = _field(actor, field_id)
        identity = anchor(actor.workspace_id, member_id)
        value = _read(one, typed)
        holding = Fact.objects.filter(field=one, identity__member_id=member_id, replaced_at=None)
        held = [Value(f.text, f.number, f.day) for f in holding]
        if held == ([value] if value else []):
            return False
        holding.update(replaced_at=now())
        if value:
            Fact.objects.create(
                workspace_id=actor.workspace_id,
                field=one,
                identity_id=identity,
                text=value.text,
                number=value.number,
                day=value.day,
                by_id=actor.user_id,
                at=now(),
            )
        note_change(actor.workspace_id, FACTS.name, key=one.pk, ids=[identity])
        announce(FactsChanged(actor.workspace_id, member_id, one.pk))
    return True


def set_facts(actor: Actor, *, member_id: int, typed: Mapping[int, str]) -> int:
    """Keep several values of a member by field, all or none; how many changed. As `set_fact`."""
    with transaction.atomic():
        return sum(
            set_fact(actor, member_id=member_id, field_id=field_id, typed=text)
            for field_id, text in typed.items()
        )


def _read(field: Field, typed: str) -> Value | None:
    if not typed.strip():
        return None
    try:
        return read_value(field.kind, typed, field.choices)
    except ValueError as error:
        raise Invalid(str(error), field=str(field.pk)) from error


def _field(actor: Actor, field_id: int) -> Field:
    found = Field.objects.filter(pk=field_id, workspace_id=actor.workspace_id).first()
    if found is None:
        raise NotFound
    return found


def _name(text: str) -> str:
    cleaned = " ".join(text.split())
    if not cleaned:
        raise Invalid("required", field="name")
    if len(cleaned) > NAME_CHARS:
        raise Invalid("too_long", field="name")
    return cleaned


def _choices(choices: Sequence[str]) -> list[str]:
    listed = list(dict.fromkeys(" ".join(one.split()) for one in choices if one.strip()))
    if len(listed) < 2:
        raise Invalid("choices_missing", field="choices")
    if len(listed) > MOST_CHOICES or any(len(one) > CHOICE_CHARS for one in listed):
        raise Invalid("too_long", field="choices")
    return listed
