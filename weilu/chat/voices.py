"""Messages that a bridge passed on become those of who said them (C-1).

What marks an account as a bridge, and which names are sound, is told by the talk itself (`members.
rules`); from then on whatever it brings goes to who is named in it. The text stays as it came: the
name before it is what all of this rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from django.db import connection, transaction

from weilu.chat.columns import HOUR_MS
from weilu.chat.ports import Inbound, Kind
from weilu.chat.rebuild import rebuild
from weilu.chat.timeline import Timeline
from weilu.core.access import system
from weilu.groups.models import Group
from weilu.members.actions import merge_by_evidence, vetoed_pairs
from weilu.members.models import Identity
from weilu.members.queries import People
from weilu.members.rules.voices import Voice, sound_marks, voice_of
from weilu.members.voices import Heard, Voices

# A bridge found by one process is known to the others so much later.
_STALE_S = 60.0
_SAID = frozenset({Kind.MESSAGE, Kind.EDIT})
_ROWS_AT_ONCE = 20_000


def behind(voices: Voices, people: list[int], items: Sequence[Inbound]) -> list[int]:
    """The identity of each record's sender, or of whom a bridge names there. In a transaction."""
    voices.read(within_s=_STALE_S)
    if voices.marks.keys().isdisjoint(people):
        return people
    found: dict[int, Voice] = {}
    for k, (person, item) in enumerate(zip(people, items, strict=True)):
        voice = _heard(voices.marks.get(person, ""), item.text) if item.kind in _SAID else None
        if voice:
            found[k] = voice
    voices.meet(Heard(people[k], one, items[k].sent_ms) for k, one in found.items())
    return [
        voices.known[person, found[k].mark, found[k].name] if k in found else person
        for k, person in enumerate(people)
    ]


def _heard(marks: str, text: str) -> Voice | None:
    voice = voice_of(text) if marks else None
    return voice if voice and voice.mark in marks else None


def part_voices(group: Group, said: Timeline, known: People) -> bool:
    """Give a group's messages that bridges passed on to who said them; whether there were any.

    `said` is what evidence is taken from; everything the group holds is parted, and the community
    counted anew with it, in one transaction. Once more changes nothing.
    """
    voices = Voices(group.workspace_id, group.platform)
    voices.read()
    marks = _sound(said, known, voices)
    if not marks:
        return False
    with transaction.atomic():
        moved = 0
        for rows in _passed_on(group, sorted(marks)):
            moved += _part(voices, marks, rows)
        if moved:
            rebuild(group.community, lambda _done: None)
    _join_namesakes(group.workspace_id, set(marks))
    return moved > 0


def _sound(said: Timeline, known: People, voices: Voices) -> dict[int, str]:
    """Identities of bridges that wrote what others said, with the brackets that tell it."""
    spoke = np.flatnonzero(said.kind == Kind.MESSAGE)
    who = said.identity[spoke]
    by_bridge = np.isin(known.of_array(who), list(known.relays))
    heard = np.isin(who, list(set(voices.known.values())))
    found: dict[int, str] = {}
    for pk in np.unique(who[by_bridge & ~heard]).tolist():
        texts = [said.text[k] for k in spoke[who == pk].tolist()]
        others = (said.text[k] for k in spoke[~by_bridge].tolist())
        marks = "".join(sorted({*voices.marks.get(pk, ""), *sound_marks(texts, others)}))
        if any(_heard(marks, text) for text in texts):
            found[pk] = marks
    return found


_Row = tuple[int, int, int, str]


def _passed_on(group: Group, bridges: Sequence[int]) -> Iterator[list[_Row]]:
    """What bridges wrote in a group, a run at a time: id, identity, time, text."""
    listed = ", ".join(map(str, bridges))
    kinds = ", ".join(str(int(kind)) for kind in sorted(_SAID))
    after = (-(1 << 62), 0)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT id, identity_id, sent_ms, text FROM chat_message"  # noqa: S608
                f" WHERE (sent_ms / {HOUR_MS}) >= %s AND group_id = %s"
                f" AND identity_id IN ({listed}) AND kind IN ({kinds})"
                " AND (sent_ms > %s OR (sent_ms = %s AND id > %s))"
                f" ORDER BY (sent_ms / {HOUR_MS}), sent_ms, id LIMIT {_ROWS_AT_ONCE}",
                [after[0] // HOUR_MS, group.pk, after[0], *after],
            )
            rows: list[_Row] = cursor.fetchall()
            if not rows:
                return
            yield rows
            after = (rows[-1][2], rows[-1][0])


def _part(voices: Voices, marks: dict[int, str], rows: Sequence[_Row]) -> int:
    """Give rows to whom they name; returns how many."""
    found = [
        (pk, bridge, voice, sent)
        for pk, bridge, sent, text in rows
        if (voice := _heard(marks[bridge], text))
    ]
    voices.meet(Heard(bridge, voice, sent) for _pk, bridge, voice, sent in found)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE chat_message SET identity_id = %s WHERE id = %s",
            [(voices.known[bridge, one.mark, one.name], pk) for pk, bridge, one, _sent in found],
        )
    return len(found)


def _join_namesakes(workspace_id: int, bridges: set[int]) -> None:
    """Make one of those whom one bridge names alike under two accounts of its own."""
    holders = Identity.objects.filter(pk__in=bridges).values("member_id")
    rows = Identity.objects.filter(
        workspace_id=workspace_id,
        through__in=Identity.objects.filter(member_id__in=holders).values("pk"),
    )
    first: dict[tuple[int, str], int] = {}
    pairs = []
    vetoed = vetoed_pairs(workspace_id)
    listed = rows.order_by("pk").values_list("through__member_id", "name", "member_id")
    for bridge, name, member in listed:
        kept = first.setdefault((bridge, name), member)
        if kept != member and (min(kept, member), max(kept, member)) not in vetoed:
            pairs.append((kept, member, ("same_bridge",)))
    merge_by_evidence(system(workspace_id), pairs)
