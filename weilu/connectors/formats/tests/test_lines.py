"""Text out of bytes: encodings, line ends, long lines, tables."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.chat.ports import Entry, Problem, Unreadable
from weilu.connectors.formats.lines import (
    TextStream,
    csv_rows,
    guess_encoding,
    head_lines,
    head_text,
    text_lines,
)
from weilu.connectors.formats.tests.entries import entry

CHINESE = "今天天气很好，我们一起去喝茶吧。明天的活动在哪里报名？\n谢谢大家的支持\n" * 3
TRADITIONAL = "今天天氣很好，我們一起去喝茶吧。明天的活動在哪裡報名？\n謝謝大家的支持\n" * 3


def lines_of(data: bytes) -> tuple[list[str], list[Problem]]:
    problems: list[Problem] = []
    return [line for _, line in text_lines(entry(data), problems)], problems


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("utf-8", CHINESE),
        ("utf-8-sig", CHINESE),
        ("utf-16", CHINESE),
        ("utf-16-le", "2023-01-01 Ann: " + CHINESE),
        ("utf-16-be", "2023-01-01 Ann: hello there\n" * 3),
        ("gb18030", CHINESE),
        ("big5", TRADITIONAL),
        ("latin-1", "un café très élégant à Genève\nvoilà l'été\n"),
        ("ascii", "plain\n"),
    ],
)
def test_encodings_are_found(codec: str, text: str) -> None:
    assert lines_of(text.encode(codec)) == (text.splitlines(), [])


def test_encoding_is_found_behind_a_long_plain_start() -> None:
    plain = "2023-01-01 plain\n" * 50_000
    lines, problems = lines_of(plain.encode() + CHINESE.encode("gb18030"))
    assert lines[-1] == "谢谢大家的支持"
    assert problems == []


def test_lines_end_at_lf_only() -> None:
    text = "a\u2028b\x85c\x0bd\x0ce\x1cf\rg\r\nsecond\n\nfourth"
    lines, _ = lines_of(text.encode())
    assert lines == ["a\u2028b\x85c\x0bd\x0ce\x1cf\rg", "second", "", "fourth"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "gb18030"])
def test_a_file_without_any_lf_ends_its_lines_at_cr(codec: str) -> None:
    text = "13/01/2026, 08:03 - 安安: 大家早上好\r13/01/2026, 08:04 - 宝宝: 早\r"
    one = entry(text.encode(codec))
    lines = [line for _, line in TextStream(one).lines()]
    assert lines == head_lines(one)[:2] == text.split("\r")[:2]


def test_invalid_bytes_are_replaced_and_told() -> None:
    data = "第一行\n第二行\n".encode() * 20 + b"bad \xff\xfe here\n" + "好\n".encode()
    lines, problems = lines_of(data)
    assert lines[40] == "bad \ufffd\ufffd here"
    assert problems == [
        Problem("encoding", "chat.txt", "line", 41, "2 × bad \ufffd\ufffd here"),
    ]


def test_replacement_signs_in_the_file_are_no_fault() -> None:
    assert lines_of("left \ufffd\ufffd\n".encode()) == (["left \ufffd\ufffd"], [])


def test_binary_is_not_text() -> None:
    with pytest.raises(Unreadable) as raised:
        lines_of(bytes(range(256)) * 20)
    assert raised.value.problem.code == "not_text"
    late = b"fine\n" * 200_000 + bytes(600_000)
    with pytest.raises(Unreadable):
        lines_of(late)


def test_stray_nul_is_replaced() -> None:
    assert lines_of(b"a\x00b" + b"c" * 200)[0] == ["a\ufffdb" + "c" * 200]


class _Endless(io.RawIOBase):
    """A line of 100 MB that exists nowhere in memory, between two short ones."""

    def __init__(self) -> None:
        self._left = [b"first\n", *([b"x" * 500_000] * 200), b"\nlast\n"]

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._left.pop(0) if self._left else b""


def test_line_of_100_mb_is_cut_in_constant_memory() -> None:
    huge = Entry("huge.txt", 100_000_011, b"first\nxxxx", _Endless)  # type: ignore[arg-type]
    tracemalloc.start()
    problems: list[Problem] = []
    lengths = [(number, len(line)) for number, line in text_lines(huge, problems)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lengths == [(1, 5), (2, 1024 * 1024), (3, 4)]
    assert [(p.code, p.number) for p in problems] == [("long_line", 2)]
    assert peak < 16 * 1024 * 1024


def test_rows_keep_line_breaks_in_quotes_and_their_numbers() -> None:
    problems: list[Problem] = []
    text = 'a,b\r\n1,"two\r\nlines, and ""quotes"""\r\n\r\n3,4\r\n'
    assert list(csv_rows(entry(text), problems)) == [
        (1, ["a", "b"]),
        (2, ["1", 'two\nlines, and "quotes"']),
        (5, ["3", "4"]),
    ]
    assert problems == []


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_delimiter_is_found(sign: str) -> None:
    text = sign.join(["time", "name", "text"]) + "\n" + sign.join(["1", "2", "3"]) + "\n"
    assert [row for _, row in csv_rows(entry(text), [])] == [
        ["time", "name", "text"],
        ["1", "2", "3"],
    ]


def test_field_without_end_is_bounded() -> None:
    problems: list[Problem] = []
    text = 'a,b\n1,"' + "x" * 1000 + "\n" + ("y" * 1000 + "\n") * 2000 + "7,8\n"
    rows = [row for _, row in csv_rows(entry(text), problems)]
    assert rows[0] == ["a", "b"]
    assert rows[-1] == ["7", "8"]
    assert [p.code for p in problems] == ["bad_record"]


@given(st.binary(max_size=400))
def test_any_bytes_give_lines_or_are_refused(data: bytes) -> None:
    try:
        first = lines_of(data)
    except Unreadable:
        return
    assert first == lines_of(data)
    assert all("\n" not in line for line in first[0])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00")))
def test_utf8_text_comes_back(text: str) -> None:
    marked = ("中文\n" + text).encode("utf-8-sig")
    expected = ("中文\n" + text).split("\n")
    assert lines_of(marked)[0] == (expected if expected[-1] else expected[:-1])


def test_progress_counts_bytes() -> None:
    stream = TextStream(entry("a\n" * 1000))
    assert sum(len(lines) for _, lines in stream.batches()) == 1000
    assert stream.consumed == 2000


def test_guess_is_deterministic_for_nothing() -> None:
    assert guess_encoding(b"") == "utf-8"


def test_a_name_out_of_the_first_lines_has_no_nul() -> None:
    assert head_text(entry(b"Te\x00a with KakaoTalk Chats\n" + b"x" * 200)).startswith("Te\ufffda")
