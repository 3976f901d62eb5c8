"""Bringing in a shop's customers: kept sealed, matched to members, tagged, consent noted (A-8).

Whoever matches nobody becomes a member of their own, so that everything works for them; a merge
joins them later. The same list once more changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from weilu.core.access import Actor, Right
from weilu.core.changes import note_change
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.core.vault import keyed_marks, seal, seal_all, unseal
from weilu.events.members import PhonesShown
from weilu.members.actions.customers_made import made_since, newest
from weilu.members.actions.facts import fill_field
from weilu.members.actions.notes import Agreed, give_consents
from weilu.members.actions.tags import named_tag, put_on
from weilu.members.mirror.known import CUSTOMERS
from weilu.members.models import Consent, Customer, CustomerList, Identity, Member
from weilu.members.resolve import Resolver, Sighting
from weilu.members.rules.customers import Row
from weilu.members.rules.names import fold_name
from weilu.members.traces import ERASERS, HINDRANCES, Person

PLATFORM = "customer"
S = CustomerList.State
BUSY = (S.RUNNING, S.UNDOING)
KEPT = timedelta(hours=12)
# So long an import can be taken back.
KEPT_DONE = timedelta(days=30)
MOST_BYTES = 40_000_000
AT_ONCE = 500


def keep_list(actor: Actor, *, file_name: str, data: bytes) -> CustomerList:
    """Keep an uploaded list sealed until it is imported; old ones and those nobody came back to go.

    Raises Invalid `too_large`.
    """
    actor.require(Right.IMPORT)
    if len(data) > MOST_BYTES:
        raise Invalid("too_large", field="file")
    mine = CustomerList.objects.filter(workspace_id=actor.workspace_id)
    mine.filter(at__lt=now() - KEPT, state=S.LOOKED_AT).delete()
    mine.filter(at__lt=now() - KEPT_DONE).exclude(state__in=BUSY).delete()
    return CustomerList.objects.create(
        workspace_id=actor.workspace_id,
        file_name=file_name[:120],
        sealed=seal({"data": base64.b64encode(data).decode("ascii")}),
        by_id=actor.user_id,
        at=now(),
    )


def kept_list(actor: Actor, list_id: int) -> tuple[CustomerList, bytes]:
    """A kept list that is looked at, and what is in it; raises NotFound."""
    actor.require(Right.IMPORT)
    found = CustomerList.objects.filter(
        pk=list_id, workspace_id=actor.workspace_id, state=CustomerList.State.LOOKED_AT
    ).first()
    if found is None:
        raise NotFound
    return found, base64.b64decode(unseal(found.sealed)["data"])


def forget_list(actor: Actor, list_id: int) -> None:
    """Throw a kept list away."""
    actor.require(Right.IMPORT)
    CustomerList.objects.filter(pk=list_id, workspace_id=actor.workspace_id).delete()


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows with the identity each belongs to; those of nobody have none. By phone, by name."""

    rows: tuple[tuple[Row, int | None], ...]
    by_phone: int
    by_name: int


def match(actor: Actor, rows: Sequence[Row]) -> Matched:
    """Whom rows belong to: who had the phone before, else the only member of that very name.

    A name tells nobody that two of the list have, nor, where the row has a phone, somebody who is
    known by another one.
    """
    actor.require(Right.IMPORT)
    known = Customer.objects.filter(workspace_id=actor.workspace_id)
    marks = keyed_marks(row.phone for row in rows if row.phone)
    by_phone: dict[str, int] = {}
    listed = sorted(marks.values())
    for at in range(0, len(listed), 500):
        some = known.filter(phone_mark__in=listed[at : at + 500])
        by_phone |= dict(some.values_list("phone_mark", "identity_id"))
    held = [by_phone.get(marks.get(row.phone, "")) for row in rows]
    unknown = [row for row, pk in zip(rows, held, strict=True) if pk is None]
    alike = _by_name(actor.workspace_id, [row for row in unknown if not row.is_namesake])
    found = tuple(
        (row, pk if pk is not None else alike.get(row.line))
        for row, pk in zip(rows, held, strict=True)
    )
    return Matched(found, len(rows) - len(unknown), len(alike))


def _by_name(workspace_id: int, rows: Sequence[Row]) -> dict[int, int]:
    """The identity of the only member who is called like a row, by the row's line."""
    folded = {row.line: fold_name(row.name) for row in rows}
    names = _only_ones(workspace_id, set(folded.values()))
    ids = sorted(names.values())
    phoned: set[int] = set()
    for at in range(0, len(ids), 500):
        some = Customer.objects.filter(
            workspace_id=workspace_id, identity__member_id__in=ids[at : at + 500]
        ).exclude(phone_mark="")
        phoned.update(some.values_list("identity__member_id", flat=True))
    called = [(row, names.get(folded[row.line])) for row in rows]
    return {
        row.line: pk for row, pk in called if pk is not None and not (row.phone and pk in phoned)
    }


def _only_ones(workspace_id: int, folded: set[str]) -> dict[str, int]:
    """The member of each name that exactly one member has."""
    listed = sorted(one for one in folded if one)
    found: dict[str, int] = {}
    for at in range(0, len(listed), 500):
        rows = Member.objects.filter(
            workspace_id=workspace_id, merged_into=None, name_folded__in=listed[at : at + 500]
        )
        once = rows.order_by().values_list("name_folded").annotate(n=Count("pk"), first=Min("pk"))
        found.update({name: pk for name, n, pk in once if n == 1})
    return found


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import came to; `refused` are values a field does not accept.

    `made` are the ids of new rows, by table.
    """

    customers: int
    matched: int
    fresh: int
    refused: int
    made: Mapping[str, list[int]]


def bring_in(
    actor: Actor, rows: Sequence[Row], *, wording: str, today: date, list_id: int | None = None
) -> Brought:
    """Import people: customers, tags, facts, and the consent to be contacted where `wording` is.

    A tag that the parts of one list (`list_id`) bring can be taken off again as a whole. In one
    transaction, so some at a time (`AT_ONCE`); once more changes nothing. Raises NotAllowed.
    """
    actor.require(Right.IMPORT)
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        before = newest()
        placed, fresh = _placed(actor, match(actor, rows))
        _keep_customers(actor, placed)
        if wording:
            _note_consents(actor, placed, wording, today)
        refused = _write(actor, placed, list_id)
        made = made_since(before, actor, [one.member_id for _row, one in placed])
        return Brought(len(rows), len(rows) - fresh, fresh, refused, made)


def _placed(actor: Actor, found: Matched) -> tuple[list[tuple[Row, Identity]], int]:
    """Rows with identities; who is new gets one of their own: and how many those are."""
    resolver = Resolver(actor.workspace_id, PLATFORM)
    marks = keyed_marks(row.phone for row, pk in found.rows if pk is None and row.phone)
    new = {_account(row, marks): row for row, pk in found.rows if pk is None}
    made = resolver.learn(
        [Sighting(account, 0, row.name, now_ms(), is_bot=False) for account, row in new.items()]
    )
    ids = [
        pk if pk is not None else resolver.known[_account(row, marks), 0] for row, pk in found.rows
    ]
    held = Identity.objects.in_bulk(sorted(set(ids)))
    placed = [(row, held[pk]) for (row, _pk), pk in zip(found.rows, ids, strict=True)]
    return placed, len(made)


def _account(row: Row, marks: Mapping[str, str]) -> str:
    """Under which somebody is known as a customer; never the number itself."""
    if row.phone:
        return marks[row.phone]
    return hashlib.sha256(fold_name(row.name).encode()).hexdigest()


def _keep_customers(actor: Actor, placed: Sequence[tuple[Row, Identity]]) -> None:
    there = set(
        Customer.objects.filter(
            workspace_id=actor.workspace_id, identity__in=[one for _row, one in placed]
        ).values_list("identity_id", "phone_mark")
    )
    marks = {"": "", **keyed_marks(row.phone for row, _one in placed if row.phone)}
    fresh: dict[tuple[int, str], tuple[Row, Identity]] = {}
    for row, identity in placed:
        if (identity.pk, marks[row.phone]) not in there:
            fresh.setdefault((identity.pk, marks[row.phone]), (row, identity))
    sealed = seal_all([{"phone": row.phone} if row.phone else {} for row, _one in fresh.values()])
    made = [
        Customer(
            workspace_id=actor.workspace_id, identity=identity, name=row.name,
            phone_mark=marks[row.phone], phone_sealed=phone, phone_tail=row.phone[-4:],
            by_id=actor.user_id, at=now(),
        )
        for (row, identity), phone in zip(fresh.values(), sealed, strict=True)
    ]  # fmt: skip
    Customer.objects.bulk_create(made, batch_size=AT_ONCE, ignore_conflicts=True)
    note_change(actor.workspace_id, CUSTOMERS.name, ids=[one.identity_id for one in made])


def _note_consents(
    actor: Actor, placed: Sequence[tuple[Row, Identity]], wording: str, today: date
) -> None:
    agreed = Agreed(Consent.Purpose.CONTACT, Consent.Way.FORM, wording, today)
    ids = [one.member_id for _row, one in placed]
    give_consents(actor, agreed, member_ids=ids, today=today)


def _write(actor: Actor, placed: Sequence[tuple[Row, Identity]], list_id: int | None) -> int:
    """Tags and facts; how many tags and values were refused."""
    tagged: dict[str, list[int]] = defaultdict(list)
    typed: dict[int, dict[int, str]] = defaultdict(dict)
    for row, identity in placed:
        for tag in row.tags:
            tagged[tag].append(identity.member_id)
        for field_id, text in row.facts:
            typed[field_id][identity.member_id] = text
    filled = sum(_fill(actor, field_id, said) for field_id, said in sorted(typed.items()))
    return filled + sum(_tag(actor, name, ids, list_id) for name, ids in sorted(tagged.items()))


def _fill(actor: Actor, field_id: int, said: Mapping[int, str]) -> int:
    """Keep values of a field; how many were refused: all, when it was thrown away meanwhile."""
    try:
        return fill_field(actor, field_id=field_id, typed=said)
    except NotFound:
        return len(said)


def _tag(actor: Actor, name: str, member_ids: Sequence[int], list_id: int | None) -> int:
    """Put a tag on members; how many go without, for there are as many tags as there may be."""
    try:
        put_on(actor, tag_id=named_tag(actor, name).pk, member_ids=member_ids, list_id=list_id)
    except Conflict:
        # A column of addresses taken for tags, say.
        return len(member_ids)
    return 0


def show_phones(actor: Actor, *, member_id: int) -> list[str]:
    """The numbers of a member in clear; who looked is on record. Announces PhonesShown.

    Raises NotAllowed, NotFound when there is none.
    """
    actor.require(Right.EDIT_MEMBERS)
    rows = list(_with_phone(actor, member_id))
    if not rows:
        raise NotFound
    with transaction.atomic():
        announce(PhonesShown(actor.workspace_id, member_id, actor.user_id or 0))
    return [unseal(one.phone_sealed).get("phone", "") for one in rows]


def masked_phones(viewer: Actor, member_id: int) -> list[str]:
    """The numbers of a member as everybody may see them: their last four digits."""
    viewer.require(Right.SEE_MEMBERS)
    return [f"****{one.phone_tail}" for one in _with_phone(viewer, member_id)]


def _with_phone(viewer: Actor, member_id: int) -> QuerySet[Customer]:
    rows = Customer.objects.filter(
        workspace_id=viewer.workspace_id, identity__member_id=member_id
    ).exclude(phone_sealed="")
    return rows.order_by("pk")[:20]


def _forget(person: Person) -> dict[str, int]:
    """Lists that wait to be read may hold somebody who is erased: they go, whole."""
    mine = CustomerList.objects.filter(workspace_id=person.workspace_id)
    mine.filter(state=S.LOOKED_AT).delete()
    for one in mine.defer("sealed"):
        if any(word in one.file_name for word in person.words):
            mine.filter(pk=one.pk).update(file_name="")
    return {}


def _is_read_in(person: Person) -> bool:
    """Whether rows of a list wait that may be about them."""
    return CustomerList.objects.filter(workspace_id=person.workspace_id, state__in=BUSY).exists()


ERASERS["customers"] = _forget
HINDRANCES.append(_is_read_in)
