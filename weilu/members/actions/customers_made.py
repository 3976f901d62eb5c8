"""What a list of customers made, kept as ids of rows, and taking that back (A-8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from django.db.models import Max, Model

from weilu.core.access import Actor
from weilu.core.changes import note_change
from weilu.members.mirror.known import CONSENTS, CUSTOMERS, FACTS
from weilu.members.models import Consent, Customer, Fact, Tag, Tagging

_MADE: dict[str, type[Model]] = {"customer": Customer, "consent": Consent, "fact": Fact}
_TAG = "tag"
_AT_ONCE = 500


def newest() -> dict[str, int]:
    """The highest ids of what a list may make, by table."""
    models: dict[str, type[Model]] = {**_MADE, _TAG: Tag}
    tops = {name: one._default_manager.aggregate(top=Max("pk")) for name, one in models.items()}
    return {name: top["top"] or 0 for name, top in tops.items()}


def made_since(
    before: Mapping[str, int], actor: Actor, members: Sequence[int]
) -> dict[str, list[int]]:
    """Ids of rows that the actor made since of members, and of tags, by table.

    Within the transaction that made them; what others make meanwhile is of other hands.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for some in _some(set(members)):
        for name, model in _MADE.items():
            rows = model._default_manager.filter(
                pk__gt=before[name], identity__member_id__in=some, by_id=actor.user_id
            )
            found[name] += rows.values_list("pk", flat=True)
    tags = Tag.objects.filter(pk__gt=before[_TAG], workspace_id=actor.workspace_id)
    found[_TAG] += tags.values_list("pk", flat=True)
    return {name: sorted(ids) for name, ids in found.items() if ids}


def take_rows_back(workspace_id: int, made: Mapping[str, Collection[int]]) -> None:
    """Remove what a part of a list made; values it replaced hold again where nothing did since.

    The caller's transaction; once more changes nothing.
    """
    for some in _some(made.get("fact", ())):
        _take_facts_back(workspace_id, some)
    for some in _some(made.get("consent", ())):
        rows = Consent.objects.filter(pk__in=some)
        whose = list(rows.values_list("purpose", "identity_id"))
        rows.delete()
        for purpose in {one for one, _who in whose}:
            ids = [who for one, who in whose if one == purpose]
            note_change(workspace_id, CONSENTS.name, key=purpose, ids=ids)
    for some in _some(made.get("customer", ())):
        listed = Customer.objects.filter(pk__in=some)
        identities = list(listed.values_list("identity_id", flat=True))
        listed.delete()
        note_change(workspace_id, CUSTOMERS.name, ids=identities)


def _take_facts_back(workspace_id: int, ids: Sequence[int]) -> None:
    # What somebody has replaced since is history by now, and so is what came before it.
    mine = Fact.objects.filter(pk__in=ids, replaced_at=None)
    held = {
        (field, member, at): identity
        for field, member, at, identity in mine.values_list(
            "field_id", "identity__member_id", "at", "identity_id"
        )
    }
    Fact.objects.filter(pk__in=ids).delete()
    # A value is replaced at the moment that its successor bears.
    older = Fact.objects.filter(
        identity__member_id__in={member for _field, member, _at in held},
        replaced_at__in={at for _field, _member, at in held},
    )
    again = [
        pk
        for pk, *key in older.values_list("pk", "field_id", "identity__member_id", "replaced_at")
        if tuple(key) in held
    ]
    Fact.objects.filter(pk__in=again).update(replaced_at=None)
    for field in {one for one, _member, _at in held}:
        whose = [identity for (one, _m, _at), identity in held.items() if one == field]
        back = Fact.objects.filter(pk__in=again, field_id=field)
        whose += back.values_list("identity_id", flat=True)
        note_change(workspace_id, FACTS.name, key=field, ids=whose)


def unused_tags(workspace_id: int, ids: Collection[int]) -> list[int]:
    """Those of the tags that nobody wears or wore."""
    worn = set(Tagging.objects.filter(tag_id__in=ids).values_list("tag_id", flat=True))
    here = Tag.objects.filter(workspace_id=workspace_id, pk__in=ids)
    return sorted(set(here.values_list("pk", flat=True)) - worn)


def _some(ids: Collection[int]) -> Iterator[list[int]]:
    """Ids, ascending, as many at a time as a statement takes."""
    listed = sorted(ids)
    for at in range(0, len(listed), _AT_ONCE):
        yield listed[at : at + _AT_ONCE]
