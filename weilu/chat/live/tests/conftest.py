"""The recording platform, registered for one test."""

from __future__ import annotations

import pytest

from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.tests.platform import RecordingPlatform


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> RecordingPlatform:
    """A platform that records."""
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    return one
