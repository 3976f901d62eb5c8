"""Addresses in whatever disguise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.moderation.rules.contacts import Contact, Found, _apart, contacts, contacts_in
from weilu.moderation.rules.folding import join


@pytest.mark.parametrize(
    ("text", "kind", "span", "value"),
    [
        ("加我微信：abc_12345 谢谢", Contact.WECHAT, "微信：abc_12345", "abc12345"),
        ("Ｑ；①①②②①⑨⑦⑤④", Contact.QQ, "Ｑ；①①②②①⑨⑦⑤④", "112219754"),
        ("+V 1 3 8-0013-8000", Contact.WECHAT, "+V 1 3 8-0013-8000", "13800138000"),
        (
            "看 http://t.cn/abc123，好",
            Contact.SHORT_LINK,
            "http://t.cn/abc123",
            "http://t.cn/abc123",
        ),
        ("到 t.me/+AbCdEf123 来", Contact.INVITE, "t.me/+AbCdEf123", "t.me/+abcdef123"),
        ("群 discord.gg/abcd", Contact.INVITE, "discord.gg/abcd", "discord.gg/abcd"),
        ("扣一二三四五六七八", Contact.QQ, "扣一二三四五六七八", "12345678"),
        ("app.com", Contact.DOMAIN, "app.com", "app.com"),
        ("找 @someone12 问", Contact.HANDLE, "@someone12", "someone12"),
        ("+1 (415) 555-0100", Contact.PHONE, "+1 (415) 555-0100", "14155550100"),
        ("a.b@example.org.", Contact.MAIL, "a.b@example.org", "a.b@example.org"),
        ("手机幺三八零零一三八零零零", Contact.PHONE, "幺三八零零一三八零零零", "13800138000"),
        ("www.example.top/x?y=1。", Contact.LINK, "www.example.top/x?y=1", "www.example.top/x?y=1"),
        ("好看 abc678", Contact.CODE, "abc678", "abc678"),
        ("Y W47524++喂++看", Contact.WECHAT, "Y W47524++喂", "yw47524"),
        ("佳徽：ab12345 来", Contact.WECHAT, "佳徽：ab12345", "ab12345"),
        ("come @someone12 now", Contact.MENTION, "@someone12", "someone12"),
        ("4953 2106 扣", Contact.QQ, "4953 2106 扣", "49532106"),
    ],
)
def test_an_address_is_found(text: str, kind: Contact, span: str, value: str) -> None:
    found = contacts([text])
    assert [(f.kind, text[f.start : f.end], f.value.lstrip("@")) for f in found] == [
        (kind, span, value)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "订单 20231201 在 12:30 到",
        "192.168.100.100 连不上",
        "版本 v1.2.345",
        "have 12345 cups of tea",
        "",
        "今天一二三四",
        "tea2024: 没有",
        "<Tea> @tea2024 好的",
        "1, 4, 7 ... 10000",
        "还有 192.168.1.* 那台",
        "pass +values here",
    ],
)
def test_everyday_numbers_lead_nowhere(text: str) -> None:
    assert contacts([text]) == []


def test_names_of_members_are_no_addresses() -> None:
    batch = join(["去问 tea2024 吧", "去问 tea2024 吧"])
    assert len(contacts_in(batch)) == 2
    assert contacts_in(batch, lambda numbers: [{"tea2024"}] * len(numbers)) == []


@given(st.lists(st.text(max_size=60), max_size=6))
def test_places_lie_inside_their_text(texts: list[str]) -> None:
    for found in contacts(texts):
        assert 0 <= found.start < found.end <= len(texts[found.text])


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=12)


@pytest.mark.parametrize(
    "text", ["qt-4.6.2-i486-1.tgz; qt-4.7.0-i486-3.tgz", "tgmath.h has it", "+q = quiet", "+v him"]
)
def test_technical_talk_holds_no_address(text: str) -> None:
    assert contacts([text]) == []


@given(SPANS, SPANS)
def test_what_lies_apart_is_what_meets_nothing(
    some: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    found = [Found(0, at, at + size, Contact.DOMAIN, "") for at, size in some]
    spans = [(at, at + size) for at, size in others]
    assert _apart(found, spans) == [
        one for one in found if not any(one.start < end and start < one.end for start, end in spans)
    ]


def test_a_long_line_takes_no_long_time() -> None:
    # A pattern that went back and forth would not come to an end here.
    found = contacts(["a1." * 50_000 + "微信" * 1000 + " t.me/+abcdef"])
    assert found[-1].value == "t.me/+abcdef"


def test_a_word_without_an_end_is_looked_at_once() -> None:
    assert contacts(["wx" * 500_000 + "/"]) == []


def test_an_address_as_long_as_it_may_be() -> None:
    name = "a" * 62 + "b"
    assert [one.kind for one in contacts([f"{name}.com", f"a{name}@{name}.com"])] == [
        Contact.DOMAIN,
        Contact.MAIL,
    ]
