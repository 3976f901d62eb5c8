"""Whoever writes rows that the mirror copies tells of it: looked up in the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import weilu

ROOT = Path(weilu.__file__).parent
COPIED = {
    "Member": "members_member",
    "Identity": "members_identity",
    "Tagging": "members_tagging",
    "Fact": "members_fact",
    "Consent": "members_consent",
    "MemberTotals": "insight_membertotals",
    "GroupDay": "insight_groupday",
    "KnownJoin": "groups_knownjoin",
    "JoinLink": "groups_joinlink",
    "Staying": "members_staying",
    "Company": "members_company",
    "CircleMember": "members_circlemember",
    "Goodwill": "members_goodwill",
    "Alias": "members_alias",
    "TierPlace": "members_tierplace",
    "TierWord": "members_tierword",
    "PrizeLook": "members_prizelook",
    "PrizeVerdict": "members_prizeverdict",
    "Customer": "members_customer",
    "Influence": "insight_influence",
    "Participation": "groups_participation",
}
_WRITES = frozenset(
    {
        "update", "delete", "_raw_delete", "create", "bulk_create", "bulk_update",
        "get_or_create", "update_or_create",
    }
)  # fmt: skip
_TABLES = "|".join(COPIED.values())
_SQL = re.compile(rf"(INSERT INTO|UPDATE|DELETE FROM) ({_TABLES})\b")
_NOTES = frozenset({"note_change", "forget_noted"})


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _root(node: ast.expr) -> str:
    """The name a chain of calls and attributes begins with."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_write(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(_SQL.search(node.value))
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in _WRITES and _root(node.func) in COPIED
    tables = [one.value for one in node.args if isinstance(one, ast.Constant)]
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    return called in {"upsert", "put", "add_days"} and bool(set(tables) & set(COPIED.values()))


def test_files_that_write_copied_rows_tell_of_it() -> None:
    writing = {name: tree for name, tree in _sources() if any(map(_is_write, ast.walk(tree)))}
    silent = [
        name
        for name, tree in writing.items()
        if not any(isinstance(n, ast.Name) and n.id in _NOTES for n in ast.walk(tree))
    ]
    assert silent == []
    # They are found at all.
    assert {"members/actions/tags.py", "members/resolve.py", "insight/stages.py"} <= set(writing)
    assert len(writing) > 8
