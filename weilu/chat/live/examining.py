"""The doctor: a worker opens a short session and tries every step (K-4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from weilu.chat.live.connections import kind_of, note_examination
from weilu.chat.live.gateway import config_of
from weilu.chat.ports.connectors import Config, Connector
from weilu.chat.ports.sessions import Step, StepState
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import WeiluError
from weilu.core.jobs import job, schedule
from weilu.core.models import Job
from weilu.groups.models import Connection

log = logging.getLogger(__name__)

WITHIN_S = 60.0
MOST_STEPS = 200
OPEN = "open"  # the step that stands for opening a session


def ask_doctor(actor: Actor, *, connection: Connection) -> None:
    """Have a connection examined; the page asks until the result is there."""
    actor.require(Right.CONNECT)
    with transaction.atomic():
        Connection.objects.filter(pk=connection.pk, workspace_id=actor.workspace_id).update(
            examined_at=None, examination=[]
        )
        schedule("examine_connection", workspace_id=actor.workspace_id, key=str(connection.pk))


@job("examine_connection")
def examine_connection(one: Job) -> datetime | None:
    """Examine a connection and keep what was found."""
    found = Connection.objects.filter(pk=int(one.key), workspace_id=one.workspace_id).first()
    if found is None:
        return None
    steps = asyncio.run(_examined(kind_of(found.connector), config_of(found.pk, lambda hook: hook)))
    Connection.objects.filter(pk=found.pk).update(
        examination=[_plain(step) for step in steps[:MOST_STEPS]], examined_at=now()
    )
    note_examination(found.pk, steps)
    return None


async def _examined(kind: Connector, config: Config) -> Sequence[Step]:
    try:
        async with asyncio.timeout(WITHIN_S), kind.open(config) as session:
            return await session.examine()
    except TimeoutError:
        return [Step(OPEN, StepState.FAILED, "timeout")]
    except WeiluError as error:
        return [Step(OPEN, StepState.FAILED, str(error))]
    except Exception:
        # Whoever waits for the doctor is to hear that something is wrong, and the log what.
        log.exception("the doctor of a connection by %s", kind.name)
        return [Step(OPEN, StepState.FAILED, "crashed")]


def _plain(step: Step) -> Mapping[str, object]:
    """A step as it is kept; read back by pages."""
    return {
        "name": step.name,
        "state": step.state.value,
        "mend": step.mend,
        "values": dict(step.values),
        "abilities": [ability.value for ability in step.abilities],
    }
