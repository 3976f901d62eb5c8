"""What can be an answer to a setting, and what cannot."""

from __future__ import annotations

import pytest

from weilu.chat.ports.connectors import CONNECTORS
from weilu.connectors.fitting import is_web


@pytest.mark.parametrize(
    ("written", "is_fit"),
    [
        ("https://x.cn", True),
        ("http://[::1]:3000/satori", True),
        ("x.cn", False),
        ("ftp://x.cn", False),
        ("https://", False),
        ("http://x:99999", False),
        ("http://[x", False),
    ],
)
def test_addresses(written: str, *, is_fit: bool) -> None:
    assert is_web(written) == is_fit


@pytest.mark.parametrize(
    ("connector", "setting", "right", "wrong"),
    [
        ("onebot", "account", "10001", "me"),
        ("onebot", "token", "x" * 16, "short"),
        ("telegram", "token", "42:" + "A" * 35, "nonsense"),
    ],
)
def test_answers(connector: str, setting: str, right: str, wrong: str) -> None:
    fits = {one.name: one.fits for one in CONNECTORS.connectors[connector].settings}[setting]
    assert fits is not None
    assert fits(right)
    assert not fits(wrong)
