"""One Synapse for all tests of a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from weilu.connectors.matrix.tests.homeserver import Homeserver, running


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """A running Synapse."""
    with running(tmp_path_factory.mktemp("synapse")) as server:
        yield server
