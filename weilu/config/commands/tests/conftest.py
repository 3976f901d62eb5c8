"""The commands' tests run on an English terminal, whatever the machine's is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from weilu.config import speech


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """LC_ALL=C and no settings of the machine; afterwards nothing is spoken any more."""
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("WEILU_LANGUAGE", raising=False)
    yield
    speech.speak(speech.ENGLISH)
    translation.deactivate()
