"""Lists of members held against what is kept of a group (B-4, C-1).

Asked for when a group is met, once a day, and after nobody has listened for a while. What the
list tells that events did not is stored as records of its own, in the transaction that looked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Batch
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Platform
from weilu.chat.ports.sessions import Person
from weilu.chat.rules.roll import SLACK_MS, Kept, is_doubtful, those_gone, those_there
from weilu.core.access import system
from weilu.core.clock import now_ms
from weilu.groups.models import Connection, Group, Participation
from weilu.members.actions import mark_by_evidence
from weilu.members.models import Identity

# Cursor entries: when a group's list was last asked for, in UTC ms, below 0 when it was not given;
# whether it was so short that a second one has to agree; how many were on one that was too long.
ROLL, DOUBT, MANY = "roll:", "doubt:", "many:"
DAILY_MS = 24 * 3_600_000
# A connection that heard nothing for so long may have missed somebody.
AWAY_MS = 15 * 60_000
DOUBT_MS = 10 * 60_000
# Live messages do not wait for more than this to be stored; larger groups keep to events.
AT_ONCE, MOST = 500, 50_000
_ACCOUNTS = 400


@dataclass(frozen=True, slots=True)
class Roll:
    """The list of a group, complete, as it was at `asked_ms` (UTC)."""

    chat: ChatRef
    people: Sequence[Person]
    asked_ms: int


def listed_at(cursor: Mapping[str, str], key: str) -> int:
    """When the list of a group was last held against what is kept, UTC ms; 0: never."""
    return max(int(cursor.get(ROLL + key, 0)), 0)


def too_many(cursor: Mapping[str, str], key: str) -> int:
    """How many people are on a group's list that was not read for being too long, else 0."""
    return int(cursor.get(MANY + key) or 0)


def missed_before(connection_id: int) -> int:
    """Lists older than this (UTC ms) miss whoever came and went unheard; 0: nobody was away long.

    Asked before a session opens: then it is now, if nothing has been heard for a while.
    """
    heard = Connection.objects.filter(pk=connection_id).values_list("heard_at", flat=True).first()
    moment = now_ms()
    is_away = heard is not None and heard.timestamp() * 1000 < moment - AWAY_MS
    return moment if is_away else 0


def due_rolls(
    connection_id: int, listed: Iterable[ChatRef], moment_ms: int, again_ms: int
) -> list[ChatRef] | None:
    """The groups whose list is to be asked for, among those that are listed or were heard.

    Lists asked for before `again_ms` are asked for anew, however short that is ago. None while
    nobody can tell, because what events told is not counted yet.
    """
    one = Connection.objects.filter(pk=connection_id).first()
    if one is None or _is_behind(one.workspace_id, moment_ms):
        return None
    heard = Group.objects.filter(workspace_id=one.workspace_id, connection=one, ends_at=None)
    known = heard.exclude(external_key="").values_list("external_key", "name", "platform")
    # A group that bears its key for a name has none yet: it waits for the first to tell one.
    chats = {
        key: ChatRef(Platform(where), key, "" if name == key else name)
        for key, name, where in known
    }
    chats |= {chat.key: chat for chat in listed if chat.name or chat.key not in chats}
    before = max(moment_ms - DAILY_MS, again_ms)
    return [
        chat
        for key, chat in sorted(chats.items())
        if (asked := abs(int(one.cursor.get(ROLL + key, 0)))) < before
        or (one.cursor.get(DOUBT + key) and asked < moment_ms - DOUBT_MS)
    ]


def _is_behind(workspace_id: int, moment_ms: int) -> bool:
    """Whether what events told is not counted yet: then nobody knows who is taken to be there."""
    late = datetime.fromtimestamp((moment_ms - SLACK_MS) / 1000, UTC)
    return Batch.objects.filter(workspace_id=workspace_id, staged=False, at__lt=late).exists()


def note_refused(
    connection_id: int, chat: ChatRef, asked_ms: int, arrivals: Arrivals, people: int
) -> None:
    """Ask no more today for a list that is not given, 0 `people`, or is longer than `MOST`."""
    cursor = {ROLL + chat.key: str(-asked_ms)}
    if people > MOST:
        cursor[MANY + chat.key] = str(people)
    arrivals.store([(connection_id, Parcel(cursor=cursor))])


@dataclass
class Calling:
    """A list on its way into the database, in portions that live messages need not wait long for.

    Begun anew after a crash it stores nothing twice: the cursor goes with the last portion.
    """

    connection_id: int
    roll: Roll
    arrivals: Arrivals
    at: int = 0
    # Who is not on the list any more, by what was known before anything of it was stored.
    gone: list[Inbound] | None = None
    cursor: dict[str, str] = field(default_factory=dict)

    def step(self) -> bool:
        """Store the next `AT_ONCE` of those who are there, then of those who left.

        Returns whether there is more.
        """
        with transaction.atomic():
            one = Connection.objects.filter(pk=self.connection_id).first()
            if one is None:
                return False
            group = _group(one, self.roll.chat)
            if self.gone is None:
                self.gone, self.cursor = _gone(one, group, self.roll)
            some = self.roll.people[self.at : self.at + AT_ONCE]
            kept = _kept(group, [person.account for person in some]) if group else {}
            left, room = self.gone, AT_ONCE - len(some)
            self.at, self.gone = self.at + len(some), left[room:]
            is_done = self.at == len(self.roll.people) and not self.gone
            records = those_there(some, kept, self.roll.asked_ms) + left[:room]
            arrived = [Arrival(self.roll.chat, record) for record in records]
            parcel = Parcel(arrivals=arrived, cursor=self.cursor if is_done else {})
            self.arrivals.store([(self.connection_id, parcel)])
        # By itself: what was stored is remembered as stored, and must not be taken back for this.
        _mark_staff(one, some)
        return not is_done


def _group(one: Connection, chat: ChatRef) -> Group | None:
    return Group.objects.filter(
        workspace_id=one.workspace_id, platform=chat.platform.value, external_key=chat.key
    ).first()


def _gone(one: Connection, group: Group | None, roll: Roll) -> tuple[list[Inbound], dict[str, str]]:
    """Who left, and how far the group's list is read."""
    key = roll.chat.key
    cursor = {ROLL + key: str(roll.asked_ms)}
    if too_many(one.cursor, key):
        cursor[MANY + key] = ""
    if group is None:
        return [], cursor
    kept = _kept(group)
    is_first = not listed_at(one.cursor, key)
    gone = those_gone(roll.people, kept, roll.asked_ms, is_first=is_first)
    here = sum(person.is_here for person in kept.values())
    if not is_first and is_doubtful(len(gone), here) and not one.cursor.get(DOUBT + key):
        return [], {**cursor, DOUBT + key: "1"}
    return gone, {**cursor, DOUBT + key: ""} if one.cursor.get(DOUBT + key) else cursor


def _kept(group: Group, accounts: Sequence[str] | None = None) -> dict[str, Kept]:
    """What is kept of people with an account in a group: of all, or of those."""
    rows = Participation.objects.filter(
        group=group, identity__scope=0, identity__platform=group.platform
    ).values_list(
        "identity__account", "identity__name", "first_seen_ms", "joined_ms", "last_joined_ms",
        "last_left_ms", "last_spoke_ms",
    )  # fmt: skip
    if accounts is None:
        return {row[0]: _kept_of(row) for row in rows.iterator()}
    found: dict[str, Kept] = {}
    for at in range(0, len(accounts), _ACCOUNTS):
        some = accounts[at : at + _ACCOUNTS]
        mine = rows.filter(identity__workspace_id=group.workspace_id, identity__account__in=some)
        found |= {row[0]: _kept_of(row) for row in mine}
    return found


def _kept_of(row: tuple[Any, ...]) -> Kept:
    return Kept(*row[1:])


def _mark_staff(one: Connection, people: Sequence[Person]) -> None:
    """Whoever the platform lets lead the group is staff, as is the account Weilu writes with.

    What an operator said of them stays.
    """
    why = {p.account: "own_account" if p.is_self else "platform_admin" for p in people if _leads(p)}
    if not why:
        return
    platform = CONNECTORS.connectors[one.connector].platform.value
    known = Identity.objects.filter(
        workspace_id=one.workspace_id, platform=platform, scope=0, account__in=list(why)
    ).values_list("account", "member_id")
    staff = {member_id: (why[account],) for account, member_id in known}
    mark_by_evidence(system(one.workspace_id), natures={}, staff=staff)


def _leads(one: Person) -> bool:
    return one.is_staff or one.is_self
