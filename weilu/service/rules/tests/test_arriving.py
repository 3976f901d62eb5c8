"""How newcomers came, by what is said of a join."""

from __future__ import annotations

import pytest

from weilu.service.rules.arriving import Came, came

LINKS = {"abcdefghjk": "store", "weilu": "poster"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", Came()),
        ("扫描群二维码入群 · abcdefghjk", Came("store")),
        ("通过邀请链接入群 · weilu", Came("poster")),
        ("扫描群二维码入群 · till", Came()),
        ("扫描群二维码入群", Came()),
        ("由群成员邀请入群", Came("invited")),
        ("Old Lin", Came("invited", "Old Lin")),
        ("Lin · the baker", Came("invited", "Lin · the baker")),
    ],
)
def test_what_a_join_tells(said: str, expected: Came) -> None:
    assert came(said, LINKS) == expected
