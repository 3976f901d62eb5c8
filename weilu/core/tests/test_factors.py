"""Second factors lie sealed, work as before, and follow a new key."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.apps import apps
from django.conf import LazySettings
from django.db import connection

from weilu.core import vault
from weilu.core.factors import renew_factors
from weilu.core.sealed import Renewed, renew_all
from weilu.core.tests.cast import Person

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def keys(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.VAULT_FILE = tmp_path / "vault.keys"
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([1000]))
    return tmp_path / "vault.keys"


def stored() -> str:
    """What somebody reads who has the database."""
    return json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True)))


def opens(one: Person) -> bool:
    factor = auth.TOTP(Authenticator.objects.get(user=one.user, type="totp"))
    secret = auth.decrypt(factor.instance.data["secret"])
    right = auth.format_hotp_value(auth.hotp_value(SECRET, 1000))
    return bool(auth.validate_totp_code(secret, right))


def test_what_an_app_and_recovery_codes_grow_from_lies_sealed(owner: Person) -> None:
    auth.TOTP.activate(owner.user, SECRET)
    codes = RecoveryCodes.activate(owner.user).generate_codes()
    assert SECRET not in stored()
    assert stored().count("sealed:") == 2
    assert opens(owner)
    again = RecoveryCodes.activate(owner.user)
    assert again.generate_codes() == codes
    assert again.validate_code(codes[3])
    assert not again.validate_code(codes[3])


def test_what_was_stored_as_it_is_works_and_is_sealed_by_the_migration(
    owner: Person, manager: Person
) -> None:
    codes = {"migrated_codes": ["abc", "def"], "used_mask": 1}
    plain = [
        Authenticator(user=owner.user, type="totp", data={"secret": SECRET}),
        Authenticator(user=manager.user, type="recovery_codes", data=codes),
    ]
    Authenticator.objects.bulk_create(plain)
    assert opens(owner)
    module = importlib.import_module("weilu.core.migrations.0005_seal_second_factors")
    for _twice in range(2):
        module.seal_factors(apps, connection.schema_editor())
    assert not any(one in stored() for one in (SECRET, '"abc"', '"def"'))
    assert opens(owner)
    found = RecoveryCodes.activate(manager.user)
    assert (found.generate_codes(), found.instance.data["used_mask"]) == (["abc", "def"], 1)


def test_a_new_key_takes_second_factors_along(owner: Person) -> None:
    auth.TOTP.activate(owner.user, SECRET)
    before = stored()
    vault.add_key()
    assert renew_all() == Renewed(1, 0)
    vault.drop_old_keys()
    assert stored() != before
    assert opens(owner)
    once = stored()
    assert (list(renew_factors()), stored()) == ([Renewed(1, 0)], once)


def test_without_its_key_no_code_is_right(
    owner: Person, keys: Path, caplog: pytest.LogCaptureFixture
) -> None:
    auth.TOTP.activate(owner.user, SECRET)
    codes = RecoveryCodes.activate(owner.user).generate_codes()
    keys.unlink()
    assert not opens(owner)
    lost = RecoveryCodes.activate(owner.user).generate_codes()
    assert not set(lost) & set(codes)
    assert lost != RecoveryCodes.activate(owner.user).generate_codes()
    assert "vault_key_missing" in caplog.text
    # Nothing is thrown away: with the old file back they would open again.
    before = stored()
    assert list(renew_factors()) == [Renewed(0, 1), Renewed(0, 1)]
    assert stored() == before
