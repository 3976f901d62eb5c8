"""Jobs of members: erasing a person, bringing in customers and taking them back, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from weilu.core.clock import now
from weilu.core.jobs import job, renew
from weilu.core.models import Job
from weilu.members.actions.customer_runs import BACK, bring_next, take_back_next
from weilu.members.actions.customer_runs import JOB as BRING_IN
from weilu.members.actions.erasing import JOB, remove_rows, remove_words, start, tidy_files
from weilu.members.models import Erasure
from weilu.members.traces import COUNTING, HINDRANCES, LISTENING, SEEN, Asks, Person

_LOOK_AGAIN = timedelta(seconds=2)
# Until then whoever listens to live groups has forgotten whom it knew.
FORGOTTEN_AFTER = timedelta(seconds=30)


@job(JOB)
def erase_member_job(one: Job) -> datetime | None:
    """Erase a person: their words, then what counted them, then their rows and they themselves.

    Each step is a transaction that may be killed; the next run goes on where it was.
    """
    found = start(int(one.key))
    if found is None:
        return None
    erasure, person = found
    begun = erasure.state != Erasure.State.WAITING
    if _any(COUNTING, person) if begun else _any(HINDRANCES, person):
        return now() + _LOOK_AGAIN
    if not begun or _any(SEEN, person):
        wait = FORGOTTEN_AFTER if _any(LISTENING, person) else timedelta(seconds=1)
        remove_words(erasure, person)
        return now() + wait
    remove_rows(erasure, person)
    tidy_files()
    return None


@job(BRING_IN)
def bring_in_customers_job(one: Job) -> datetime | None:
    """Bring in a list of customers part by part; killed, the next run goes on where it was."""
    while bring_next(int(one.key)):
        renew(one)
    return None


@job(BACK)
def take_customers_back_job(one: Job) -> datetime | None:
    """Take a list of customers back step by step; killed, the next run goes on where it was."""
    while take_back_next(int(one.key)):
        renew(one)
    return None


def _any(questions: Sequence[Asks], person: Person) -> bool:
    return any(ask(person) for ask in questions)
