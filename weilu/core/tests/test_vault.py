"""Secrets at rest: unreadable without the key, readable while keys change."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from weilu.core import vault
from weilu.core.errors import GivenUp


@pytest.fixture(autouse=True)
def keys(settings: LazySettings, tmp_path: Path) -> Path:
    """A key file of the test's own."""
    settings.VAULT_FILE = tmp_path / "vault.keys"
    return tmp_path / "vault.keys"


def test_what_is_sealed_can_only_be_read_with_the_key(keys: Path) -> None:
    sealed = vault.seal({"token": "very-secret"})
    assert "very-secret" not in sealed
    assert vault.unseal(sealed) == {"token": "very-secret"}
    assert keys.stat().st_mode & 0o777 == 0o600
    assert list(keys.parent.iterdir()) == [keys]
    keys.unlink()
    with pytest.raises(GivenUp, match="vault_key_missing"):
        vault.unseal(sealed)


def test_a_new_key_takes_over_without_a_moment_in_which_nothing_opens() -> None:
    sealed = vault.seal({"token": "very-secret"})
    vault.add_key()
    assert vault.unseal(sealed) == {"token": "very-secret"}
    (renewed,) = vault.renew_each([sealed])
    assert vault.renew_each([renewed or "", "of another house"]) == [renewed, None]
    vault.drop_old_keys()
    assert vault.unseal(renewed or "") == {"token": "very-secret"}
    with pytest.raises(GivenUp):
        vault.unseal(sealed)


def test_nothing_to_hide_is_nothing() -> None:
    assert (vault.seal({}), vault.unseal("")) == ("", {})
