"""Changing the numbers of the goodwill model and its ladder (C-4)."""

from __future__ import annotations

from django.db import transaction

from weilu.core.access import Actor, Right
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Invalid
from weilu.core.log import announce
from weilu.events.members import GoodwillModelChanged
from weilu.members.mirror.known import GOODWILL
from weilu.members.models import GoodwillModel
from weilu.members.rules.goodwill_json import Numbers, plain, problem


def check_numbers(numbers: Numbers) -> None:
    """Raises Invalid with the field that cannot be used, if there is one."""
    wrong = problem(numbers)
    if wrong is not None:
        raise Invalid(wrong[0], field=wrong[1])


def save_numbers(actor: Actor, numbers: Numbers) -> None:
    """Keep the workspace's own numbers; every score is worked out anew by a job.

    Raises Invalid with the field that cannot be used. Announces GoodwillModelChanged.
    """
    actor.require(Right.EDIT_MEMBERS)
    check_numbers(numbers)
    with transaction.atomic():
        GoodwillModel.objects.update_or_create(
            workspace_id=actor.workspace_id,
            defaults={"body": plain(numbers), "by_id": actor.user_id, "at": now()},
        )
        # The same score is worth something else from now on, and scores follow.
        note_change(actor.workspace_id, GOODWILL.name)
        announce(GoodwillModelChanged(actor.workspace_id))
