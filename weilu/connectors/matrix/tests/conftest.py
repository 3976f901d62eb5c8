"""One Synapse for all tests of a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from weilu.connectors.matrix.tests.homeserver import Homeserver, running
from weilu.core import ids


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """A running Synapse."""
    with running(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture(autouse=True)
def _fresh_numbers() -> None:
    """Hold no ids from another test.

    Each test's database begins anew, and with it the ranges of ids: a second process would be
    given those this one still held, and the store takes a number it has for a double.
    """
    ids.forget()
