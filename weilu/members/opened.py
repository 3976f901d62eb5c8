"""What is kept of a person packed or sealed, opened for the copy that is theirs to have (C-3)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from weilu.core.vault import unseal
from weilu.members.models import Customer, Ledger
from weilu.members.rules.exchange import Exchange, unpack_ledgers
from weilu.members.rules.goodwill import CARRIED
from weilu.members.traces import OPENERS, Row

_DAY_0 = date(1970, 1, 1)


def opened_ledger(row: Row) -> Row:
    """A ledger with its lines in place of the packed body; others stay numbers in them."""
    held = row.pop("body")
    bodies = [held] if isinstance(held, bytes | memoryview) else []
    lines = unpack_ledgers(bodies, np.zeros(len(bodies), dtype=np.int64))
    return row | {"lines": [_line(*one) for one in lines[_COLUMNS].tolist()]}


_COLUMNS = ["kind", "day", "group", "partner", "times"]


def _line(kind: int, day: int, group: int, partner: int, times: int) -> Row:
    return {
        "what": Exchange(kind).name.lower(),
        # What is carried is so old that neither is kept.
        "day": _DAY_0 + timedelta(days=day) if day != CARRIED else None,
        "group_id": group or None,
        "with_identity_id": partner or None,
        "times": times,
    }


def opened_customer(row: Row) -> Row:
    """A customer with their own phone number readable; what it is matched by stays with us."""
    phone = unseal(str(row.pop("phone_sealed"))).get("phone", "")
    row.pop("phone_mark")
    return row | {"phone": phone}


OPENERS[Ledger] = opened_ledger
OPENERS[Customer] = opened_customer
