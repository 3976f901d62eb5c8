"""What one process keeps, all know; and it is over in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from weilu.core.clock import now
from weilu.core.models import Remembered
from weilu.core.shared import SharedCache
from weilu.core.tests.cast import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_shared")]


@pytest.fixture
def _shared() -> Iterator[None]:
    """The cache as an installation has it."""
    with override_settings(CACHES={"default": {"BACKEND": "weilu.core.shared.SharedCache"}}):
        yield


def another() -> SharedCache:
    """The cache as another process has it."""
    return SharedCache("", {})


def grow_old() -> None:
    """Let everything be over."""
    Remembered.objects.update(until=now() - timedelta(seconds=1))


def test_what_is_kept_is_known_to_all() -> None:
    cache.set("a", [1.5, 2.5], 60)
    assert another().get("a") == [1.5, 2.5]
    cache.set("a", "y", 60)
    assert another().get("a") == "y"
    assert another().delete("a")
    assert not another().delete("a")
    assert cache.get("a", "none") == "none"


def test_only_the_first_adds() -> None:
    assert cache.add("a", "y", 60)
    assert not another().add("a", "z", 60)
    assert cache.get("a") == "y"
    grow_old()
    assert cache.get("a") is None
    assert another().add("a", "z", 60)
    assert not cache.add("a", "y", 60)


def test_what_is_over_goes_away() -> None:
    cache.set("a", 1, 60)
    cache.set("b", 1, None)
    grow_old()
    cache.set("c", 1, 60)
    assert Remembered.objects.count() == 1
    cache.clear()
    assert not Remembered.objects.exists()


def test_the_name_is_not_readable() -> None:
    cache.set("allauth:rl:login:lan@example.org", 1, 60)
    assert "lan" not in Remembered.objects.get().name


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_adds() -> None:
    added = []

    def try_it() -> None:
        added.append(another().add("code", "y", 60))
        connection.close()

    threads = [Thread(target=try_it) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(added) == [False, False, False, True]


def test_failed_sign_ins_are_counted_by_all_processes(owner: Person) -> None:
    wrong = {"login": owner.user.username, "password": "wrong"}
    Client().post(reverse("account_login"), wrong)
    counted = [one.value for one in Remembered.objects.all() if isinstance(one.value, list)]
    assert sorted(len(one) for one in counted) == [1, 1, 1], "by address, by name, and all tries"


def test_a_code_from_an_app_lets_in_once(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([1000]))
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(owner.user, secret)
    right = {"login": owner.user.username, "password": "a long enough password"}
    code = auth.format_hotp_value(auth.hotp_value(secret, 1000))
    answers = []
    for _ in range(2):
        client = Client()
        assert client.post(reverse("account_login"), right)["Location"].startswith("/account/2fa/")
        answers.append(client.post(reverse("mfa_authenticate"), {"code": code}))
    assert [one.status_code for one in answers] == [302, 200]
    assert not another().add(f"allauth.mfa.totp.used?user={owner.user.pk}&code={code}", "y")
