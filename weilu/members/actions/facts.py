"""A workspace's own fields of members, and their values (C-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from weilu.core.access import Actor, Right
from weilu.core.bulk import add_rows
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.members import FactsChanged, FieldFilled
from weilu.members.actions.tags import NAME_CHARS
from weilu.members.anchors import anchor, anchors
from weilu.members.mirror.known import FACTS
from weilu.members.models import Fact, Field
from weilu.members.rules.facts import Value, read_value

MOST_FIELDS = 60
MOST_CHOICES = 50
CHOICE_CHARS = 60
_AT_ONCE = 500
_FACT = ("workspace_id", "field_id", "identity_id", "text", "number", "day", "by_id", "at")


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
        anchor(actor.workspace_id, member_id)
        if not _keep(actor, one, {member_id: _read(one, typed)}):
            return False
        announce(FactsChanged(actor.workspace_id, member_id, one.pk))
    return True


def fill_field(actor: Actor, *, field_id: int, typed: Mapping[int, str]) -> int:
    """Keep what was typed as values of a field, by member; as `set_fact` does for one.

    What does not fit the field is left out: returns how much that was. Raises NotFound for the
    field. Announces FieldFilled.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        one = _field(actor, field_id)
        values: dict[int, Value | None] = {}
        for member_id, text in typed.items():
            try:
                values[member_id] = _read(one, text)
            except Invalid:
                continue
        if changed := _keep(actor, one, values):
            announce(FieldFilled(actor.workspace_id, one.pk, changed))
    return len(typed) - len(values)


def _keep(actor: Actor, field: Field, values: Mapping[int, Value | None]) -> list[int]:
    """Replace what members have in a field where it differs; who changed, ascending."""
    rows = Fact.objects.filter(field=field, replaced_at=None)
    held: dict[int, list[tuple[int, Value]]] = {}
    listed = sorted(values)
    for at in range(0, len(listed), _AT_ONCE):
        some = rows.filter(identity__member_id__in=listed[at : at + _AT_ONCE])
        for pk, member, text, number, day in some.values_list(
            "pk", "identity__member_id", "text", "number", "day"
        ):
            held.setdefault(member, []).append((pk, Value(text, number, day)))
    anchored = anchors(actor.workspace_id, listed)
    changed = [
        member
        for member in listed
        if member in anchored
        and [old for _pk, old in held.get(member, [])] != [one for one in [values[member]] if one]
    ]
    moment = now()
    over = [pk for member in changed for pk, _old in held.get(member, [])]
    for at in range(0, len(over), _AT_ONCE):
        Fact.objects.filter(pk__in=over[at : at + _AT_ONCE]).update(replaced_at=moment)
    fresh = [
        (actor.workspace_id, field.pk, anchored[member], one.text, one.number, one.day,
         actor.user_id, moment)
        for member in changed
        if (one := values[member]) is not None
    ]  # fmt: skip
    add_rows(Fact, _FACT, fresh)
    note_change(actor.workspace_id, FACTS.name, key=field.pk, ids=[anchored[m] for m in changed])
    return changed


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
