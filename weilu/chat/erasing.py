"""What chat holds of one person: messages, what was sent to them, the exports they came from."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from weilu.chat.imports.undo import is_anyone_reading
from weilu.chat.live.proofs import forget_proof
from weilu.chat.models import (
    Import,
    ImportBundle,
    Message,
    Outgoing,
    SearchPart,
    SearchSegment,
)
from weilu.chat.search.index import span
from weilu.groups.models import Connection, JoinAsk, Participation
from weilu.members.models import Alias
from weilu.members.traces import ERASERS, FURTHER, HINDRANCES, LISTENING, SEEN, Person

_AT_ONCE = 500
_BUNDLE_JSON = ("chats", "found", "problems")
_COUNTED = ("messages", "mentions", "sent", "files")


def erase_words(person: Person) -> dict[str, int]:
    """Remove what they said and what was sent to them, and blank their names elsewhere.

    Deletes uploaded exports that they were in, when the transaction is committed.
    """
    ids, sources = _messages(person)
    _forget_answers(person)
    for at in range(0, len(ids), _AT_ONCE):
        Message.objects.filter(pk__in=ids[at : at + _AT_ONCE])._raw_delete(using="default")
    blanked = _blank_messages(person)
    _drop_segments(person.workspace_id, [*ids, *blanked])
    sent = _outgoing(person)
    JoinAsk.objects.filter(
        Q(account__in=person.accounts) | Q(name__in=person.names),
        workspace_id=person.workspace_id,
    ).delete()
    files = _exports(person, sources)
    _wake_connections(person)
    return dict(zip(_COUNTED, (len(ids), len(blanked), sent, files), strict=True))


def _messages(person: Person) -> tuple[list[int], set[int]]:
    """Ids of everything they said or did, and the exports it came from: one pass."""
    slots = ", ".join(["%s"] * len(person.identity_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, source_id FROM chat_message"  # noqa: S608
            f" WHERE workspace_id = %s AND identity_id IN ({slots})",
            [person.workspace_id, *person.identity_ids],
        )
        rows = cursor.fetchall()
    sources = {row[1] for row in rows}
    aliases = Alias.objects.filter(identity_id__in=person.identity_ids)
    sources.update(aliases.values_list("source_id", flat=True))
    return [row[0] for row in rows], sources - {0}


def _forget_answers(person: Person) -> None:
    """What answers a message of theirs answers nothing any more: the id may tell who wrote it."""
    theirs = Message.objects.filter(
        workspace_id=person.workspace_id, identity_id__in=person.identity_ids
    ).exclude(external_id=None)
    Message.objects.filter(
        workspace_id=person.workspace_id, answers__in=theirs.values("external_id")
    ).update(answers="")


def _holding(column: str, words: Iterable[str]) -> Q:
    """Rows whose text holds one of the words."""
    found = Q(pk__in=[])
    for word in words:
        found |= Q(**{f"{column}__icontains": word})
    return found


def _blank_messages(person: Person) -> list[int]:
    """Take their names out of what others wrote and of notices; ids of the messages changed."""
    rows = Message.objects.filter(
        _holding("text", person.words), workspace_id=person.workspace_id
    ).only("text", "kind")
    changed = []
    for row in rows.iterator(chunk_size=_AT_ONCE):
        text = person.blanker.blank(row.text)
        if text != row.text:
            changed.append(Message(pk=row.pk, text=text))
    Message.objects.bulk_update(changed, ["text"], batch_size=100)
    return [one.pk for one in changed]


def _drop_segments(workspace_id: int, ids: Sequence[int]) -> None:
    """Let the parts of the search index that hold the messages be made anew."""
    for level in (0, 1):
        segments = {pk // span(level) for pk in ids}
        for model in (SearchPart, SearchSegment):
            model._default_manager.filter(
                workspace_id=workspace_id, level=level, segment__in=segments
            )._raw_delete(using="default")


def asks_of(person: Person) -> QuerySet[JoinAsk]:
    """Their requests to be let into groups, which name an account."""
    return JoinAsk.objects.filter(workspace_id=person.workspace_id, account__in=person.accounts)


def _outgoing(person: Person) -> int:
    """Remove what was sent to them or about a message of theirs; blank their names in the rest."""
    mine = Outgoing.objects.filter(workspace_id=person.workspace_id)
    gone_message = Q(message_id__isnull=False) & ~Exists(
        Message.objects.filter(pk=OuterRef("message_id"))
    )
    theirs = mine.filter(
        Q(identity_id__in=person.identity_ids) | Q(ask__in=asks_of(person)) | gone_message
    )
    proofs = list(theirs.exclude(proof="").values_list("proof", flat=True))
    gone = theirs.count()
    theirs.delete()
    for name in proofs:
        transaction.on_commit(partial(forget_proof, name))
    for row in mine.filter(_holding("text", person.words) | _holding("note", person.words)):
        mine.filter(pk=row.pk).update(
            text=person.blanker.blank(row.text), note=person.blanker.blank(row.note)
        )
    return gone


def _exports(person: Person, sources: set[int]) -> int:
    """Delete the uploads they came from, and blank what is kept of them; how many were deleted."""
    bundles = list(ImportBundle.objects.filter(run__workspace_id=person.workspace_id))
    for one in bundles:
        changes = {n: person.blanker.blank_value(getattr(one, n)) for n in _BUNDLE_JSON}
        if one.pk in sources:
            # An excerpt may be of what they wrote, which no name tells.
            changes["problems"] = [{**place, "excerpt": ""} for place in one.problems]
        label = person.blanker.blank(one.label)
        ImportBundle.objects.filter(pk=one.pk).update(label=label, **changes)
    runs = {one.run_id for one in bundles if one.pk in sources}
    deleted = 0
    for run in Import.objects.filter(workspace_id=person.workspace_id):
        folder = Path(settings.MEDIA_ROOT) / str(run.pk)
        if run.pk in runs and run.state == Import.State.DONE and folder.exists():
            deleted += 1
            transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True))
        Import.objects.filter(pk=run.pk).update(
            paths=person.blanker.blank_value(run.paths),
            problems=person.blanker.blank_value(run.problems),
            error=person.blanker.blank(run.error),
        )
    return deleted


def _lines(person: Person) -> list[int]:
    """Connections through which groups they were in are listened to."""
    rows = Participation.objects.filter(
        identity_id__in=person.identity_ids, group__connection__isnull=False
    )
    found = rows.values_list("group__connection_id", flat=True).distinct()
    return sorted({pk for pk in found if pk is not None})


def _wake_connections(person: Person) -> None:
    """Have running sessions begin anew: they remember whom they have met."""
    Connection.objects.filter(pk__in=_lines(person)).update(version=F("version") + 1)


def is_heard_live(person: Person) -> bool:
    """Whether a connection that listens knows the person."""
    return Connection.objects.filter(pk__in=_lines(person), is_on=True).exists()


def is_being_read(person: Person) -> bool:
    """Whether an import is being read in, which remembers whom it has met."""
    with transaction.atomic():
        return is_anyone_reading(person.workspace_id)


def is_seen(person: Person) -> bool:
    """Whether anything they said or did is counted: also what came after it was removed."""
    return Participation.objects.filter(identity_id__in=person.identity_ids).exists()


ERASERS["chat"] = erase_words
FURTHER.append(asks_of)
HINDRANCES.append(is_being_read)
LISTENING.append(is_heard_live)
SEEN.append(is_seen)
