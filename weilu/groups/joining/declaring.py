"""Joins known, not guessed: the platform or the newcomers themselves say by which link (B-2).

A known join is written once for a person in a group, whoever says it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.lookup import Lookup
from weilu.groups.joining.conditions import JOINS
from weilu.groups.models import JoinAsk, JoinLink, JoinTarget, KnownJoin, Participation, Scan
from weilu.groups.rules.choosing import WITHIN_MS
from weilu.groups.rules.declaring import answer_in, bare_letters, letters_in, named_link
from weilu.members.models import Identity

HOLD = timedelta(days=7)
MOST_LINKS = 500
H = KnownJoin.How

# Whether anybody who asked to be let into some groups named a link.
_ASKED = Lookup(
    lambda groups: JoinAsk.objects.filter(group_id__in=groups, link__isnull=False).values_list(
        "pk"
    )[:1]
)


class Said(NamedTuple):
    """What somebody wrote in a group, or what a platform says of their coming in."""

    group_id: int
    identity_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Listening:
    """What newcomers of a workspace may say just now.

    `names`: links by id for each group they lead into; `waiting`: groups in which somebody was
    given letters and has not said them; `asked`: whether requests to join named a link.
    """

    names: Mapping[int, Mapping[int, str]]
    waiting: frozenset[int]


def listening(workspace_id: int) -> Listening:
    """What to listen for in a workspace's groups: two statements."""
    names: dict[int, dict[int, str]] = {}
    targets = JoinTarget.objects.filter(link__workspace_id=workspace_id, link__is_on=True)
    rows = targets.order_by("link_id").values_list("group_id", "link_id", "link__name")
    for group_id, link_id, name in rows[: MOST_LINKS * 50]:
        names.setdefault(group_id, {})[link_id] = name
    open_links = set(
        Scan.objects.filter(_open(now()), link__workspace_id=workspace_id)
        .values_list("link_id", flat=True)
        .distinct()
    )
    waiting = frozenset(group for group, links in names.items() if open_links & links.keys())
    return Listening(names, waiting)


def declare(said: Iterable[Said]) -> int:
    """Note by which visit people came who say the letters of one; how many visits that were.

    Letters hold for a week and in the groups their link leads to; each visit is declared once.
    """
    count = 0
    for one in said:
        letters = letters_in(one.text)
        if letters:
            count += _take(one, _scan_of([letters], one.group_id), H.SAID)
    return count


def hear_newcomers(said: Sequence[Said], heard: Listening) -> int:
    """Note by which link newcomers came whose first words say it, with # or without.

    Returns how many. Who has been in the group for longer than letters hold is not a newcomer.
    """
    new = _newcomers(said)
    count = 0
    for one in said:
        if (one.group_id, one.identity_id) not in new:
            continue
        letters = bare_letters(one.text) if one.group_id in heard.waiting else []
        scan = _scan_of(letters, one.group_id)
        if scan is not None:
            count += _take(one, scan, H.SAID)
        elif link_id := named_link(one.text, heard.names.get(one.group_id, {}), of_the_way=True):
            count += _know(one, link_id, H.SAID)
    return count


def hear_asks(asks: Sequence[JoinAsk]) -> None:
    """Set `link` and `scan` of requests to join, not yet stored, that say by which link.

    Nothing is counted before they are let in.
    """
    worded = {one.group_id for one in asks if one.words}
    # Even to find out that nobody is asked about takes time, and this is asked with every batch.
    names = _names_of(worded) if worded else {}
    for one in asks:
        if not one.words:
            continue
        words = answer_in(one.words)
        one.scan = _scan_of(bare_letters(words), one.group_id)
        if one.scan is not None:
            one.link_id = one.scan.link_id
        else:
            one.link_id = named_link(words, names.get(one.group_id, {}))


def note_arrivals(joins: Sequence[Said], workspace_id: int) -> int:
    """Note by which links people came in, as the platform says, else as they asked to be let in.

    `joins` carry what the platform says of each. Returns how many came by a known link.
    """
    signalled = _signals(joins, workspace_id)
    asked = _asks_of([one for at, one in enumerate(joins) if at not in signalled])
    count = 0
    for at, one in enumerate(joins):
        ask = asked.get((one.group_id, one.identity_id))
        if at in signalled:
            count += _know(one, signalled[at], H.SIGNAL)
        elif ask is not None and ask.scan_id is not None:
            count += _take(one, ask.scan, H.ASKED)
        elif ask is not None and ask.link_id is not None:
            count += _know(one, ask.link_id, H.ASKED)
    return count


def _names_of(group_ids: set[int]) -> dict[int, dict[int, str]]:
    """Names of open links that lead into groups, by group."""
    found: dict[int, dict[int, str]] = {}
    targets = JoinTarget.objects.filter(group_id__in=group_ids, link__is_on=True)
    for group_id, link_id, name in targets.values_list("group_id", "link_id", "link__name"):
        found.setdefault(group_id, {})[link_id] = name
    return found


def _open(moment: datetime) -> Q:
    return Q(declared_at=None, at__gte=moment - HOLD) & ~Q(says="")


def _scan_of(letters: Sequence[str], group_id: int) -> Scan | None:
    """The newest visit whose letters these are and whose link leads into the group."""
    if not letters:
        return None
    links = JoinTarget.objects.filter(group_id=group_id).values("link_id")
    visits = Scan.objects.filter(_open(now()), says__in=letters, link__in=links)
    return visits.order_by("-pk").first()


def _take(one: Said, scan: Scan | None, how: KnownJoin.How) -> int:
    """Mark a visit's letters as said and know the join; 1 when nobody had said them before."""
    if scan is None:
        return 0
    moment = now()
    mine = Scan.objects.filter(pk=scan.pk, declared_at=None)
    if not mine.update(declared_by=one.identity_id, declared_at=moment):
        return 0
    _keep(one, scan.link_id, how, moment)
    return 1


def _know(one: Said, link_id: int, how: KnownJoin.How) -> int:
    """Keep by which link somebody came in, unless that is known; 1 when it is new.

    The visit they seem to have made is taken, so that it does not stand for another's join too.
    """
    moment = now()
    if not _keep(one, link_id, how, moment):
        return 0
    visits = Scan.objects.filter(
        link_id=link_id,
        target__group_id=one.group_id,
        at__gte=moment - timedelta(milliseconds=WITHIN_MS),
        is_bot=False,
        is_repeat=False,
        declared_at=None,
        declared_by=None,
    )
    newest = visits.order_by("-pk").values_list("pk", flat=True).first()
    # Only a guess: the letters of that visit can still be said.
    if newest is not None:
        Scan.objects.filter(pk=newest, declared_at=None).update(declared_by=one.identity_id)
    return 1


def _keep(one: Said, link_id: int, how: KnownJoin.How, moment: datetime) -> bool:
    with transaction.atomic():
        row, is_new = KnownJoin.objects.get_or_create(
            group_id=one.group_id,
            identity_id=one.identity_id,
            defaults={"link_id": link_id, "how": how, "at": moment},
        )
        if is_new:
            note_change(row.link.workspace_id, JOINS.name, ids=[one.identity_id])
    return is_new


def _newcomers(said: Sequence[Said]) -> set[tuple[int, int]]:
    """Those of (group, identity) who are new in their group and of whom it is not known yet."""
    pairs = {(one.group_id, one.identity_id) for one in said}
    groups, people = {g for g, _i in pairs}, {i for _g, i in pairs}
    here = {"group_id__in": groups, "identity_id__in": people}
    since_ms = int((now() - HOLD).timestamp() * 1000)
    # Who is not counted yet came a moment ago.
    old = Participation.objects.filter(**here, first_seen_ms__lt=since_ms).exclude(
        last_joined_ms__gte=since_ms
    )
    known = KnownJoin.objects.filter(**here)
    return (
        pairs
        - {*old.values_list("group_id", "identity_id")}
        - {*known.values_list("group_id", "identity_id")}
    )


def _signals(joins: Sequence[Said], workspace_id: int) -> dict[int, int]:
    """Links whose code the platform tells of a join, by its place among the joins."""
    words = {at: one.text.split() for at, one in enumerate(joins) if one.text}
    asked = {word for many in words.values() for word in many if len(word) <= 16}
    if not asked:
        return {}
    mine = JoinLink.objects.filter(workspace_id=workspace_id, code__in=asked)
    links = dict(mine.values_list("code", "pk"))
    return {at: links[word] for at, many in words.items() for word in many if word in links}


def _asks_of(joins: Sequence[Said]) -> dict[tuple[int, int], JoinAsk]:
    """The newest request to join that named a link, by (group, identity) of who came in."""
    groups = sorted({one.group_id for one in joins})
    if not _ASKED(groups):
        return {}
    asks = JoinAsk.objects.filter(group_id__in=groups, link__isnull=False)
    people = Identity.objects.filter(pk__in={one.identity_id for one in joins})
    accounts = dict(people.values_list("pk", "account"))
    rows = asks.filter(account__in=set(accounts.values())).select_related("scan").order_by("pk")
    newest = {(one.group_id, one.account): one for one in rows}
    keys = {(one.group_id, one.identity_id): accounts.get(one.identity_id) for one in joins}
    return {
        key: newest[key[0], account]
        for key, account in keys.items()
        if account is not None and (key[0], account) in newest
    }
