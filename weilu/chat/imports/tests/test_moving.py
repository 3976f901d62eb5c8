"""A Telegram group that became a supergroup goes on as the same group, whichever export comes."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest

from weilu.chat.imports.actions import create_import, start_import
from weilu.chat.imports.look import look
from weilu.chat.models import Import, Message
from weilu.chat.ports import Kind
from weilu.chat.tests.story import community_of
from weilu.communities.models import Community
from weilu.core.access import system
from weilu.core.worker import drain
from weilu.groups.models import Group

pytestmark = pytest.mark.django_db

START, MOVE = 1_700_000_000, 1_700_360_000
SHIFT = -1_000_000_000
OLD, NEW = 4_321, 1_987_654_321

Rows = list[dict[str, object]]


def said(number: int, at: int, text: str) -> dict[str, object]:
    return {
        "id": number, "type": "message", "date_unixtime": str(at), "from": "Ann",
        "from_id": "user1", "text": text,
    }  # fmt: skip


def moves(number: int, action: str, at: int = MOVE) -> dict[str, object]:
    return {
        "id": number, "type": "service", "date_unixtime": str(at), "actor": "Tea",
        "actor_id": "user1", "action": action, "text": "",
    }  # fmt: skip


EARLY: Rows = [said(n, START + n * 60, f"before {n}") for n in range(1, 6)]
LATE: Rows = [said(n, MOVE + n * 60, f"after {n}") for n in range(2, 6)]
GONE = moves(9, "migrate_to_supergroup")
CAME = moves(1, "migrate_from_group", MOVE + 1)


def shifted(rows: Rows) -> Rows:
    return [{**row, "id": int(str(row["id"])) + SHIFT} for row in rows]


# What may be exported: before the move, after it from the old group, and from the new one with
# its past and without.
EXPORTS: dict[str, tuple[int, Rows]] = {
    "before": (OLD, EARLY),
    "old": (OLD, [*EARLY, GONE]),
    "whole": (NEW, [*shifted([*EARLY, GONE]), CAME, *LATE]),
    "new": (NEW, [CAME, *LATE]),
}


def export(folder: Path, name: str, title: str) -> Path:
    key, rows = EXPORTS[name]
    kind = "private_group" if key == OLD else "private_supergroup"
    whole = {"name": title, "type": kind, "id": key, "messages": rows}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(whole))
    return path


def bring(community: Community, *paths: Path) -> None:
    actor = system(community.workspace_id)
    run = create_import(actor, paths=list(paths))
    look(run, lambda _done: True)
    Import.objects.filter(pk=run.pk).update(state=Import.State.READY)
    start_import(actor, run=run, community=community)
    drain()


def stored() -> list[str]:
    rows = Message.objects.filter(kind=Kind.MESSAGE).order_by("sent_ms")
    return list(rows.values_list("text", flat=True))


EVERYTHING = [str(row["text"]) for row in [*EARLY, *LATE]]


@pytest.mark.parametrize(
    "order", [*list(permutations(["old", "whole", "new"])), ("before", "whole", "old")]
)
@pytest.mark.parametrize("title", ["Tea", "Tea and cake"])
def test_all_exports_are_of_one_group(tmp_path: Path, order: tuple[str, ...], title: str) -> None:
    community = community_of()
    for name in order:
        bring(community, export(tmp_path, name, "Tea" if name == "old" else title))
    assert Group.objects.count() == 1
    assert stored() == EVERYTHING
    # Its own id, or the old one where only the past is known so far.
    assert Group.objects.get().external_key == str(NEW)


def test_two_exports_dropped_together_are_of_one_group(tmp_path: Path) -> None:
    bring(community_of(), *(export(tmp_path, name, name) for name in ("old", "whole")))
    assert Group.objects.count() == 1
    assert stored() == EVERYTHING


def test_another_group_of_the_name_stays_another(tmp_path: Path) -> None:
    community = community_of()
    bring(community, export(tmp_path, "before", "Tea"))
    rows = [said(n, START + n * 61, f"elsewhere {n}") for n in range(1, 6)]
    other = {"name": "Tea", "type": "private_supergroup", "id": 77, "messages": rows}
    path = tmp_path / "other.json"
    path.write_text(json.dumps(other))
    for _ in range(2):
        bring(community, path)
        assert sorted(Group.objects.values_list("name", "external_key")) == [
            ("Tea", str(OLD)),
            ("Tea (2)", "77"),
        ]
    assert len(stored()) == 10
