"""Who may do what in a room, and whose invitations are followed: pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from weilu.chat.ports.abilities import Ability
from weilu.connectors.matrix.invitations import Membership, inviter_of, is_followed
from weilu.connectors.matrix.power import CREATOR, Power, muted, unmuted

LEVELS: Mapping[str, Any] = {"users": {"@mod:x": 50, "@old:x": "60"}, "users_default": 0}


@pytest.mark.parametrize(
    ("create", "account", "level"),
    [
        ({"room_version": "12"}, "@maker:x", CREATOR),
        ({"room_version": "12", "additional_creators": ["@two:x", 5]}, "@two:x", CREATOR),
        ({"room_version": "11"}, "@maker:x", 0),
        ({"room_version": "org.example"}, "@maker:x", 0),
        ({}, "@mod:x", 50),
        ({}, "@old:x", 60),
        ({}, "@guest:x", 0),
    ],
)
def test_levels(create: Mapping[str, object], account: str, level: int) -> None:
    assert Power(LEVELS, create, "@maker:x").of(account) == level


def test_what_is_needed_without_a_word_of_the_room_is_the_specification() -> None:
    assert Power({}).needed() == {
        Ability.SEND_TEXT: 0, Ability.SEND_PICTURE: 0, Ability.RECALL: 50, Ability.MUTE: 50,
        Ability.REMOVE: 50, Ability.BAN: 50, Ability.ANNOUNCE: 50, Ability.APPROVE: 0,
    }  # fmt: skip
    events = {"m.room.message": 10, "m.room.power_levels": 100, "m.room.redaction": 70}
    strict = Power({"events": events, "events_default": 5, "state_default": 40}).needed()
    assert (strict[Ability.SEND_TEXT], strict[Ability.MUTE]) == (10, 100)
    assert (strict[Ability.RECALL], strict[Ability.ANNOUNCE]) == (70, 40)


@pytest.mark.parametrize("account", ["@mod:x", "@guest:x"])
def test_a_mute_lifted_leaves_the_room_as_it_was(account: str) -> None:
    silent = muted(LEVELS, account)
    assert silent is not None
    assert Power(silent).of(account) == -1
    assert muted(silent, account) is None
    assert unmuted(silent, account) == LEVELS
    assert unmuted(LEVELS, account) is None


def test_two_mutes_are_lifted_apart() -> None:
    one = muted(LEVELS, "@mod:x")
    assert one is not None
    both = muted(one, "@guest:x")
    assert both is not None
    free = unmuted(both, "@mod:x")
    assert free is not None
    assert (Power(free).of("@mod:x"), Power(free).of("@guest:x")) == (50, -1)
    assert unmuted(free, "@guest:x") == LEVELS


@pytest.mark.parametrize(
    ("setting", "is_welcome"),
    [
        ("", False), ("@a:x", True), ("@b:x @a:x", True), ("@a:x.evil", False), ("@A:x", False),
        ("*:x", True), ("*:y", False), ("*", True), ("a", False), (":x", False),
    ],
)  # fmt: skip
def test_whose_invitations_are_followed(setting: str, *, is_welcome: bool) -> None:
    assert is_followed("@a:x", setting) is is_welcome
    assert not is_followed("", setting)


def test_only_the_invitation_itself_tells_who_invited() -> None:
    state = [
        Membership("@owner:x", "join", "@owner:x"),
        Membership("@weilu:x", "leave", "@owner:x"),
        Membership("@other:x", "invite", "@owner:x"),
        Membership("@weilu:x", "invite", "@evil:x"),
    ]
    assert inviter_of(state, "@weilu:x") == "@evil:x"
    assert inviter_of(state[:3], "@weilu:x") == ""
