"""A new key for all that is sealed: whatever table it lies in, it can be read afterwards."""

from __future__ import annotations

import fcntl
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings

from weilu.config.commands import rotate
from weilu.config.commands.tests.test_scripts import run
from weilu.core import sealed, vault
from weilu.core.clock import now
from weilu.core.errors import GivenUp
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection
from weilu.members.actions.customer_runs import begin_import, bring_next
from weilu.members.actions.customers import bring_in, keep_list, kept_list, show_phones
from weilu.members.models import Customer, CustomerList
from weilu.members.rules.customers import Row

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def keys(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key file of the test's own; nobody else writes meanwhile, so nobody waits."""
    settings.VAULT_FILE = tmp_path / "vault.keys"
    monkeypatch.setattr(rotate, "SETTLED_AFTER_S", 0.0)
    return tmp_path / "vault.keys"


def phone(at: int) -> str:
    return f"139{at:08d}"


def test_numbers_lists_and_tokens_open_with_the_new_key(owner: Person, keys: Path) -> None:
    rows = [Row(at, f"guest {at}", phone(at), (), ()) for at in range(1, 8)]
    bring_in(owner.actor, rows, wording="", today=TODAY)
    looked_at = keep_list(owner.actor, file_name="a.csv", data=b"name\nguest")
    waiting = keep_list(owner.actor, file_name="b.csv", data=b"name\nlater")
    late = [Row(1, "late guest", phone(99), (), ())]
    begin_import(owner.actor, list_id=waiting.pk, rows=late, wording="", today=TODAY)
    token = Connection.objects.create(
        workspace_id=owner.actor.workspace_id,
        connector="matrix",
        name="m",
        hook="hook",
        since=now(),
        created_at=now(),
        sealed=vault.seal({"token": "very-secret"}),
    )
    before = keys.read_text("ascii")
    done = run("rotate")
    # Seven numbers, a list that is looked at, a part that waits, a token.
    assert done.stdout == ("A new key is in use, for 10 tokens, passwords and phone numbers.\n"), (
        done.output
    )
    assert before not in keys.read_text("ascii")
    assert len(keys.read_text("ascii").split()) == 1
    for at in range(1, 8):
        member = Customer.objects.get(name=f"guest {at}").identity.member_id
        assert show_phones(owner.actor, member_id=member) == [phone(at)]
    assert kept_list(owner.actor, looked_at.pk)[1] == b"name\nguest"
    assert bring_next(waiting.pk)
    late_one = Customer.objects.get(name="late guest").identity.member_id
    assert show_phones(owner.actor, member_id=late_one) == [phone(99)]
    token.refresh_from_db()
    assert vault.unseal(token.sealed) == {"token": "very-secret"}


def test_many_rows_are_renewed_in_parts(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "_AT_ONCE", 3)
    rows = [Row(at, f"guest {at}", phone(at), (), ()) for at in range(1, 8)]
    bring_in(owner.actor, rows, wording="", today=TODAY)
    vault.add_key()
    assert sealed.renew_all() == sealed.Renewed(7, 0)
    vault.drop_old_keys()
    assert {vault.unseal(one.phone_sealed)["phone"] for one in Customer.objects.all()} == {
        phone(at) for at in range(1, 8)
    }


def test_broken_off_nothing_is_lost_and_the_next_time_ends_it(
    owner: Person, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(owner.actor, [Row(1, "guest", phone(1), (), ())], wording="", today=TODAY)
    member = Customer.objects.get().identity.member_id

    def die() -> sealed.Renewed:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotate, "renew_all", die)
        assert run("rotate").exit_code != 0
    assert len(keys.read_text("ascii").split()) == 2
    assert show_phones(owner.actor, member_id=member) == [phone(1)]
    assert run("rotate").exit_code == 0
    assert len(keys.read_text("ascii").split()) == 1
    assert show_phones(owner.actor, member_id=member) == [phone(1)]


def test_what_no_key_opens_is_said_and_stops_nothing(owner: Person, keys: Path) -> None:
    bring_in(owner.actor, [Row(1, "guest", phone(1), (), ())], wording="", today=TODAY)
    keys.unlink()
    bring_in(owner.actor, [Row(2, "other", phone(2), (), ())], wording="", today=TODAY)
    done = run("rotate")
    assert done.exit_code == 0
    assert done.stdout == "A new key is in use, for 1 token, password or phone number.\n"
    assert done.stderr == "1 more cannot be read with any key: enter it anew.\n"
    with pytest.raises(GivenUp):
        vault.unseal(Customer.objects.get(name="guest").phone_sealed)


def test_two_at_once_would_drop_each_others_key(keys: Path) -> None:
    vault.add_key()
    before = keys.read_text("ascii")
    with keys.with_name(sealed.LOCK_FILE).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = run("rotate")
    assert (done.exit_code, done.stderr) == (
        1,
        "Another weilu rotate is at work. Nothing was changed; wait for it.\n",
    )
    assert keys.read_text("ascii") == before


def test_every_column_that_is_called_sealed_is_renewed() -> None:
    named = {
        (model._meta.label, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.attname.endswith("sealed")
    }
    assert named == {(model._meta.label, column) for model, column in sealed.sealed_columns()}
    assert ("members.Customer", "phone_sealed") in named
    assert CustomerList._meta.get_field("sealed").deconstruct()[1] == "django.db.models.TextField"
