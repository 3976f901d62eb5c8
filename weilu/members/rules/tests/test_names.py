"""Names fold to what people compare; bases lose what clients add (C-1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.members.rules.names import (
    NameMatch,
    base_nick,
    fold_name,
    is_generic,
    is_throwaway,
    same_name_strength,
)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("🍵茶小滿🍵", "茶小满"),
        ("ＴｅａＨｏｕｓｅ", "teahouse"),
        ("茶\u200d小\ufeff满", "茶小满"),
        ("  愛喝  烏龍 ~", "爱喝 乌龙"),
        ("A0-王掌柜", "a0-王掌柜"),
        ("🍵", "🍵"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_fold_name(name: str, folded: str) -> None:
    assert fold_name(name) == folded


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["irc", "wechat"]))
def test_strength_is_symmetric(left: str, right: str, platform: str) -> None:
    assert same_name_strength(left, right, platform) == same_name_strength(right, left, platform)


@pytest.mark.parametrize(
    ("nick", "base"),
    [
        ("leafy_", "leafy"),
        ("leafy__", "leafy"),
        ("leafy`", "leafy"),
        ("leafy|away", "leafy"),
        ("leafy_|away", "leafy"),
        ("leafy-afk", "leafy"),
        ("leafy`work", "leafy"),
        ("leafyAway", "leafy"),
        ("leafy[m]", "leafy"),
        ("[leafy]", "leafy"),
        ("leafy1", "leafy1"),
        ("home", "home"),
        ("runaway", "runaway"),
    ],
)
def test_base_nick(nick: str, base: str) -> None:
    assert base_nick(nick) == base


@pytest.mark.parametrize(
    ("nick", "throwaway", "generic"),
    [
        ("Guest12345", True, True),
        ("用户8392", True, True),
        ("Guest", False, True),
        ("ubuntu__", False, True),
        ("root1", False, True),
        ("微信用户", False, True),
        ("mike87", False, True),
        ("jack77213", False, False),
        ("🍵", False, True),
        ("茶小满", False, False),
        ("guestbook_fan", False, False),
    ],
)
def test_names_that_say_nothing(nick: str, *, throwaway: bool, generic: bool) -> None:
    assert (is_throwaway(nick), is_generic(nick)) == (throwaway, generic)


@pytest.mark.parametrize(
    ("left", "right", "platform", "match"),
    [
        ("NightTrain", "nighttrain", "irc", NameMatch(0.95, "same_nick")),
        ("teaguard", "teaguard__", "irc", NameMatch(0.82, "nick_tail")),
        ("bob7", "bob7_", "irc", NameMatch(0.0, "generic")),
        ("oolo", "oolo_", "irc", NameMatch(0.55, "nick_tail_short")),
        ("gabriel", "gabriel_", "irc", NameMatch(0.55, "nick_tail_short")),
        ("teaguard", "teaguard|away", "irc", NameMatch(0.68, "same_base")),
        ("teaguard", "teaguard2", "irc", NameMatch(0.42, "same_stem")),
        ("愛喝水仙", "爱喝水仙🍵", "wechat", NameMatch(0.7, "same_name")),
        ("阿毛", "阿毛", "wechat", NameMatch(0.45, "same_name_short")),
        ("Guest1234", "Guest1234", "irc", NameMatch(0.0, "generic")),
        ("teaguard", "leafy", "irc", NameMatch(0.0, "different")),
    ],
)
def test_same_name_strength(left: str, right: str, platform: str, match: NameMatch) -> None:
    assert same_name_strength(left, right, platform) == match
