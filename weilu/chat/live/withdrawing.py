"""Taking back what a person was asked to confirm in the platform's app, before they have (D-7).

The row is marked at once; a worker asks the platform in a session beside the gateway's. Until the
platform has said so, what it tells of the task still counts: it may have been confirmed meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from weilu.chat.live.errands import in_session
from weilu.chat.live.outcome import tell_ended
from weilu.chat.models import Outgoing
from weilu.chat.ports.connectors import CONNECTORS, TakesBack
from weilu.chat.ports.sessions import WITHDRAWN, Session, Withdraws
from weilu.core.clock import now
from weilu.core.errors import GivenUp, TryLater
from weilu.core.jobs import job, schedule_all
from weilu.core.models import Job
from weilu.groups.models import Connection

# Of how many tasks a connection remembers that they were taken back.
REMEMBERED = 100
_A_WHILE = timedelta(seconds=30)


def able() -> list[str]:
    """The connectors whose platform takes back what waits to be confirmed."""
    kinds = CONNECTORS.connectors.items()
    return [name for name, one in kinds if isinstance(one, TakesBack) and one.takes_back]


def may_stop(one: Outgoing) -> bool:
    """Whether a row (with its group's connection at hand) can still be stopped."""
    if one.state in {Outgoing.State.WAITING, Outgoing.State.HELD, Outgoing.State.UNSURE}:
        return True
    connection = one.group.connection
    return (
        one.state == Outgoing.State.ASKED
        and connection is not None
        and (connection.connector in able())
    )


def ask_back(rows: QuerySet[Outgoing], user_id: int | None) -> int:
    """Have the platform take back those of the rows that wait to be confirmed; returns how many.

    Must run in a transaction; a second time changes nothing.
    """
    mine = rows.filter(state=Outgoing.State.ASKED, group__connection__connector__in=able()).exclude(
        external_id=""
    )
    places = dict(mine.values_list("pk", "workspace_id"))
    asked = Outgoing.objects.filter(pk__in=places, state=Outgoing.State.ASKED).update(
        state=Outgoing.State.STOPPING, ended_by_id=user_id, fault="", version=F("version") + 1
    )
    for workspace_id in set(places.values()):
        here = [str(pk) for pk, owner in places.items() if owner == workspace_id]
        schedule_all("take_back", here, workspace_id=workspace_id)
    return asked


@job("take_back")
def take_back(one: Job) -> datetime | None:
    """Have the platform take back one task; what cannot be taken back waits on."""
    row = (
        Outgoing.objects.filter(
            pk=int(one.key), workspace_id=one.workspace_id, state=Outgoing.State.STOPPING
        )
        .select_related("group__connection")
        .first()
    )
    if row is None:
        return None
    connection = row.group.connection
    if connection is None:
        _settle(row.pk, Outgoing.State.ASKED, "gone")
        return None
    try:
        _withdraw(connection, row.external_id)
    except GivenUp as error:
        _settle(row.pk, Outgoing.State.ASKED, str(error))
        return None
    with transaction.atomic():
        if _settle(row.pk, Outgoing.State.CANCELLED, ""):
            tell_ended([row.pk])
        _remember(connection.pk, row.external_id)
    return None


def _withdraw(connection: Connection, task: str) -> None:
    async def ask(session: Session) -> None:
        if not isinstance(session, Withdraws):
            raise GivenUp("not_possible")
        await session.withdraw(task)

    try:
        in_session(connection, ask)
    except TimeoutError:
        raise TryLater("timeout", after=_A_WHILE) from None


def _settle(pk: int, state: Outgoing.State, fault: str) -> int:
    stopping = Outgoing.objects.filter(pk=pk, state=Outgoing.State.STOPPING)
    if state == Outgoing.State.CANCELLED:
        return stopping.update(state=state, ended_at=now(), version=F("version") + 1)
    return stopping.update(state=state, fault=fault[:40], ended_by=None, version=F("version") + 1)


def _remember(connection_id: int, task: str) -> None:
    """Tell the gateway's session, which follows its tasks, that it need not follow this one."""
    mine = Connection.objects.filter(pk=connection_id)
    kept = dict(mine.select_for_update().values_list("cursor", flat=True).first() or {})
    known = [one for one in kept.get(WITHDRAWN, "").split() if one != task]
    kept[WITHDRAWN] = " ".join([*known, task][-REMEMBERED:])
    mine.update(cursor=kept)
