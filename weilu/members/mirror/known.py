"""The columns of what members knows: who is what, tags, fields, consents."""

from __future__ import annotations

import numpy as np
from django.db import connection

from weilu.members.mirror.columns import ALWAYS, Flags, Numbers, Read
from weilu.members.mirror.mirror import PEOPLE, Look, Source, mirrored
from weilu.members.mirror.places import Bools, Floats, Ints, Places
from weilu.members.models import Tagging
from weilu.members.reading import ask_ids, ask_pairs, numbers_of, rows_of
from weilu.members.rules.prizes import HELD_OUT

# Conditions by which members are told apart; each is a column.
_WHAT = {
    "here": "TRUE",
    "staff": "is_staff",
    "person": "nature = 'person' AND NOT is_staff",
    "bot": "nature = 'bot' AND NOT is_staff",
    "relay": "nature = 'relay' AND NOT is_staff",
}
_HOLDS = (
    "FROM members_fact WHERE replaced_at IS NULL AND field_id = %s"
    " AND (number IS NOT NULL OR day IS NOT NULL)"
)
_IDS_AT_ONCE = 5_000


def lasting(sql: str, params: list[object], column: str, ids: Ints | None) -> tuple[Ints, Floats]:
    """What `Flags` reads of a statement of one column: all of whom it finds, without end."""
    found = (
        numbers_of(ask_ids(sql, params))
        if ids is None
        else np.array([row[0] for row in rows_of(sql, params, column, ids)], dtype=np.int64)
    )
    return found, np.full(len(found), ALWAYS)


# Under this and a platform's name: who has an account there, as one of what they are.
ON = "on "


# Under this and an export's number: whom that was the first to bring, under one of their names.
FROM = "from "


def _people(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    if key.startswith(FROM):
        sql = (
            "SELECT i.member_id FROM members_alias a JOIN members_identity i"
            " ON i.id = a.identity_id WHERE a.workspace_id = %s AND a.source_id = %s"
        )
        params: list[object] = [places.workspace_id, int(key.removeprefix(FROM))]
        return lasting(sql, params, "i.member_id", ids)
    if key.startswith(ON):
        sql = "SELECT member_id FROM members_identity WHERE workspace_id = %s AND platform = %s"
        return lasting(sql, [places.workspace_id, key.removeprefix(ON)], "member_id", ids)
    sql = (
        "SELECT id FROM members_member"  # noqa: S608 - one of the above
        f" WHERE workspace_id = %s AND merged_into_id IS NULL AND {_WHAT[key]}"
    )
    return lasting(sql, [places.workspace_id], "id", ids)


def _tagged(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    """Who wears a tag; the few on whom it ends have the moment, in seconds."""
    sql = (
        "SELECT identity_id FROM members_tagging"
        " WHERE tag_id = %s AND removed_id IS NULL AND expires_at IS NULL"
    )
    found, always = lasting(sql, [int(key)], "identity_id", ids)
    ending = Tagging.objects.filter(tag_id=int(key), removed=None, expires_at__isnull=False)
    parts = (
        [ending]
        if ids is None
        else [
            ending.filter(identity_id__in=ids[at : at + _IDS_AT_ONCE].tolist())
            for at in range(0, len(ids), _IDS_AT_ONCE)
        ]
    )
    rows = [
        (pk, moment.timestamp())
        for part in parts
        for pk, moment in part.values_list("identity_id", "expires_at")
        if moment is not None
    ]
    some = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return (
        np.concatenate([found, some[:, 0].astype(np.int64)]),
        np.concatenate([always, some[:, 1]]),
    )


def _facts(_places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    """A field's numbers; its days as numbers, as `date.toordinal` has them."""
    day = (
        "(day - DATE '0001-01-01' + 1)::float8"
        if connection.vendor == "postgresql"
        else "julianday(day) - 1721424.5"
    )
    return ask_pairs(("identity_id", f"COALESCE(number, {day})"), _HOLDS, [int(key)], ids)


def _consents(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    sql = (
        "SELECT identity_id FROM members_consent"
        " WHERE workspace_id = %s AND purpose = %s AND withdrawn_on IS NULL"
    )
    return lasting(sql, [places.workspace_id, key], "identity_id", ids)


def standing(table: str, over: str, column: str) -> Read:
    """What `Flags` reads of rows that hold until `over` is set, by what a column says."""

    def read(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
        sql = (
            f"SELECT identity_id FROM {table}"  # noqa: S608 - names of ours
            f" WHERE workspace_id = %s AND {over} IS NULL AND {column} = %s"
        )
        said = int(key) if key.isdecimal() else key
        return lasting(sql, [places.workspace_id, said], "identity_id", ids)

    return read


# Under this and a user's number: whom that guide keeps company; under 0: those with whom nobody.
GUIDE = "guide "
_by_mode = standing("members_company", "ended_at", "mode")


def _companies(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    if not key.startswith(GUIDE):
        return _by_mode(places, key, ids)
    sql = (
        "SELECT identity_id FROM members_company"
        " WHERE workspace_id = %s AND ended_at IS NULL AND COALESCE(guide_id, 0) = %s"
    )
    params: list[object] = [places.workspace_id, int(key.removeprefix(GUIDE))]
    return lasting(sql, params, "identity_id", ids)


# Under this: of whom staff said any tier.
ANY = "any"


def _tiers(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    sql = "SELECT member_id FROM members_tierplace WHERE workspace_id = %s AND tier = %s"
    return lasting(sql, [places.workspace_id, key], "member_id", ids)


def _tier_words(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    sql = (
        "SELECT identity_id FROM members_tierword WHERE workspace_id = %s AND withdrawn_at IS NULL"
    )
    if key == ANY:
        return lasting(sql, [places.workspace_id], "identity_id", ids)
    return lasting(f"{sql} AND tier = %s", [places.workspace_id, key], "identity_id", ids)


def _prize_looks(places: Places, _key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    sql = "SELECT member_id FROM members_prizelook WHERE workspace_id = %s AND score >= %s"
    return lasting(sql, [places.workspace_id, HELD_OUT], "member_id", ids)


def _prize_words(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    """Of whom staff said that they only come for prizes ("yes"), or do not ("no")."""
    sql = (
        "SELECT identity_id FROM members_prizeverdict"
        " WHERE workspace_id = %s AND withdrawn_at IS NULL AND is_hunter = %s"
    )
    return lasting(sql, [places.workspace_id, key == "yes"], "identity_id", ids)


def _customers(places: Places, _key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    sql = "SELECT identity_id FROM members_customer WHERE workspace_id = %s"
    return lasting(sql, [places.workspace_id], "identity_id", ids)


def _goodwill(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    """The stored score (`base`) of who has any, or the level they are on."""
    if key not in {"base", "level"}:
        raise KeyError(key)
    rest = "FROM members_goodwill WHERE workspace_id = %s"
    return ask_pairs(("member_id", key), rest, [places.workspace_id], ids)


def flags(name: str, read: Read, *, by_member: bool = False) -> Source:
    """A source whose keys are columns of Flags."""
    return mirrored(Source(name, lambda p, key: Flags(p, key, read, by_member=by_member)))


def numbers(name: str, read: Read, *, by_member: bool = False) -> Source:
    """A source whose keys are columns of Numbers."""
    return mirrored(Source(name, lambda p, key: Numbers(p, key, read, by_member=by_member)))


WHAT = flags(PEOPLE, _people, by_member=True)
TAGS = flags("tags", _tagged)
FACTS = numbers("facts", _facts)
CONSENTS = flags("consents", _consents)
OWN_STAGES = flags("own_stages", standing("members_staying", "ended_at", "stage_id"))
CIRCLES = flags("circles", standing("members_circlemember", "left_at", "circle_id"))
COMPANIES = flags("companies", _companies)
TIERS = flags("tiers", _tiers, by_member=True)
TIER_WORDS = flags("tier_words", _tier_words)
PRIZE_LOOKS = flags("prize_looks", _prize_looks, by_member=True)
PRIZE_WORDS = flags("prize_words", _prize_words)
CUSTOMERS = flags("customers", _customers)
GOODWILL = numbers("goodwill", _goodwill, by_member=True)


def here(look: Look) -> Bools:
    """Who is a member: not who was merged into another."""
    return look.has(WHAT, "here")
