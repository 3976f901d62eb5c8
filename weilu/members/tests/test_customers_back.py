"""A list of customers is taken back: what it brought goes, what others wrote stays (A-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django import Settings

from weilu.core.access import Actor
from weilu.core.clock import now
from weilu.core.errors import Conflict, NotAllowed, NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.members.actions import customer_runs
from weilu.members.actions.customer_runs import (
    begin_import,
    bring_next,
    take_back,
    take_back_next,
    to_take_back,
)
from weilu.members.actions.customers import AT_ONCE, keep_list
from weilu.members.actions.customers_made import take_rows_back
from weilu.members.actions.erasing import ask_erasure, start
from weilu.members.actions.facts import add_field, set_fact
from weilu.members.actions.notes import write_note
from weilu.members.actions.segments import save_segment
from weilu.members.actions.tags import named_tag, put_on
from weilu.members.models import (
    Consent,
    Customer,
    CustomerList,
    CustomerMade,
    Erasure,
    Fact,
    Field,
    Identity,
    Member,
    Segment,
    Tag,
    Tagging,
)
from weilu.members.rules.customers import Row
from weilu.members.traces import HINDRANCES

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
PHONE = "13800138000"


@pytest.fixture
def known(workspace: Workspace, operator: Person, tmp_path: object, settings: Settings) -> int:
    """The member 小满, with a tag, a city and a note; the field's id."""
    settings.VAULT_FILE = f"{tmp_path}/vault.keys"
    tell(make_group(workspace, "Hall"), [said("小满", "2026-03-01 08:00", "tea")])
    pk, actor = id_of("小满"), operator.actor
    put_on(actor, tag_id=named_tag(actor, "茶友").pk, member_ids=[pk])
    city = add_field(actor, name="城市", kind=Field.Kind.TEXT).pk
    set_fact(actor, member_id=pk, field_id=city, typed="上海")
    write_note(actor, member_id=pk, text="likes oolong")
    return city


def bring(actor: Actor, rows: Sequence[Row], wording: str = "may we?") -> int:
    """The id of a list that is in."""
    made = keep_list(actor, file_name="a.csv", data=b"name").pk
    begin_import(actor, list_id=made, rows=rows, wording=wording, today=TODAY)
    while bring_next(made):
        pass
    return made


def rows_of(city: int, count: int) -> list[Row]:
    """小满, and so many others."""
    others = [Row(n, f"客 {n}", f"139{n:08d}", ("老客",), ((city, "北京"),)) for n in range(count)]
    return [Row(2, "小满", PHONE, ("茶友", "老客"), ((city, "杭州"),)), *others]


def everything() -> list[object]:
    """What holds of members, by rows' ids."""
    return [
        sorted(Member.objects.values_list("pk", flat=True)),
        sorted(Identity.objects.values_list("pk", flat=True)),
        sorted(Tagging.objects.filter(removed=None).values_list("tag_id", "identity_id")),
        sorted(Fact.objects.values_list("pk", "identity_id", "text", "replaced_at")),
        sorted(Consent.objects.values_list("pk", flat=True)),
        sorted(Customer.objects.values_list("pk", flat=True)),
        sorted(Tag.objects.values_list("name", flat=True)),
    ]


def work() -> None:
    """Work for a while: changes are gathered before segments are counted."""
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(4):
            drain()
            clock.shift(timedelta(seconds=5))


def test_all_is_as_it_was_before(known: int, operator: Person) -> None:
    before = everything()
    one = bring(operator.actor, rows_of(known, AT_ONCE + 20))
    assert (Customer.objects.count(), Consent.objects.count()) == (AT_ONCE + 21, AT_ONCE + 21)
    assert to_take_back(operator.actor) == one
    take_back(operator.actor, list_id=one)
    drain()
    assert everything() == before
    assert CustomerList.objects.get(pk=one).state == "undone"
    assert to_take_back(operator.actor) is None
    with pytest.raises(NotFound):
        take_back(operator.actor, list_id=one)


def test_killed_anywhere_it_goes_on(
    known: int, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything()
    one = bring(operator.actor, rows_of(known, AT_ONCE + 20))
    take_back(operator.actor, list_id=one)
    real, calls = take_rows_back, 0

    def dies(*args: object) -> None:
        nonlocal calls
        calls += 1
        real(*args)  # type: ignore[arg-type]  # handed on
        if calls == 1:
            raise RuntimeError

    monkeypatch.setattr(customer_runs, "take_rows_back", dies)
    while True:
        try:
            if not take_back_next(one):
                break
        except RuntimeError:
            continue
    assert calls == 3
    assert not take_back_next(one)
    drain()
    assert everything() == before


def test_what_the_team_wrote_since_stays(known: int, operator: Person) -> None:
    one, actor = bring(operator.actor, rows_of(known, 3)), operator.actor
    kept = Customer.objects.get(name="客 1").identity.member_id
    write_note(actor, member_id=kept, text="called today")
    set_fact(actor, member_id=id_of("小满"), field_id=known, typed="苏州")
    put_on(actor, tag_id=Tag.objects.get(name="老客").pk, member_ids=[kept])
    take_back(actor, list_id=one)
    drain()
    assert sorted(Member.objects.values_list("name", flat=True)) == ["客 1", "小满"]
    held = Fact.objects.filter(replaced_at=None, identity__member_id=id_of("小满"))
    assert [fact.text for fact in held] == ["苏州"]
    assert not Consent.objects.exists()


def test_the_newest_first(known: int, operator: Person, analyst: Person, stranger: Person) -> None:
    first = bring(operator.actor, [Row(2, "客", "13900000001", (), ())])
    second = bring(operator.actor, [Row(2, "客", "13900000001", (), ())])
    for who, error in ((analyst, NotAllowed), (stranger, NotFound)):
        with pytest.raises(error):
            take_back(who.actor, list_id=second)
    with pytest.raises(Conflict, match="later_list"):
        take_back(operator.actor, list_id=first)
    # The second made nothing of its own.
    assert not CustomerMade.objects.filter(of_id=second).exists()
    take_back(operator.actor, list_id=second)
    drain()
    assert Customer.objects.count() == 1
    take_back(operator.actor, list_id=first)
    drain()
    assert not Customer.objects.exists()


def test_segments_of_customers_follow(known: int, operator: Person) -> None:
    save_segment(operator.actor, name="C", tree={"op": "and", "of": [{"is": "customer"}]})
    one = bring(operator.actor, [Row(2, "客", "13900000001", (), ())], wording="")
    work()
    assert Segment.objects.get().members == 1
    take_back(operator.actor, list_id=one)
    work()
    assert Segment.objects.get().members == 0


def test_an_erasure_waits_for_a_list_that_is_read_in(known: int, owner: Person) -> None:
    """Rows that wait may be about whoever goes; and the list is not lost halfway."""
    actor = owner.actor
    made = keep_list(actor, file_name="for 小满.csv", data=b"name").pk
    looked_at = keep_list(actor, file_name="b.csv", data=b"name").pk
    begin_import(actor, list_id=made, rows=rows_of(known, 1), wording="", today=TODAY)
    goes = start(
        ask_erasure(
            actor, member_id=id_of("小满"), typed_name="小满", reason=Erasure.Reason.ASKED
        ).pk
    )
    assert goes is not None
    assert any(asks(goes[1]) for asks in HINDRANCES)
    work()
    assert not Member.objects.filter(name="小满").exists()
    one = CustomerList.objects.get(pk=made)
    assert (one.state, one.done, one.file_name) == ("done", 2, "")
    assert [who.name for who in Customer.objects.all()] == ["客 0"]
    assert not CustomerList.objects.filter(pk=looked_at).exists()


def test_from_the_page(known: int, operator: Person) -> None:
    one, client = bring(operator.actor, rows_of(known, 1)), operator.client()
    url = reverse("members_customers")
    assert f'name="back" value="{one}"' in client.get(url).content.decode()
    page = client.post(url, {"back": str(one)}, follow=True).content.decode()
    assert "Being taken back." in page
    drain()
    page = client.get(url).content.decode()
    assert "Taken back. 2 of 2 people" in page
    assert 'name="back"' not in page
    assert client.post(url, {"back": str(one)}).status_code == 404
