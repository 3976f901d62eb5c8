"""Codes are read from pictures, and nothing else is."""

from __future__ import annotations

import asyncio
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from weilu.chat.pictures import reading
from weilu.chat.pictures.reading import codes_in, read_codes
from weilu.chat.pictures.tests.drawn import drawn

INVITE = "https://weixin.qq.com/g/AwYAAexample"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_code_is_read_whatever_the_file(kind: str) -> None:
    assert read_codes(drawn(INVITE, kind)) == [INVITE]


def test_the_process_says_the_same() -> None:
    assert asyncio.run(codes_in(drawn(INVITE))) == [INVITE]
    assert asyncio.run(codes_in(b"not a picture at all")) == []


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
def test_what_is_no_picture_says_nothing(data: bytes) -> None:
    assert read_codes(data) == []


def test_a_huge_picture_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PIXELS", 100 * 100)
    assert read_codes(drawn(INVITE)) == []


def test_a_transparent_background_is_white() -> None:
    with Image.open(BytesIO(drawn(INVITE))) as opened:
        seen = np.array(opened.convert("RGBA"))
    seen[(seen[:, :, :3] == 255).all(axis=2)] = 0
    out = BytesIO()
    Image.fromarray(seen).save(out, "PNG")
    assert read_codes(out.getvalue()) == [INVITE]


def test_whoever_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WALL_S", 0.0)
    with pytest.raises(TimeoutError):
        asyncio.run(codes_in(drawn(INVITE)))
