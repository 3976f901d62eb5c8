"""One person under two names: what a second phone calls them, told by what both phones heard.

A chat without accounts names people as the address book of the phone has them, so exports from two
phones tell the same words of other people. Whoever is unknown by name, and of whose words in the
common time nearly all are stored as said by one person whom the second export does not know by
name either, is that person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from weilu.chat.ports import Inbound, Kind
from weilu.members.rules.names import fold_name

MINUTE_MS = 60_000
# Everybody says "ok" and "+1" in the same minute as others.
TELLING_CHARS = 4
LEAST_SAID = 3
SHARE_HEARD = 0.8
# So many people under other names, and the export is of another phone: less has to tell of others.
SURELY_ANOTHER_PHONE = 3

# Minute, kind, text: messages that were stored, with who said them.
Stored = Mapping[tuple[int, int, str], Sequence[tuple[int, int]]]


def same_people(
    items: Sequence[Inbound], stored: Stored, names: Mapping[int, set[str]], least: int = LEAST_SAID
) -> dict[str, int]:
    """Folded names in `items` that are nobody's, and the identities that they stand for.

    `names` holds the folded names of all identities in `stored`; `least` is how many different
    messages have to be stored as said. Each identity is told of once.
    """
    known = {name for some in names.values() for name in some}
    named = {fold_name(one) for i in items for one in (i.name, i.account)} - {""}
    heard: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for name, minute, text in _told(items, stored):
        if name not in known:
            heard[name].add((minute, text))
    found: dict[str, int] = {}
    for name, words in heard.items():
        votes = Counter(
            who
            for minute, text in words
            for who in {who for _, who in stored.get((minute, Kind.MESSAGE, text), ())} - {0}
        )
        who, count = max(votes.items(), key=lambda one: one[1], default=(0, 0))
        said = {text for minute, text in words if (minute, Kind.MESSAGE, text) in stored}
        if len(said) >= least and count >= max(least, SHARE_HEARD * len(words)):
            found[name] = who
    claimed = Counter(found.values())
    return {
        name: who
        for name, who in found.items()
        if claimed[who] == 1 and not names.get(who, set()) & named
    }


def _told(items: Sequence[Inbound], stored: Stored) -> Iterator[tuple[str, int, str]]:
    """Folded name, minute and words of what tells people apart in the time both speak of."""
    minutes = [minute for minute, _, _ in stored]
    first, last = min(minutes), max(minutes)
    for item in items:
        minute, text = item.sent_ms // MINUTE_MS, item.text.strip()
        if item.kind == Kind.MESSAGE and first <= minute <= last and len(text) >= TELLING_CHARS:
            yield fold_name(item.name), minute, text
