"""Secrets that Weilu makes itself: shown once, made anew, the one before valid for a day (K-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import F

from weilu.chat.ports.connectors import CONNECTORS, Connector, before
from weilu.core.access import Actor, Right
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, NotFound
from weilu.core.vault import seal, unseal
from weilu.groups.models import Connection

OVERLAP = timedelta(days=1)
_UNTIL = ":until"


def made_names(kind: Connector) -> list[str]:
    """Which secrets of a connector Weilu makes itself."""
    return [one.name for one in kind.settings if one.make is not None]


def kept(kind: Connector, stored: Mapping[str, str]) -> dict[str, str]:
    """Made secrets as they are stored, with those before them; new ones where there are none."""
    found: dict[str, str] = {}
    for one in kind.settings:
        if one.make is not None:
            found[one.name] = stored.get(one.name) or one.make()
            for name in (before(one.name), before(one.name) + _UNTIL):
                if name in stored:
                    found[name] = stored[name]
    return found


def in_force(secrets: Mapping[str, str]) -> dict[str, str]:
    """The secrets that count now: what was replaced counts for a day."""
    moment = now_ms()
    over = {
        name.removesuffix(_UNTIL)
        for name, value in secrets.items()
        if name.endswith(_UNTIL) and int(value) <= moment
    }
    return {n: v for n, v in secrets.items() if n not in over and not n.endswith(_UNTIL)}


def show_made(actor: Actor, *, connection: Connection) -> dict[str, str]:
    """The secrets that Weilu made, by name; to be shown right after they were made, never later."""
    actor.require(Right.CONNECT)
    if connection.workspace_id != actor.workspace_id:
        raise NotFound
    stored = unseal(connection.sealed)
    return {n: stored[n] for n in made_names(CONNECTORS.connectors[connection.connector])}


def remake(actor: Actor, *, connection: Connection) -> Connection:
    """New secrets; those before them are accepted for another day. The session opens anew.

    Raises Conflict `changed` when somebody else changed the connection meanwhile, NotFound when
    Weilu makes none for it.
    """
    actor.require(Right.CONNECT)
    mine = Connection.objects.filter(pk=connection.pk, workspace_id=actor.workspace_id)
    one = mine.first()
    if one is None or not made_names(CONNECTORS.connectors[one.connector]):
        raise NotFound
    secrets = unseal(one.sealed)
    until = str(int((now() + OVERLAP).timestamp() * 1000))
    for setting in CONNECTORS.connectors[one.connector].settings:
        if setting.make is not None:
            secrets[before(setting.name)] = secrets.get(setting.name, "")
            secrets[before(setting.name) + _UNTIL] = until
            secrets[setting.name] = setting.make()
    changed = mine.filter(version=one.version).update(
        sealed=seal(secrets), version=F("version") + 1
    )
    if not changed:
        raise Conflict("changed")
    return mine.get()
