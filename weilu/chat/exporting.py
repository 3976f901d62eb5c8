"""A group's records as they came in, for a writer of a format (K-4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from django.db import connection
from django.db.models.functions import Coalesce

from weilu.chat.changes import changed_id
from weilu.chat.columns import HOUR_MS
from weilu.chat.ports import ChatRef, Inbound, Kind, Platform, Writer
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.groups.models import Group, Participation
from weilu.members.models import Identity

_ROWS_AT_ONCE = 20_000
_ABOUT = frozenset({Kind.JOIN, Kind.LEAVE, Kind.RENAME})


def export_group(actor: Actor, *, group: Group, writer: Writer, out: BinaryIO) -> int:
    """Write every record of a group in order of time; how many. People bear their newest name.

    Raises NotAllowed, NotFound for a group of another workspace.
    """
    actor.require(Right.EXPORT)
    if group.workspace_id != actor.workspace_id:
        raise NotFound("group")
    chat = ChatRef(Platform(group.platform), group.external_key, group.name)
    return writer.write(chat, _records(group), out)


def _people(group: Group) -> dict[int, tuple[str, str]]:
    """Account ("" where there are only names) and name by identity."""
    seen = Participation.objects.filter(group=group).values("identity_id")
    # What a bridge passed on came from the bridge; who said it stands in the text.
    own = Identity.objects.filter(pk__in=seen).annotate(own=Coalesce("through_id", "pk"))
    wrote = dict(own.values_list("pk", "own"))
    accounts = Identity.objects.filter(pk__in=own.values("own"))
    known = {
        pk: ("" if scope else account, account if scope else name)
        for pk, scope, account, name in accounts.values_list("pk", "scope", "account", "name")
    }
    return {pk: known[own] for pk, own in wrote.items() if own in known}


def _records(group: Group) -> Iterator[Inbound]:
    people = _people(group)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MIN(sent_ms), MAX(sent_ms) FROM chat_message WHERE group_id = %s", [group.pk]
        )
        first, last = cursor.fetchone()
        if first is None:
            return
        after = (first - 1, 0)
        while True:
            cursor.execute(
                "SELECT sent_ms, id, identity_id, kind, form, text, external_id, answers"  # noqa: S608
                f" FROM chat_message WHERE (sent_ms / {HOUR_MS}) BETWEEN %s AND %s"
                " AND group_id = %s AND (sent_ms > %s OR (sent_ms = %s AND id > %s))"
                f" ORDER BY (sent_ms / {HOUR_MS}), sent_ms, id LIMIT {_ROWS_AT_ONCE}",
                [after[0] // HOUR_MS, last // HOUR_MS, group.pk, after[0], *after],
            )
            rows = cursor.fetchall()
            for row in rows:
                yield _inbound(row, people)
            if not rows:
                return
            after = (rows[-1][0], rows[-1][1])


def _inbound(
    row: tuple[int, int, int, int, int, str, str | None, str],
    people: dict[int, tuple[str, str]],
) -> Inbound:
    sent_ms, _pk, identity_id, kind, form, text, external_id, answers = row
    account, name = people.get(identity_id, ("", ""))
    return Inbound(
        kind,
        sent_ms,
        account,
        name,
        "" if kind in _ABOUT else text,
        external_id=changed_id(kind, external_id),
        reply_to=answers,
        target=text if kind in _ABOUT else "",
        form=form,
    )
