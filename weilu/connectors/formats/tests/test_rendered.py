"""What a program wrote comes back as it was, whatever was said in it and however it is spoilt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.chat.ports import Kind, Unreadable
from weilu.connectors.formats.registry import ALL_FORMATS
from weilu.connectors.formats.tests.entries import entry, read
from weilu.connectors.formats.tests.rendered import OBJECTS, RENDERED, TEXTS

FORMATS = {one.name: one for one in ALL_FORMATS}
FIRST_MS = 1_673_597_220_000
NASTY = "<b>&amp;</b> a\u2028b\u00a0c 👍 \\n 茶"
TALK = [(FIRST_MS, "Ann Lee", NASTY), (FIRST_MS + 86_520_000, "王小明", "hi\n\nmore: 8:07 - x")]

_NAMES = st.text("abzABZ茶王이야éß19", min_size=1, max_size=12).filter(lambda n: n.isalpha())
# What a text may hold and still come back: no blanks at the ends, and lines that are no headings.
_WORDS = st.text("abzZ茶이é 👍<>&\"'`;:#/\\.,!?(){}|*-_=+@%09\n", min_size=1, max_size=60).filter(
    lambda t: t == t.strip() and not t.startswith((">", "'"))
)
_MESSAGES = st.lists(
    st.tuples(st.integers(0, 500_000).map(lambda m: FIRST_MS + m * 60_000), _NAMES, _WORDS),
    min_size=1,
    max_size=6,
)


def _told(name: str, data: bytes) -> list[tuple[int, str, str]]:
    reading = read(FORMATS[name], data, path="x.bin")
    assert reading.codes == []
    assert reading.portions[-1].done == 1.0
    return [(one.sent_ms, one.name, one.text) for one in reading.items]


@pytest.mark.parametrize("name", RENDERED)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_it_comes_back_in_every_encoding(name: str, codec: str, ends: str) -> None:
    data = RENDERED[name](TALK).replace("\n", ends).encode(codec)
    assert sorted(_told(name, data)) == TALK


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(RENDERED)), _MESSAGES)
def test_it_comes_back_whatever_was_said(name: str, talk: list[tuple[int, str, str]]) -> None:
    told = _told(name, RENDERED[name](talk).encode())
    assert sorted(told) == sorted(talk)


@pytest.mark.parametrize("name", RENDERED)
def test_cut_at_any_byte_it_tells_the_same_twice(name: str) -> None:
    data = RENDERED[name](TALK).encode()
    for end in range(0, len(data), 7):
        try:
            first = read(FORMATS[name], data[:end], path="x.bin")
        except Unreadable:
            continue
        assert first.portions == read(FORMATS[name], data[:end], path="x.bin").portions
        assert all(item.kind in {Kind.MESSAGE, Kind.NOTICE} for item in first.items)
        assert len(first.items) <= len(TALK)


@pytest.mark.parametrize("name", ["telegram_html", "discord_html", *OBJECTS])
def test_a_file_cut_in_a_message_says_so(name: str) -> None:
    data = RENDERED[name](TALK).encode()
    # Inside the second message, whichever stands second in the file.
    at = data.rindex(b"more") if name != "messenger" else data.rindex(b"Ann")
    if name == "mattermost":
        # A page is one object, read whole.
        with pytest.raises(Unreadable, match="truncated"):
            read(FORMATS[name], data[:at], path="x.bin")
        return
    reading = read(FORMATS[name], data[:at], path="x.bin")
    assert "truncated" in reading.codes
    assert len(reading.items) == 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(RENDERED)), st.binary(max_size=40), st.integers(0, 400))
def test_foreign_bytes_never_crash(name: str, dirt: bytes, at: int) -> None:
    data = RENDERED[name](TALK).encode()
    spoilt = data[:at] + dirt + data[at:]
    for known in ALL_FORMATS:
        assert 0 <= known.recognise(entry(spoilt)) <= 100
    try:
        first = read(FORMATS[name], spoilt, path="x.bin")
    except Unreadable:
        return
    assert first.portions == read(FORMATS[name], spoilt, path="x.bin").portions


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "kakaotalk"])
def test_gb18030_comes_back(name: str) -> None:
    talk = [(sent, who, said.replace("\u2028", "").replace("👍", "好")) for sent, who, said in TALK]
    told = read(FORMATS[name], RENDERED[name](talk).encode("gb18030"), path="x.bin").items
    assert [(one.sent_ms, one.name, one.text) for one in told] == talk
