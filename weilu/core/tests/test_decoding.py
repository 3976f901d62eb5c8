"""Files as text: encodings, archives, and what is none."""

from __future__ import annotations

import gzip

import pytest

from weilu.core.decoding import text_of, unpacked

SAID = "茶,一盏\r\n好"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same_text(encoding: str) -> None:
    data = SAID.encode(encoding)
    assert text_of(data) == text_of(data, is_strict=True) == SAID


def test_a_few_bad_bytes_cost_only_themselves() -> None:
    for encoding in ("utf-8", "gb18030"):
        data = SAID.encode(encoding) + b"\xff\xff"
        assert text_of(data).startswith(SAID)
        with pytest.raises(ValueError, match="neither"):
            text_of(data, is_strict=True)


def test_what_is_no_text_is_refused() -> None:
    for is_strict in (True, False):
        with pytest.raises(ValueError, match="not text"):
            text_of(b"\x89PNG\0\0", is_strict=is_strict)


def test_archives_are_opened_no_further_than_asked() -> None:
    data = b"tea" * 1000
    packed = gzip.compress(data)
    assert unpacked(data, 5000) == unpacked(packed, 5000) == unpacked(packed, 3000) == data
    assert unpacked(packed + packed + b"\0\0", 6000) == data + data
    assert unpacked(packed, 10) == unpacked(data, 10) == b"teateateate"
    for broken in (packed[:-9], packed[:12] + b"\xff" * 30):
        with pytest.raises(ValueError, match=r"packed|Error"):
            unpacked(broken, 5000)
