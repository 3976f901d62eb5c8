"""Secrets that Weilu makes: shown once, made anew, never to be had again."""

from __future__ import annotations

import pytest

from weilu.core.tests.cast import Person
from weilu.core.vault import unseal
from weilu.groups.models import Connection

pytestmark = pytest.mark.django_db
FORM = {"name": "Our app", "community": "new", "setting-address": "https://shop.example.org/x"}


def secret() -> str:
    return unseal(Connection.objects.get().sealed)["secret"]


def test_address_and_secret_are_shown_once(manager: Person) -> None:
    client = manager.client()
    assert "Webhook" in client.get("/connections/new/").content.decode()
    form = client.get("/connections/new/webhook/").content.decode()
    assert "setting-address" in form
    assert "setting-secret" not in form
    answer = client.post("/connections/new/webhook/", FORM | {"setting-secret": "mine"})
    one = Connection.objects.get()
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert f"http://testserver/api/hooks/{one.hook}/" in page
    assert secret() in page
    assert len(secret()) == 64
    assert secret() not in one.sealed
    for path in (f"/connections/{one.pk}/", f"/connections/{one.pk}/change/", "/connections/"):
        assert secret() not in client.get(path).content.decode()
    assert f"/api/hooks/{one.hook}/" in client.get(f"/connections/{one.pk}/").content.decode()


def test_a_new_secret_is_shown_once_and_other_settings_keep_it(manager: Person) -> None:
    client = manager.client()
    client.post("/connections/new/webhook/", FORM)
    one, old = Connection.objects.get(), secret()
    answer = client.post(f"/connections/{one.pk}/act/", {"act": "remake"})
    assert secret() != old
    assert secret() in answer.content.decode()
    assert old not in answer.content.decode()
    assert Connection.objects.get().version == one.version + 1
    new = secret()
    changed = {"name": "Our shop", "setting-address": ""}
    assert client.post(f"/connections/{one.pk}/change/", changed).status_code == 302
    stored = unseal(Connection.objects.get().sealed)
    assert (stored["secret"], stored["secret:before"]) == (new, old)


def test_strangers_and_operators_make_none(
    manager: Person, operator: Person, stranger: Person
) -> None:
    manager.client().post("/connections/new/webhook/", FORM)
    one, old = Connection.objects.get(), secret()
    for person, status in ((operator, 403), (stranger, 404)):
        answer = person.client().post(f"/connections/{one.pk}/act/", {"act": "remake"})
        assert answer.status_code == status
    assert secret() == old


def test_what_has_no_such_secret_makes_none(manager: Person) -> None:
    manager.client().post("/connections/new/telegram/", FORM | {"setting-token": "1:" + "x" * 30})
    one = Connection.objects.get()
    answer = manager.client().post(f"/connections/{one.pk}/act/", {"act": "remake"})
    assert answer.status_code == 404
    assert Connection.objects.get().sealed == one.sealed
