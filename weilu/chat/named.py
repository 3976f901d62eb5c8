"""Messages by the id their platform gave them, which is unique in an hour of a group."""

from __future__ import annotations

from django.db.models import QuerySet

from weilu.chat.changes import CHANGES, changes_of, target_of
from weilu.chat.columns import HOUR_MS
from weilu.chat.models import Message
from weilu.chat.ports import Inbound

# What is changed or answered is looked for so far before the change or the answer.
HOURS_BACK = 48


def named(
    group_id: int, external_id: str, near_ms: int, hours_back: int = HOURS_BACK
) -> QuerySet[Message]:
    """The messages of a group with a platform's id, said in some hours before a moment.

    The hour after it counts as well: clocks differ. Each hour is asked for by itself, so that the
    index leads to the one row; a range of hours would be every group's talk of that time.
    """
    return _near(group_id, near_ms, hours_back).filter(external_id=external_id)


def moment_of(group_id: int, item: Inbound) -> int | None:
    """When a record that is there already is stored as of, near its moment; None for a new one.

    Of an edit, a recall or a reaction the first like it counts, whosever it is.
    """
    is_change = item.kind in CHANGES
    target = target_of(item) if is_change else item.external_id
    if not target:
        return None
    named_so = changes_of(target) | {"text": item.text} if is_change else {"external_id": target}
    near = _near(group_id, item.sent_ms, HOURS_BACK)
    found = near.filter(kind=int(item.kind), **named_so)
    return found.order_by("id").values_list("sent_ms", flat=True).first()


def _near(group_id: int, near_ms: int, hours_back: int) -> QuerySet[Message]:
    last = near_ms // HOUR_MS + 1
    hours = list(range(last - 1 - hours_back, last + 1))
    marks = ", ".join(["%s"] * len(hours))
    one_of = f"(sent_ms / {HOUR_MS}) IN ({marks})"
    near = Message.objects.extra(where=[one_of], params=hours)  # noqa: S610 - numbers as values
    return near.filter(group_id=group_id)
