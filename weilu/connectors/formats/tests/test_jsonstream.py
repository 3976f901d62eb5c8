"""Streaming over JSON: placement, damage, encodings, limits."""

from __future__ import annotations

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.chat.ports import Entry, Unreadable
from weilu.connectors.formats import jsonscan
from weilu.connectors.formats.jsonlines import lines
from weilu.connectors.formats.jsonscan import Tokens, guess, sniff
from weilu.connectors.formats.jsonstream import Batch, Field, outline, peek, walk
from weilu.connectors.formats.telegram import TelegramFormat
from weilu.connectors.formats.tests.jsonmaking import entry, portions_of


class Record(msgspec.Struct):
    id: int
    text: str = ""


SAID = "今晚八点开团，记得來😀"
TARGETS = (("messages",), ("chats", "list", "*", "messages"), ())


def found(one: Entry, keep: tuple[str, ...] = ()) -> tuple[list[Record], list[tuple[str, int]]]:
    records: list[Record] = []
    problems: list[tuple[str, int]] = []
    for event in walk(one, TARGETS, Record, keep):
        if isinstance(event, Batch):
            records += event.records
            problems += [(p.code, p.number) for p in event.problems]
    return records, problems


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({"messages": [{"id": 1}, {"id": 2}], "name": "x"}, [1, 2]),
        ({"name": "x", "z": {"messages": [{"id": 9}]}, "messages": [{"id": 1}]}, [1]),
        ([{"id": 1, "more": {"messages": [1, 2]}}, {"id": 2}], [1, 2]),
        (
            {
                "chats": {
                    "about": "",
                    "list": [{"messages": [{"id": 1}]}, {"messages": [{"id": 2}]}],
                }
            },
            [1, 2],
        ),
        ({"messages": []}, []),
        ({"messages": [[{"id": 1}], {"id": 2, "text": 'a"]},{\\'}]}, [2]),
    ],
)
def test_records_are_found_where_they_stand(document: object, ids: list[int]) -> None:
    records, _ = found(entry(document))
    assert [record.id for record in records] == ids
    compact = json.dumps(document, separators=(",", ":")).encode()
    assert [record.id for record in found(entry(compact))[0]] == ids


def test_fields_before_and_after_the_records_are_told() -> None:
    one = entry({"name": "g\n", "messages": [{"id": 1}], "id": 5, "members": [{"a": 1}], "x": 0})
    fields = [
        e for e in walk(one, TARGETS, Record, ("name", "id", "members")) if isinstance(e, Field)
    ]
    assert fields == [
        Field(("name",), "g\n"),
        Field(("id",), 5),
        Field(("members",), [{"a": 1}]),
    ]
    assert outline(one, TARGETS, ("id", "name")) == {("name",): "g\n", ("id",): 5}
    assert outline(one, TARGETS, ("id", "name"), ("name",)) == {("name",): "g\n"}


def test_damaged_records_are_told_by_number_and_the_others_read() -> None:
    deep = b'{"id":6,"q":' + b"[" * 5000 + b"]" * 5000 + b"}"
    data = (
        b'[{"id":1},{"id":"x"},{"text":"no id"},{"id":4,"text":"a\nb","n":NaN},'
        b'{"id":5,"text":"\xff\\ud83d"},' + deep + b',{"id":7,"id":8}]'
    )
    records, problems = found(entry(data))
    assert records == [
        Record(1),
        Record(4, "a\nb"),
        Record(5, "\ufffd\ufffd"),
        Record(8),
    ]
    assert problems == [("bad_record", 2), ("bad_record", 3), ("encoding", 5), ("too_deep", 6)]


@pytest.mark.parametrize(
    ("filling", "code"),
    [(b'"' + b'a[{,\\"' * 2_000_000 + b'"', "long_line"), (b"[" * 10_000_000, "too_deep")],
)
def test_a_record_too_long_to_hold_is_passed_over(filling: bytes, code: str) -> None:
    data = b'{"messages":[{"id":1},{"id":2,"text":' + filling
    closed = data + (b"]" * 10_000_000 if code == "too_deep" else b"") + b'},{"id":3}],"id":4}'
    records, problems = found(entry(closed))
    assert [record.id for record in records] == [1, 3]
    assert problems == [(code, 2)]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"],
)
def test_encodings_are_found_by_content(encoding: str) -> None:
    text = json.dumps(
        {
            "name": "围炉",
            "messages": [{"id": n, "text": "今晚八点开团，記得來😀"} for n in range(5)],
        },
        ensure_ascii=False,
    )
    one = entry(text.encode(encoding))
    records, problems = found(one)
    assert ([r.text for r in records], problems) == (["今晚八点开团，記得來😀"] * 5, [])
    assert peek(one).fields[("name",)] == "围炉"


def test_gb18030_after_a_long_ascii_beginning() -> None:
    messages = [{"id": n, "text": "x" * 100} for n in range(20_000)]
    text = json.dumps([*messages, {"id": -1, "text": "團购誠{信"}], ensure_ascii=False)
    records, problems = found(entry(text.encode("gb18030")))
    assert (len(records), records[-1], problems) == (20_001, Record(-1, "團购誠{信"), [])


def test_one_bad_byte_does_not_change_the_encoding() -> None:
    text = json.dumps(
        [{"id": 1, "text": "围炉夜话" * 50}, {"id": 2, "text": "?"}], ensure_ascii=False
    )
    records, problems = found(entry(text.encode().replace(b'"?"', b'"\xff"')))
    assert records == [Record(1, "围炉夜话" * 50), Record(2, "\ufffd")]
    assert problems == [("encoding", 2)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR{[", "not_text"),
        (b"hello, {not} [json]", "bad_record"),
        (b'"only a string"', "bad_record"),
    ],
)
def test_what_is_no_json_is_unreadable(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        found(entry(data))
    assert caught.value.problem.code == code
    assert peek(entry(data)).records == ()


DOCUMENT = json.dumps(
    {
        "name": "g",
        "messages": [
            {"id": n, "text": f'{n}"\\ {{[,炉\u2028', "e": [{"a": [n]}]} for n in range(9)
        ],
        "id": 7,
    },
    ensure_ascii=False,
    indent=1,
).encode()


@pytest.mark.parametrize("size", [1, 3, 7, 64, 1024])
def test_chunks_may_end_anywhere(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(entry(DOCUMENT))
    assert len(whole[0]) == 9
    with entry(DOCUMENT).open() as stream:
        tokens = Tokens(stream, "")
        while tokens.more():
            pass
        expected = tokens.spots.tolist(), tokens.depths.tolist()
    original = jsonscan.utf8_chunks
    monkeypatch.setattr(jsonscan, "utf8_chunks", lambda stream: original(stream, size))
    with entry(DOCUMENT).open() as stream:
        tokens = Tokens(stream, "")
        while tokens.more():
            pass
        assert (tokens.spots.tolist(), tokens.depths.tolist()) == expected
    assert found(entry(DOCUMENT)) == whole


def test_cut_anywhere_keeps_every_record_before_the_cut() -> None:
    whole, _ = found(entry(DOCUMENT))
    last = DOCUMENT.rindex(b"}")
    with pytest.raises(Unreadable):
        found(entry(b""))
    for cut in range(1, len(DOCUMENT)):
        part = DOCUMENT[:cut]
        records, problems = found(entry(part))
        complete = part.count(b"}\n  ]\n  }")
        assert len(records) >= complete
        assert records == whole[: len(records)]
        if cut <= last:
            assert problems == [("truncated", min(len(records) + 1, 10))]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_crash(data: bytes) -> None:
    for prefix in (b"", b'{"messages":[{"id":1},', b'[{"id":1},{"text":"'):
        one = entry(prefix + data)
        peek(one)
        for reader in (found, lambda e: list(lines(e, Record))):
            # Unreadable is an answer, anything else is a crash.
            with suppress(Unreadable):
                reader(one)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(2**53), 2**53), st.text()), max_size=30),
    st.booleans(),
    st.sampled_from([None, 1, "\t"]),
)
def test_whatever_json_writes_is_read(
    rows: list[tuple[int, str]], is_ascii: bool, indent: int | str | None
) -> None:
    document = [{"id": number, "text": text} for number, text in rows]
    data = json.dumps(document, ensure_ascii=is_ascii, indent=indent).encode()
    kept = [Record(number, text.replace("\0", "\ufffd")) for number, text in rows]
    assert found(entry(data)) == (kept, [])


def test_lines_skip_comments_and_tell_damage_by_line() -> None:
    data = b'# comment\n{"id":1}\r\n\n{"id":"x"}\n{"id":3,"text":"\xe7\x82\x89"}\n{"id":4,"te'
    batches = list(lines(entry(data), Record))
    assert [r for b in batches for r in b.records] == [Record(1), Record(3, "炉")]
    assert [n for b in batches for n in b.numbers] == [2, 5]
    told = [(p.code, p.unit, p.number) for b in batches for p in b.problems]
    assert told == [("bad_record", "line", 4), ("truncated", "line", 6)]


def test_a_line_over_the_limit_is_passed_over() -> None:
    data = b'{"id":1}\n{"id":2,"text":"' + b"a" * 20_000_000 + b'"}\n{"id":3}\n'
    batches = list(lines(entry(data), Record))
    assert [r for b in batches for r in b.records] == [Record(1), Record(3)]
    assert [n for b in batches for n in b.numbers] == [1, 3]
    assert [(p.code, p.number) for b in batches for p in b.problems] == [("long_line", 2)]


def test_sniff_and_guess() -> None:
    assert sniff(b"\xef\xbb\xbf{") == ("utf-8", 3)
    assert sniff(b"{\0") == ("utf-16-le", 0)
    assert sniff(b"{}") == ("", 0)
    assert guess("炉火正旺".encode("gb18030")) == "gb18030"
    assert guess("炉".encode()[:2]) == "utf-8"


def test_a_log_of_times_in_brackets_is_not_tried_line_by_line() -> None:
    """Each line begins as a list does; nothing of it is a record, and nobody reads it as JSON."""
    head = b"".join(b"[%02d:00] <nick> hello\n" % (k % 24) for k in range(2000))
    found = peek(entry(head))
    assert (found.top, found.records) == ("", ())


def test_a_nul_in_text_becomes_what_can_be_stored() -> None:
    told = (
        b'{"name":"a\\u0000b","type":"private_group","id":1,"messages":[{"id":1,"type":"message",'
        b'"date_unixtime":"1700000000","from":"A\\u0000","from_id":"user1",'
        b'"text":"x\\u0000y \\\\u0000"},'
        b'{"id":2,"type":"message","date_unixtime":"1700000000","from":"B","from_id":"user2",'
        b'"text":"raw\x00nul"}]}'
    )
    one = TelegramFormat()
    (portion,) = portions_of(one, entry(told))
    assert portion.chat.name == "a\ufffdb"
    assert [(item.name, item.text) for item in portion.items] == [
        ("A\ufffd", "x\ufffdy \\u0000"),
        ("B", "raw\ufffdnul"),
    ]
