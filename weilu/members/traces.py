"""One person across every table: who they are, and which rows of which package are about them.

Whatever model has a key to an identity or a member, or a number called as in
`_NUMBERS`, is found by itself: a new table need not be told of. What cannot be seen that way
(texts, files, counters) a package registers below.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, QuerySet

from weilu.members.models import Alias, Identity, Member
from weilu.members.rules.blanking import Blanker, blanker

_NUMBERS = {"identity_id": "identity", "member_id": "member", "reporter_id": "member"}
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Everybody a member is: those merged into them, their identities, names and accounts.

    `blanker` takes their names out of what others wrote.
    """

    workspace_id: int
    member_ids: tuple[int, ...]
    identity_ids: tuple[int, ...]
    names: tuple[str, ...]
    accounts: tuple[str, ...]
    blanker: Blanker

    @property
    def words(self) -> tuple[str, ...]:
        """Everything they are called by."""
        return tuple(dict.fromkeys([*self.names, *self.accounts]))


Row = dict[str, object]
# Removes what a package holds of a person in texts and files, and has anew counted what was
# counted from that; runs in one transaction with all others, again when they were seen meanwhile.
# Returns how much went, by a word of its own.
Eraser = Callable[[Person], Mapping[str, int]]
Asks = Callable[[Person], bool]

ERASERS: dict[str, Eraser] = {}
# Makes a row that is kept packed or sealed readable, for the copy its person asks for.
OPENERS: dict[type[Model], Callable[[Row], Row]] = {}
# Rows about a person that point at them by another row, or by an account: for the copy, too.
FURTHER: list[Callable[[Person], QuerySet[Model]]] = []
# Is something going on that an erasure has to wait for, before it begins?
HINDRANCES: list[Asks] = []
# Is what an eraser had counted anew not counted yet?
COUNTING: list[Asks] = []
# Does somebody who listens to live groups remember them? Have they been seen (again)?
LISTENING: list[Asks] = []
SEEN: list[Asks] = []


@dataclass(frozen=True, slots=True)
class Trace:
    """A column that says whom a row is about."""

    model: type[Model]
    column: str
    is_member: bool
    nullable: bool

    def ids(self, person: Person) -> tuple[int, ...]:
        """The ids to look for in the column."""
        return person.member_ids if self.is_member else person.identity_ids


def person_of(workspace_id: int, member_id: int, *, everywhere: bool = True) -> Person:
    """Everything a member is."""
    members, fresh = [member_id], [member_id]
    while fresh:
        rows = Member.objects.filter(merged_into__in=fresh, workspace_id=workspace_id)
        fresh = list(rows.values_list("pk", flat=True))
        members += fresh
    identities = list(Identity.objects.filter(member_id__in=members).order_by("pk"))
    ids = [one.pk for one in identities]
    named = [
        *Member.objects.filter(pk__in=members).values_list("name", flat=True),
        *(one.name for one in identities),
        *Alias.objects.filter(identity_id__in=ids).values_list("name", flat=True),
    ]
    names = tuple(dict.fromkeys(name for name in named if name))
    accounts = tuple(dict.fromkeys(one.account for one in identities if one.account))
    return Person(
        workspace_id,
        tuple(sorted(members)),
        tuple(sorted(ids)),
        names,
        accounts,
        blanker([*names, *accounts], everywhere=everywhere),
    )


def traces() -> Iterator[Trace]:
    """Every column of every installed model that points at an identity or a member."""
    for model in apps.get_models():
        if model in {Identity, Member}:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, Field) and (target := _target(field)):
                yield Trace(model, field.attname, target == "member", bool(field.null))


def _target(field: Field[object, object]) -> str:
    if isinstance(field, ForeignKey):
        related = field.related_model
        return {Identity: "identity", Member: "member"}.get(related, "")
    return _NUMBERS.get(field.attname, "")


def rows_of(person: Person, but: Collection[type[Model]] = ()) -> dict[str, list[Row]]:
    """Every row about a person, by table: for a copy of all that is known of them.

    What is kept packed or sealed is opened; bytes nobody can open are left out.
    """
    members = Member.objects.filter(pk__in=person.member_ids)
    identities = Identity.objects.filter(pk__in=person.identity_ids)
    found: dict[str, list[Row]] = {
        "members_member": [{**row} for row in members.values()],
        "members_identity": [{**row} for row in identities.values()],
    }
    # A row may be about them by more than one column.
    seen: set[str] = set()
    for trace in traces():
        if trace.model in but:
            continue
        table = trace.model._meta.db_table
        wanted = {f"{trace.column}__in": trace.ids(person)}
        for row in trace.model._default_manager.filter(**wanted).values():
            if f"{table} {row}" not in seen:
                seen.add(f"{table} {row}")
                found.setdefault(table, []).append(_opened(trace.model, row))
    for ask in FURTHER:
        further = ask(person)
        found[further.model._meta.db_table] = [
            _opened(further.model, row) for row in further.values()
        ]
    return {table: rows for table, rows in found.items() if rows}


def _opened(model: type[Model], row: Row) -> Row:
    opener = OPENERS.get(model)
    plain = opener(row) if opener else row
    return {name: one for name, one in plain.items() if not isinstance(one, bytes | memoryview)}
