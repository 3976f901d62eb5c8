"""Customers from a list: read, matched, kept sealed, once however often (A-8, C-1)."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from weilu.core.access import Actor
from weilu.core.errors import Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.members.actions import customer_runs, tags
from weilu.members.actions.customer_runs import begin_import, bring_next, stop_import
from weilu.members.actions.customers import (
    AT_ONCE,
    bring_in,
    keep_list,
    kept_list,
    masked_phones,
    match,
    show_phones,
)
from weilu.members.actions.facts import add_field
from weilu.members.models import (
    Consent,
    Customer,
    CustomerList,
    CustomerPart,
    Deed,
    Fact,
    Field,
    Identity,
    Member,
    Tagging,
)
from weilu.members.rules.customers import Row, guess, heading_at, masked, phone_of, read

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
PHONE = "13800138000"


@pytest.fixture
def hall(workspace: Workspace, tmp_path: object, settings: Settings) -> None:
    """Three members, two of one name."""
    settings.VAULT_FILE = f"{tmp_path}/vault.keys"
    for group in ("Hall", "Yard"):
        told = [said(who, "2026-03-01 08:00", "tea") for who in ("小满", "老王")]
        tell(make_group(workspace, group), told)
    Member.objects.filter(pk=id_of("老王")).update(name="茶友", name_folded="茶友")
    other = Member.objects.exclude(pk=id_of("老王")).get(pk=id_of("小满"))
    assert other.name == "小满"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("138 0013 8000", PHONE), ("+86 138-0013-8000", PHONE), ("0086" + PHONE, PHONE),
        (PHONE + ".0", PHONE), ("'" + PHONE, PHONE), ("010-12345678", "01012345678"),
        ("1234", ""), ("none", ""), ("1" * 16, ""), ("１３８００１３８０００", PHONE),
        ("\u202d138 0013 8000\u202c", PHONE), ("+86–138–0013–8000", PHONE),
        ("13800138000/13900139000", PHONE), ("138 0013 8000（妈妈）", PHONE),
        ("电话:13800138000", PHONE),
        ("1.3800138000E+10", PHONE), ("1.38001E+10", ""), ("13800138000.00", PHONE),
    ],
)  # fmt: skip
def test_one_number_in_many_ways(typed: str, digits: str) -> None:
    assert phone_of(typed) == digits


def test_columns_are_guessed_by_their_headings() -> None:
    header = ["客户姓名", "手机号", "标签", "生日", "收货人电话", "备注"]
    assert guess(header, {"生日": 7}) == ["name", "phone", "tags", "field:7", "", ""]
    # What only sounds like it, and an empty column, are passed over.
    header = ["商品名称", "手机型号", "收货人姓名", "备用电话", "收货人电话", "stage"]
    row = ["铁观音", "iPhone", "小满", "", PHONE, "x"]
    assert guess(header, {}, [row]) == ["", "", "name", "", "phone", ""]
    # A column of numbers is known without a heading.
    assert guess(["", ""], {}, [["小满", PHONE], ["李", "+86 13900139000"]]) == ["", "phone"]


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["姓名", "手机"], ["小满", PHONE]], 0),
        ([["2026 年老客户名单", ""], ["客户信息", "", "订单"], ["客户姓名", "电话", "金额"]], 2),
        ([["小满", PHONE], ["李", ""]], None),
        ([["甲", "乙"], ["小满", "x"]], 0),
    ],
)
def test_the_heading_is_found(rows: list[list[str]], at: int | None) -> None:
    assert heading_at(rows) == at


def test_rows_of_one_person_come_together() -> None:
    table = [
        ["小满", "138 0013 8000", "老客"], ["满", "+8613800138000", "茶，老客"],
        ["小满", "", ""], ["", "", "x"], ["", "13900139000", ""], ["李", "12", ""],
    ]  # fmt: skip
    found = read(enumerate(table, 2), ["name", "phone", "tags"])
    assert [(r.name, r.phone, r.tags) for r in found.rows] == [
        ("小满", PHONE, ("老客", "茶")), ("小满", "", ()), ("…9000", "13900139000", ()),
        ("李", "", ()),
    ]  # fmt: skip
    cut = read([(2, ["小满", "1.38E+10"]), (3, ["李", "12"])], ["name", "phone"])
    assert (cut.bad_phones, cut.shortened) == (1, 1)
    assert (found.repeated, found.nameless, found.bad_phones) == (1, 1, 1)
    assert masked(PHONE) == "138****8000"


def rows_for(field: int) -> list[Row]:
    return [
        Row(2, "小满", PHONE, ("老客",), ((field, "1988-01-02"),)),
        Row(3, "陌生人", "13900139000", (), ((field, "no day"),)),
        Row(4, "无号", "", ("老客",), ()),
    ]


def test_brought_in_once_however_often(hall: None, operator: Person) -> None:
    field = add_field(operator.actor, name="生日", kind=Field.Kind.DAY).pk
    rows = rows_for(field)
    done = bring_in(operator.actor, rows, wording="may we write?", today=TODAY)
    assert (done.customers, done.matched, done.fresh, done.refused) == (3, 1, 2, 1)
    customer = Customer.objects.get(name="小满")
    assert customer.identity_id == id_of("小满")
    # The number is nowhere in clear, and can be read by who may.
    held = str(list(Customer.objects.values())) + str(list(Identity.objects.values()))
    assert PHONE not in held
    member_id = customer.identity.member_id
    assert masked_phones(operator.actor, member_id) == ["****8000"]
    assert show_phones(operator.actor, member_id=member_id) == [PHONE]
    looked = LogRow.objects.get(name="PhonesShown").payload
    assert (looked["member_id"], looked["user_id"]) == (member_id, operator.user.pk)
    assert Fact.objects.get().day == date(1988, 1, 2)
    assert Tagging.objects.filter(removed=None).count() == 2
    assert Consent.objects.filter(wording="may we write?").count() == 3

    def everything() -> tuple[int, ...]:
        models = (Customer, Member, Identity, Tagging, Fact, Consent)
        return tuple(m._default_manager.count() for m in models)

    before = everything()
    again = bring_in(operator.actor, rows, wording="may we write?", today=TODAY)
    assert (again.matched, again.fresh) == (3, 0)
    assert everything() == before
    # Another name under a known number is the same person.
    renamed = [Row(2, "满满", PHONE, (), ())]
    assert match(operator.actor, renamed).by_phone == 1


def test_a_name_that_two_have_matches_nobody(hall: None, operator: Person) -> None:
    Member.objects.filter(pk=id_of("老王")).update(name="小满", name_folded="小满")
    found = match(operator.actor, [Row(2, "小满", "", (), ())])
    assert (found.by_name, found.rows[0][1]) == (0, None)


def test_only_who_may(hall: None, analyst: Person, operator: Person, stranger: Person) -> None:
    with pytest.raises(NotAllowed):
        bring_in(analyst.actor, [], wording="", today=TODAY)
    kept = keep_list(operator.actor, file_name="a.csv", data=b"name\nsecret name")
    assert "secret" not in CustomerList.objects.get().sealed
    with pytest.raises(NotFound):
        kept_list(stranger.actor, kept.pk)
    with pytest.raises(Invalid, match="too_large"):
        keep_list(operator.actor, file_name="a.csv", data=b"x" * 40_000_001)


def test_from_upload_to_members(hall: None, operator: Person) -> None:
    client = operator.client()
    text = "昵称,手机,标签\n小满,13800138000,老客\n陌生人,13900139000,\n".encode("gb18030")
    upload = SimpleUploadedFile("list.csv", text)
    answer = client.post(reverse("members_customers"), {"file": upload})
    look = answer["Location"]
    page = client.get(look).content.decode()
    assert "138****8000" in page
    assert PHONE not in page
    roles = {"column_0": "name", "column_1": "phone", "column_2": "tags"}
    assert client.post(look, {"do": "look", "column_2": "tags"}).status_code == 422
    assert not Customer.objects.exists()
    client.post(look, {**roles, "do": "import", "wording": "yes"})
    assert "0 of 2 people" in client.get(reverse("members_customers")).content.decode()
    assert not CustomerList.objects.exclude(sealed="").exists()
    assert client.get(look).status_code == 404
    drain()
    assert Customer.objects.count() == 2
    assert not CustomerPart.objects.exists()
    page = client.get(reverse("members_customers")).content.decode()
    assert "2 of 2 people: members already: 1, new: 1." in page
    for bad in (b"", b"\x00\x01", b"PK\x03\x04nothing", b"only a heading\n"):
        wrong = SimpleUploadedFile("list.xlsx", bad)
        assert client.post(reverse("members_customers"), {"file": wrong}).status_code == 422


def test_a_number_is_masked_until_somebody_asks(hall: None, operator: Person) -> None:
    client = operator.client()
    rows = [Row(2, "陌生人", "13900139000", (), ())]
    bring_in(operator.actor, rows, wording="", today=TODAY)
    stranger = Customer.objects.get(name="陌生人").identity.member_id
    url = reverse("member", args=[stranger])
    assert "****9000" in client.get(url).content.decode()
    assert "13900139000" not in client.get(url).content.decode()
    shown = client.post(f"{url}phones/")
    assert "13900139000" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert LogRow.objects.filter(name="PhonesShown").count() == 1
    assert client.get(f"{url}phones/").status_code == 405


def begun(actor: Actor, people: int) -> CustomerList:
    """A list of so many people whose import has begun."""
    made = keep_list(actor, file_name="a.csv", data=b"name")
    rows = [Row(n, f"客 {n}", f"139{n:08d}", (), ()) for n in range(people)]
    begin_import(actor, list_id=made.pk, rows=rows, wording="", today=TODAY)
    return CustomerList.objects.get(pk=made.pk)


def test_a_part_that_fails_is_done_again_and_nothing_twice(
    hall: None, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begun(operator.actor, 2 * AT_ONCE + 50)
    assert CustomerPart.objects.count() == 3
    assert "139000" not in str(list(CustomerPart.objects.values()))
    assert bring_next(one.pk)

    def half(actor: Actor, rows: list[Row], *, wording: str, today: date, list_id: int) -> object:
        bring_in(actor, rows[:50], wording=wording, today=today, list_id=list_id)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(customer_runs, "bring_in", half)
        with pytest.raises(RuntimeError):
            bring_next(one.pk)
    # No half part: neither its people nor its count.
    assert Customer.objects.count() == AT_ONCE
    one.refresh_from_db()
    assert (one.done, one.state) == (AT_ONCE, "running")
    drain()
    one.refresh_from_db()
    assert (one.done, one.matched, one.fresh, one.state) == (one.rows, 0, one.rows, "done")
    assert Customer.objects.count() == one.rows
    assert not bring_next(one.pk)


def test_a_tag_that_a_list_brings_is_one_deed_and_taken_off_as_a_whole(
    hall: None, operator: Person
) -> None:
    made = keep_list(operator.actor, file_name="a.csv", data=b"name")
    rows = [Row(n, f"客 {n}", f"139{n:08d}", ("老客",), ()) for n in range(2 * AT_ONCE + 7)]
    begin_import(operator.actor, list_id=made.pk, rows=rows, wording="", today=TODAY)
    while bring_next(made.pk):
        pass
    deed = Deed.objects.get()
    assert (deed.members, deed.of_list_id, deed.tag.name) == (len(rows), made.pk, "老客")
    assert LogRow.objects.filter(name="TagsChanged").count() == 3
    # Another list's is another deed, and so is what somebody does by hand.
    other = keep_list(operator.actor, file_name="b.csv", data=b"name")
    more = [Row(1, "又一位", "13700000001", ("老客",), ())]
    begin_import(operator.actor, list_id=other.pk, rows=more, wording="", today=TODAY)
    while bring_next(other.pk):
        pass
    assert Deed.objects.count() == 2
    tags.undo(operator.actor, deed_id=deed.pk)
    assert Tagging.objects.filter(removed=None).count() == 1
    # The same list once more has its own, and puts the tag on again.
    bring_in(operator.actor, rows[:3], wording="", today=TODAY, list_id=made.pk)
    assert sorted(Deed.objects.values_list("members", flat=True)) == [1, 3, len(rows)]
    assert Tagging.objects.filter(removed=None).count() == 4


def test_an_import_can_be_stopped(hall: None, operator: Person, stranger: Person) -> None:
    one = begun(operator.actor, AT_ONCE + 50)
    bring_next(one.pk)
    assert not stop_import(stranger.actor, list_id=one.pk)
    answer = operator.client().post(reverse("members_customers"), {"stop": one.pk})
    assert answer.status_code == 302
    assert not stop_import(operator.actor, list_id=one.pk)
    drain()
    assert Customer.objects.count() == AT_ONCE
    assert not CustomerPart.objects.exists()
    page = operator.client().get(reverse("members_customers")).content.decode()
    assert f"Stopped. {AT_ONCE} of {AT_ONCE + 50} people" in page
    with pytest.raises(NotFound):
        begin_import(operator.actor, list_id=one.pk, rows=[], wording="", today=TODAY)


def test_who_says_whom_twice_is_shown() -> None:
    table = [["小满", PHONE], ["李", ""], ["满", PHONE], ["李", ""]]
    found = read(enumerate(table, 2), ["name", "phone"])
    assert [tuple(one) for one in found.again] == [(4, 2, "满", True), (5, 3, "李", False)]


def test_namesakes_of_a_list_are_people_of_their_own(hall: None, operator: Person) -> None:
    other, third = "13900000001", "13900000002"
    table = [["小满", PHONE], ["小满", other], ["小满", ""], ["茶友", third]]
    rows = read(enumerate(table, 2), ["name", "phone"]).rows
    assert [row.is_namesake for row in rows] == [True, True, True, False]
    # However the list is cut into parts, the same comes of it.
    for row in rows:
        bring_in(operator.actor, [row], wording="", today=TODAY)
    called = Customer.objects.order_by("pk").values_list("name", "identity__member_id")
    held = [member for name, member in called if name == "小满"]
    assert len(set(held)) == 3
    assert id_of("小满") not in held
    assert dict(called)["茶友"] == id_of("老王")
    assert bring_in(operator.actor, rows, wording="", today=TODAY).fresh == 0
    # Who is known by another phone is somebody else of the same name.
    (changed,) = read([(2, ["茶友", "13900000003"])], ["name", "phone"]).rows
    assert match(operator.actor, [changed]).rows[0][1] is None
    (bare,) = read([(2, ["茶友", ""])], ["name", "phone"]).rows
    assert match(operator.actor, [bare]).rows[0][1] == id_of("老王")


def test_many_rows_cost_few_statements_and_few_notes(hall: None, operator: Person) -> None:
    field = add_field(operator.actor, name="生日", kind=Field.Kind.DAY).pk

    def rows(day: str, count: int) -> list[Row]:
        facts = ((field, day),)
        return [Row(n, f"客 {n}", f"139{n:08d}", ("老客",), facts) for n in range(count)]

    def cost(some: list[Row]) -> int:
        with CaptureQueriesContext(connection) as seen:
            bring_in(operator.actor, some, wording="may we?", today=TODAY)
        return len(seen)

    few, many = cost(rows("1988-01-02", 2)), cost(rows("1988-01-03", 90))
    assert many <= few + 6
    filled = LogRow.objects.filter(name="FieldFilled").order_by("pk")
    assert [len(one.payload["member_ids"]) for one in filled] == [2, 90]
    assert LogRow.objects.filter(name="ConsentsGiven").count() == 2
    assert (Consent.objects.count(), Fact.objects.filter(replaced_at=None).count()) == (90, 90)
    # What was replaced stays as history; the same once more changes and tells nothing.
    assert Fact.objects.exclude(replaced_at=None).count() == 2
    bring_in(operator.actor, rows("1988-01-03", 90), wording="may we?", today=TODAY)
    assert (filled.count(), Fact.objects.count()) == (2, 92)


def test_too_many_tags_and_a_field_that_is_gone_stop_nothing(
    hall: None, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags, "MOST_TAGS", 1)
    facts = ((987_654, "x"),)
    rows = [Row(n, f"客 {n}", "", (f"street {n}",), facts) for n in range(3)]
    done = bring_in(operator.actor, rows, wording="", today=TODAY)
    assert (done.customers, done.fresh, done.refused) == (3, 3, 5)
    assert Tagging.objects.count() == 1
