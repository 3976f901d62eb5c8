"""What a person may do with an import: start it, answer, run, cancel, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction

from weilu.chat.imports.undo import is_anyone_reading
from weilu.chat.models import Import, ImportBundle
from weilu.chat.ports import FORMATS, DayOrder, Question
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.jobs import schedule

# Days a log without any may be said to begin on; what lies after tomorrow is left out later.
EARLIEST_YEAR, LATEST_YEAR = 1970, 2100


def create_import(
    actor: Actor, *, paths: Sequence[Path], zone: str = "", community: Community | None = None
) -> Import:
    """A new import of files that lie in the data folder (or anywhere, from the command line)."""
    actor.require(Right.IMPORT)
    if not paths:
        raise Invalid("no_files", field="files")
    return Import.objects.create(
        workspace_id=actor.workspace_id,
        community=community,
        by_id=actor.user_id,
        zone=checked_zone(zone) if zone else "",
        paths=[str(p) for p in paths],
    )


def checked_zone(zone: str) -> str:
    """The zone's name; raises Invalid when nobody knows it."""
    if zone not in available_timezones():
        raise Invalid("unknown_zone", field="zone")
    return ZoneInfo(zone).key


def checked_day(day: str) -> str:
    """The day as YYYY-MM-DD, "" for none; raises Invalid when it is no day chats can be of."""
    try:
        found = date.fromisoformat(day) if day else None
    except ValueError:
        raise Invalid("unknown_day", field="first_day") from None
    if found and not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise Invalid("unknown_day", field="first_day")
    return found.isoformat() if found else ""


def set_format(actor: Actor, *, run: Import, name: str) -> None:
    """Have an import's files read as one format; raises Invalid when there is no such format."""
    actor.require(Right.IMPORT)
    if name not in FORMATS.formats:
        raise Invalid("unknown_format", field="format")
    run.format = name
    run.save(update_fields=["format"])


def look_later(actor: Actor, *, run: Import) -> None:
    """Have the worker look at an import's files."""
    actor.require(Right.IMPORT)
    schedule("look_at_import", workspace_id=actor.workspace_id, key=str(run.pk))


def look_again(actor: Actor, *, run: Import) -> None:
    """Look at the files once more with the answers given since; nothing once it runs."""
    actor.require(Right.IMPORT)
    with transaction.atomic():
        changed = Import.objects.filter(pk=run.pk, state=Import.State.READY).update(
            state=Import.State.LOOKING, progress=0
        )
        if changed:
            schedule("look_at_import", workspace_id=run.workspace_id, key=str(run.pk))


def move_files(actor: Actor, *, run: Import, folder: Path) -> None:
    """Move the files of a new import into `folder`, all of them lying in one folder now."""
    actor.require(Right.IMPORT)
    paths = [Path(p) for p in run.paths]
    paths[0].parent.rename(folder)
    run.paths = [str(folder / p.name) for p in paths]
    run.save(update_fields=["paths"])


def find_import(actor: Actor, import_id: int) -> Import:
    """One import; raises NotFound also when it is another workspace's."""
    actor.require(Right.IMPORT)
    found = (
        Import.objects.filter(pk=import_id, workspace_id=actor.workspace_id)
        .select_related("community", "workspace")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def answer(
    actor: Actor, *, run: Import, zone: str, bundles: Mapping[int, Mapping[str, Any]]
) -> None:
    """Keep the operator's answers: the zone, and what is said of each bundle.

    By bundle id any of `day_order`, `first_day` (YYYY-MM-DD), `columns`, `groups` (names by
    position in the bundle's chats), `group_ids` (existing groups picked, likewise) and `skip`.
    Raises Conflict once the import runs, Invalid for an unknown zone, day order or day.
    """
    actor.require(Right.IMPORT)
    with transaction.atomic():
        changed = Import.objects.filter(pk=run.pk, state=Import.State.READY).update(
            zone=checked_zone(zone)
        )
        if not changed:
            raise Conflict("import_is_running")
        for one in ImportBundle.objects.filter(run=run, pk__in=bundles):
            _answer_bundle(one, bundles[one.pk])


def _answer_bundle(one: ImportBundle, said: Mapping[str, Any]) -> None:
    order = said.get("day_order", "")
    if order and order not in set(DayOrder):
        raise Invalid("unknown_day_order", field="day_order")
    first_day = checked_day(str(said.get("first_day") or ""))
    if one.state in {ImportBundle.State.READY, ImportBundle.State.SKIPPED}:
        skip = bool(said.get("skip"))
        one.state = ImportBundle.State.SKIPPED if skip else ImportBundle.State.READY
    one.answers = {
        **one.answers,
        **({"day_order": order} if order else {}),
        **({"first_day": first_day} if first_day else {}),
        **({"columns": dict(said["columns"])} if said.get("columns") else {}),
    }
    names, picked = said.get("groups", {}), said.get("group_ids", {})
    one.chats = [
        {
            **chat,
            "group": str(names.get(k, chat["group"])).strip(),
            "group_id": picked.get(k, chat.get("group_id", 0)),
        }
        for k, chat in enumerate(one.chats)
    ]
    one.save(update_fields=["state", "answers", "chats"])


def start_import(actor: Actor, *, run: Import, community: Community) -> None:
    """Let the worker read the import in; starting it twice is one start.

    Raises Conflict when there is nothing ready to read, Invalid when a group has no name or a
    table's columns are not known.
    """
    actor.require(Right.IMPORT)
    ready = ImportBundle.objects.filter(run=run, state=ImportBundle.State.READY)
    if not ready.exists():
        raise Conflict("nothing_to_import")
    if any(Question.COLUMNS in one.asks and not one.chats for one in ready):
        raise Invalid("columns_missing", field="columns")
    if any(not (chat["group"] or chat.get("group_id")) for one in ready for chat in one.chats):
        raise Invalid("group_name_missing", field="group")
    with transaction.atomic():
        # Whoever takes messages back just now comes first; it asks for the same lock.
        is_anyone_reading(run.workspace_id)
        started = Import.objects.filter(pk=run.pk, state=Import.State.READY).update(
            state=Import.State.RUNNING, community=community, started_at=now()
        )
        if started:
            schedule("run_import", workspace_id=run.workspace_id, key=str(run.pk))


def cancel_import(actor: Actor, *, run: Import) -> None:
    """Stop an import and take back what it stored; safe at any moment, also twice."""
    actor.require(Right.IMPORT)
    state = Import.State
    open_states = [state.UPLOADED, state.LOOKING, state.READY, state.RUNNING]
    with transaction.atomic():
        Import.objects.filter(pk=run.pk, state__in=open_states).update(
            state=state.CANCELLED, finished_at=now()
        )
        schedule("undo_import", workspace_id=run.workspace_id, key=str(run.pk))


def undo_import(actor: Actor, *, run: Import) -> None:
    """Take a finished import back: its messages go, what was counted is counted anew."""
    actor.require(Right.IMPORT)
    state = Import.State
    with transaction.atomic():
        changed = Import.objects.filter(pk=run.pk, state__in=[state.DONE, state.FAILED]).update(
            state=state.CANCELLED, finished_at=now()
        )
        if not changed:
            raise Conflict("import_not_finished")
        schedule("undo_import", workspace_id=run.workspace_id, key=str(run.pk))
