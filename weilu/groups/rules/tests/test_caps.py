"""Which cap is in force."""

from __future__ import annotations

from datetime import date

from weilu.groups.rules.caps import Cap, cap_of

DAY = date(2026, 5, 4)


def test_the_newest_known_one_holds_and_an_own_one_before_it() -> None:
    found = cap_of("wecom", (), DAY)
    assert found is not None
    assert found.people == 500
    old = cap_of("wecom", (), date(2022, 1, 1))
    assert old is not None
    assert old.people == 200
    own = Cap("wecom", 300, date(2020, 1, 1), is_own=True)
    assert cap_of("wecom", [own], DAY) == own
    assert cap_of("wechat", [own], DAY) != own
    coming = Cap("wecom", 900, date(2027, 1, 1), is_own=True)
    assert cap_of("wecom", [own, coming], DAY) == own


def test_nothing_is_made_up() -> None:
    assert cap_of("irc", (), DAY) is None
