"""No form takes what belongs to another workspace, whichever of its fields names it.

Two houses stand side by side, furnished alike; what the second holds is numbered from the same
number in every table, one that no row has yet, so that it fits any field. Each form of the first
is sent with that number in each field that holds one, by each of its buttons. A new form is walked
by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from tests import test_stranger
from tests.forms import Form, Forms
from tests.test_stranger import addresses, filled, furnish, house  # noqa: F401 - a fixture
from tests.watching import watch
from weilu.core import ids
from weilu.core.access import Role
from weilu.core.models import Counter, Seat, User, Workspace
from weilu.core.tests.cast import Person, person

pytestmark = [pytest.mark.django_db, pytest.mark.long]

THEIRS = "Moonstone"  # stands in every name of the second house, and nowhere else
# Beyond what tests before this one have counted up to: on PostgreSQL nothing is counted back.
FIRST = 1_000_001
NUMBER = re.compile(r"(?<![\w.-])\d+(?![\w.-])")
# Numbers of a form that count something.
COUNTS = re.compile(r"^(rule-\w+_FORMS|seen\w*|version|weight|on|rung\d|\w+-rung\d)$")
# Actions on the account itself, or that leave the workspace.
ABOUT_SELF = {"choose_workspace", "account_logout", "preferences"}


class Deed(NamedTuple):
    """One form sent once: where, what, and which field holds the foreign number."""

    url: str
    data: dict[str, list[str]]
    says: str


@pytest.fixture
def counted_on() -> Iterator[None]:
    """Rows get numbers from FIRST on; PostgreSQL rolls no counter back, so that is done after."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = %s", [FIRST - 1])
            yield
            return
        cursor.execute(
            "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
            " WHERE last_value IS NOT NULL"
        )
        before = cursor.fetchall()
        setting = "SELECT setval(%s::regclass, %s)"
        cursor.executemany(setting, [(name, FIRST - 1) for name, _last in before])
        yield
        cursor.executemany(setting, before)


@pytest.fixture
def theirs(
    house: dict[str, int],  # noqa: F811 - the fixture, and furnished before this one
    stranger: Person,
    counted_on: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Workspace:
    """The second house, numbered from FIRST."""
    ids.forget()
    Counter.objects.update(value=FIRST - 1)
    monkeypatch.setattr(test_stranger, "SECRET", THEIRS)
    workspace = Workspace.objects.get(pk=stranger.actor.workspace_id)
    helper = person(workspace, "helper", Role.OPERATOR)
    furnish(workspace, stranger, helper)
    return workspace


def test_no_form_takes_what_is_elsewhere(
    house: dict[str, int],  # noqa: F811 - the fixture
    theirs: Workspace,
    workspace: Workspace,
    owner: Person,
) -> None:
    client = owner.client()
    fields = set()
    with watch(theirs) as watching:
        for deed in list(_deeds(client, house)):
            with transaction.atomic():
                answer = client.post(deed.url, deed.data)
                assert answer.status_code in {200, 302, 403, 404, 405, 409, 422}, deed
                if answer.status_code == 302 and watching.wrote:
                    answer = client.get(answer["Location"])
                body = b"".join(answer) if answer.streaming else answer.content
                assert THEIRS.encode() not in body, deed
                if watching.wrote:
                    assert watching.is_unchanged(), deed
                    assert not list(_strangers_in(workspace)), deed
                transaction.set_rollback(True)
            fields.add(deed.says)
    assert len(fields) > 25, sorted(fields)


def _deeds(client: Client, mine: dict[str, int]) -> Iterator[Deed]:
    """Each form of each page with a foreign number in each of its fields; one of a kind."""
    known: set[str] = set()
    for name, wanted in addresses():
        url = filled(name, wanted, mine)
        answer = client.get(url)
        body = b"".join(answer) if answer.streaming else answer.content
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        for form in Forms(body.decode(), url).found:
            if form.is_post and _name_of(form.address) not in ABOUT_SELF:
                for deed, kind in _swapped(form):
                    if kind not in known:
                        known.add(kind)
                        yield deed


def _swapped(form: Form) -> Iterator[tuple[Deed, str]]:
    for field, value in dict(form.offers).items():
        found = NUMBER.search(value)
        if found is None or not field or COUNTS.match(field) or field == "next":
            continue
        for address, data in form.ways():
            act = next((f"{k}={data[k][0]}" for k in ("act", "do", "action") if data.get(k)), "")
            foreign = value[: found.start()] + str(FIRST) + value[found.end() :]
            kind = re.sub(r"\d+", "N", f"{address} {act} {field}")
            yield Deed(address, {**data, field: [foreign]}, f"{field} of {_name_of(address)}"), kind


def _name_of(address: str) -> str:
    """The name of the page an address leads to."""
    try:
        return resolve(address.split("?", maxsplit=1)[0]).url_name or ""
    except Resolver404:
        return ""


def _strangers_in(workspace: Workspace) -> Iterator[str]:
    """Columns of the workspace's rows that point out of it."""
    for model in apps.get_models(include_auto_created=True):
        owned = _workspace_path(model) if model.__module__.startswith("weilu.") else None
        if owned is None:
            continue
        rows = model._default_manager.filter(**{owned: workspace})
        for column in model._meta.concrete_fields:
            inside = _inside(column, workspace)
            here = rows.filter(**{f"{column.name}__isnull": False})
            if inside is not None and here.exclude(inside).exists():
                yield f"{model.__name__}.{column.name}"


def _inside(column: models.Field[object, object], workspace: Workspace) -> models.Q | None:
    """Which values of a column are of the workspace; None where it points at nobody's rows."""
    target = column.related_model
    if not isinstance(column, models.ForeignKey) or target is Workspace:
        return None
    if target is User:
        seated = Seat.objects.filter(workspace=workspace).values("user")
        return models.Q(**{f"{column.name}__in": seated})
    way = _workspace_path(target) if isinstance(target, type) else None
    return models.Q(**{f"{column.name}__{way}": workspace}) if way else None


def _workspace_path(model: type[models.Model]) -> str | None:
    """By which path a model's rows belong to a workspace, None for those of all."""
    for column in model._meta.concrete_fields:
        if isinstance(column, models.ForeignKey) and column.related_model is Workspace:
            return column.name
    for column in model._meta.concrete_fields:
        if isinstance(column, models.ForeignKey) and isinstance(column.related_model, type):
            inner = column.related_model
            if any(one.name == "workspace" for one in inner._meta.concrete_fields):
                return f"{column.name}__workspace"
    return None


@pytest.mark.once
def test_the_walk_would_see_it(
    house: dict[str, int],  # noqa: F811 - the fixture
    workspace: Workspace,
    stranger: Person,
) -> None:
    """A row that points out of its workspace is found."""
    assert not list(_strangers_in(workspace))
    group = apps.get_model("groups", "Group")._default_manager
    elsewhere = apps.get_model("communities", "Community")._default_manager.create(
        workspace_id=stranger.actor.workspace_id, name="Elsewhere", time_zone="UTC"
    )
    group.filter(pk=house["group"]).update(community=elsewhere)
    assert list(_strangers_in(workspace)) == ["Group.community"]
