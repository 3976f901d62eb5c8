"""The names by which the people of groups are known: to speak of one is no address (B-5)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from weilu.moderation.rules.folding import fold_all

# Of each group the names of so many people, those who say most.
NAMES_KNOWN = 20_000
EVER = 2**62
_GROUPS_AT_ONCE = 300


def names_of(groups: Mapping[int, int]) -> dict[int, set[str]]:
    """The names, folded, of people seen in groups before a moment of each (UTC ms); by group id.

    Names of later date are left out: whoever takes an address for a name makes it no name.
    """
    found: dict[int, list[str]] = {pk: [] for pk in groups}
    asked = sorted(groups.items())
    with connection.cursor() as cursor:
        for at in range(0, len(asked), _GROUPS_AT_ONCE):
            # Whole numbers, so nothing of them needs to be escaped.
            rows = ", ".join(f"({pk:d}, {until:d})" for pk, until in asked[at:][:_GROUPS_AT_ONCE])
            # CROSS JOIN has SQLite begin with what is asked.
            cursor.execute(
                f"WITH asked(group_id, until) AS (VALUES {rows}), known AS ("  # noqa: S608
                " SELECT asked.group_id, asked.until, p.identity_id, row_number() OVER"
                " (PARTITION BY asked.group_id ORDER BY p.messages DESC, p.identity_id) AS place"
                " FROM asked CROSS JOIN groups_participation p"
                " WHERE p.group_id = asked.group_id AND p.first_seen_ms < asked.until)"
                " SELECT known.group_id, a.name FROM known CROSS JOIN members_alias a"
                " WHERE a.identity_id = known.identity_id AND a.first_ms < known.until"
                " AND known.place <= %s",
                [NAMES_KNOWN],
            )
            while some := cursor.fetchmany(NAMES_KNOWN):
                for pk, name in some:
                    found[pk].append(name)
    return {pk: set(fold_all(names)) for pk, names in found.items()}
