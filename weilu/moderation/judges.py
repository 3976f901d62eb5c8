"""The judge of a workspace: the words that come with Weilu, its own, and what it decided (B-5).

A changed list or a decision asks for another judge, which takes half a second to make. Whoever has
the time waits for it (`judge_of`); messages that come are judged by the one in office, until the
next is ready (`judge_in_office`).
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache

from django.db import connections
from django.db.models import Count, Max, QuerySet

from weilu.chat.models import Message
from weilu.core.lookup import Lookup
from weilu.core.worker import chore
from weilu.groups.models import Connection
from weilu.moderation.models import Doubt, WordList
from weilu.moderation.rules.addresses import ADDRESS_KINDS, ALLOWED, DENIED, Addresses
from weilu.moderation.rules.learning import MOST_DECISIONS, Decision, Learned, fit, shipped
from weilu.moderation.rules.scoring import TEXT_CUT, Judge
from weilu.moderation.rules.starter import starter_words
from weilu.moderation.rules.words import Matcher, Word

log = logging.getLogger(__name__)

# Judges kept in memory: a matcher of a hundred thousand words takes some 30 MB.
_KEPT = 4
_AT_ONCE = 500
# How often the path of messages looks for changes: it counts what was decided.
LOOK_S = 0.2

# What a matcher rests on, or what was learned: rows by their number and newest change.
_Version = tuple[object, ...]


_LISTS = Lookup(
    lambda workspace_id: (
        WordList.objects.filter(workspace_id=workspace_id, is_on=True)
        .values("workspace_id")
        .annotate(n=Count("pk"), newest=Max("changed_at"))
        .values_list("n", "newest")
    )
)
_DECIDED = Lookup(
    lambda workspace_id: (
        Doubt.objects.filter(workspace_id=workspace_id)
        .exclude(state=Doubt.State.OPEN)
        .values("workspace_id")
        .annotate(n=Count("pk"), newest=Max("at"))
        .values_list("n", "newest")
    )
)


def judge_of(workspace_id: int) -> Judge:
    """The judge of a workspace as it is now; made anew when a list or a decision changed."""
    return _judge(workspace_id, *_versions(workspace_id))


@dataclass(slots=True)
class _Office:
    """Who judges in a workspace, by which lists and decisions; and who is made to follow."""

    judge: Judge
    versions: tuple[_Version, _Version]
    follower: Future[Judge] | None = None
    looked_at: float = 0.0


_OFFICES: OrderedDict[int, _Office] = OrderedDict()
# The automaton is built without Python's lock; only reading the words takes turns with the path.
_MAKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judges")


def judge_in_office(workspace_id: int) -> Judge:
    """The judge at hand: as `judge_of`, or the one before for as long as the next is being made.

    For one thread at a time. Only the first judge of a workspace is waited for; one that cannot be
    made leaves the one before in office until something changes again.
    """
    office = _OFFICES.get(workspace_id)
    if office is None:
        versions = _versions(workspace_id)
        office = _OFFICES[workspace_id] = _Office(judge_of(workspace_id), versions)
        if len(_OFFICES) > _KEPT:
            _OFFICES.popitem(last=False)
    _OFFICES.move_to_end(workspace_id)
    _succeed(office)
    moment = time.monotonic()
    if office.follower is None and moment - office.looked_at >= LOOK_S:
        office.looked_at = moment
        _call_follower(office, workspace_id)
    return office.judge


def _call_follower(office: _Office, workspace_id: int) -> None:
    """Have a follower made if a list or a decision has changed."""
    versions = _versions(workspace_id)
    if office.versions != versions:
        office.versions = versions
        office.follower = _MAKER.submit(_make, workspace_id)


def _succeed(office: _Office) -> None:
    """Let the follower take over, if it is ready."""
    if office.follower is None or not office.follower.done():
        return
    error = office.follower.exception()
    if error is None:
        office.judge = office.follower.result()
    else:
        log.error("no judge could be made; the one before goes on", exc_info=error)
    office.follower = None


def _make(workspace_id: int) -> Judge:
    """`judge_of` in a thread that gives its database connection back."""
    try:
        return judge_of(workspace_id)
    finally:
        connections.close_all()


def dismiss() -> None:
    """Let nobody be in office, after whoever is being made is ready (for tests)."""
    waiting = [one.follower for one in _OFFICES.values() if one.follower is not None]
    wait(waiting)
    _OFFICES.clear()


def prepare_judges(connectors: Iterable[str]) -> None:
    """Make the judges of workspaces that listen by these, so that no first message waits."""
    _fill_offices(Connection.objects.filter(is_on=True, connector__in=list(connectors)))


def workspaces_judged() -> list[int]:
    """The workspaces that have somebody in office."""
    return list(_OFFICES)


@chore
def have_judges() -> int:
    """Make the worker's judges of workspaces that listen; none of it is work left over, so 0.

    Names and pictures are judged in the transaction that delivers them: to make a judge there
    would keep whoever stores messages waiting for half a second on SQLite.
    """
    _fill_offices(Connection.objects.filter(is_on=True))
    return 0


def _fill_offices(listening: QuerySet[Connection]) -> None:
    """Make judges for who has none, while there is room: none is sent away for another."""
    ids = listening.order_by("workspace_id").values_list("workspace_id", flat=True)
    for workspace_id in ids.distinct()[:_KEPT]:
        if workspace_id not in _OFFICES and len(_OFFICES) < _KEPT:
            judge_in_office(workspace_id)


def _versions(workspace_id: int) -> tuple[_Version, _Version]:
    return (*_LISTS(workspace_id),), (*_DECIDED(workspace_id),)


@lru_cache(maxsize=_KEPT)
def _judge(workspace_id: int, lists: _Version, _decided: _Version) -> Judge:
    # A decision does not change the lists: their matcher takes half a second to make.
    matcher, addresses = _matcher(workspace_id, lists)
    return Judge(matcher, learned_by(workspace_id), addresses=addresses)


@lru_cache(maxsize=_KEPT)
def _matcher(workspace_id: int, _lists: _Version) -> tuple[Matcher, Addresses]:
    return Matcher(words_of(workspace_id)), addresses_of(workspace_id)


def words_of(workspace_id: int) -> list[Word]:
    """The words looked for: a workspace's own weigh before those that come with Weilu."""
    own: dict[str, Word] = {}
    lists = WordList.objects.filter(workspace_id=workspace_id, is_on=True)
    for one in lists.exclude(kind__in=ADDRESS_KINDS).order_by("pk"):
        for text in one.words.split("\n"):
            own.setdefault(text, Word(text, one.kind, one.weight))
    return [*own.values(), *(word for word in starter_words() if word.text not in own)]


def addresses_of(workspace_id: int) -> Addresses:
    """The addresses a workspace calls fine, and those it never does."""
    lists = WordList.objects.filter(workspace_id=workspace_id, is_on=True)
    said: dict[str, list[str]] = {kind: [] for kind in ADDRESS_KINDS}
    for kind, words in lists.filter(kind__in=ADDRESS_KINDS).values_list("kind", "words"):
        said[kind] += words.split("\n")
    return Addresses.of(said[ALLOWED], said[DENIED])


def learned_by(workspace_id: int) -> Learned:
    """What the workspace's decisions about advertising teach, on top of what comes with Weilu."""
    return fit(decisions_of(workspace_id), shipped("ads"))


def decisions_of(workspace_id: int) -> list[Decision]:
    """The newest decisions about advertising, oldest first; those without their message left out.

    A decision to leave a message alone teaches whatever it was suspected of.
    """
    rows = list(
        Doubt.objects.filter(workspace_id=workspace_id)
        .exclude(state=Doubt.State.OPEN)
        .exclude(kind=Doubt.Kind.ABUSE, state=Doubt.State.JUNK)
        # Noise and pictures say nothing about words.
        .exclude(kind__in=[Doubt.Kind.FLOOD, Doubt.Kind.CALL_ALL, Doubt.Kind.QR])
        .order_by("-at", "-pk")
        .values_list("pk", "state", "plain")[:MOST_DECISIONS]
    )
    texts = texts_of([pk for pk, _, _ in rows])
    return [
        Decision(texts[pk], state == Doubt.State.JUNK, plain - TEXT_CUT)
        for pk, state, plain in reversed(rows)
        if texts.get(pk)
    ]


def texts_of(message_ids: list[int]) -> dict[int, str]:
    """The texts of messages by their id; unknown ones are missing."""
    found: dict[int, str] = {}
    for at in range(0, len(message_ids), _AT_ONCE):
        some = Message.objects.filter(pk__in=message_ids[at : at + _AT_ONCE])
        found.update(some.values_list("pk", "text"))
    return found
