"""Posters of join links, made here: a picture, a title, a few words, the code; SVG and PNG (B-2).

Both are drawn from one plan, so that what is printed is what was seen. The width of text is
estimated (a Chinese character one em, a Latin one a little over half), which needs no font; the
PNG needs one and takes the first of the machine that has Chinese.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from unicodedata import east_asian_width

import segno
from PIL import Image, ImageDraw, ImageFont, ImageOps

from weilu.console.joining.codes import ERROR_LEVEL
from weilu.core.errors import GivenUp

WIDTH, HEIGHT = 1080, 1620
PICTURE_HEIGHT = 720
EDGE = 90
CODE_SIDE = 400
INK, PAPER, SOFT, EMBER = "#2b2420", "#fffaf4", "#6a5f55", "#c8551b"
LATIN = 0.56
MOST_LINES = 4
_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
_FACES = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf", "PingFang.ttc", "Hiragino Sans GB.ttc", "msyh.ttc",
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "simhei.ttf", "NotoSerifCJK-Regular.ttc",
    "DejaVuSans.ttf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster shows; `picture` is a JPEG file or None."""

    title: str
    text: str
    how: str
    address: str
    picture: Path | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its middle and baseline, its size in pixels, its colour."""

    text: str
    y: int
    size: int
    colour: str
    is_bold: bool = False


def _wide(text: str) -> float:
    """Width in em, about."""
    return sum(1.0 if east_asian_width(c) in "WF" else LATIN for c in text)


def wrapped(text: str, ems: float, most: int) -> list[str]:
    """Text in at most `most` lines of that width; what is too long ends with an ellipsis."""
    lines, line = [], ""
    for word in _words(text):
        if line and _wide(line + word) > ems:
            lines.append(line.strip())
            line = ""
        line += word
    lines = [one for one in (*lines, line.strip()) if one]
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]
    return lines


def _words(text: str) -> list[str]:
    """Where a line may break: after a space, and beside every wide character."""
    found, word = [], ""
    for c in text.replace("\n", " "):
        if east_asian_width(c) in "WF":
            found += [word, c]
            word = ""
        elif c == " ":
            found.append(f"{word} ")
            word = ""
        else:
            word += c
            if _wide(word) > 20:
                found.append(word)
                word = ""
    return [one for one in (*found, word) if one]


def lines_of(one: Poster) -> list[Line]:
    """The lines of a poster, placed."""
    inner = WIDTH - 2 * EDGE
    y = PICTURE_HEIGHT + 40 if one.picture else 320
    found = []
    for words, size, most, colour in ((one.title, 84, 2, INK), (one.text, 42, MOST_LINES, SOFT)):
        for text in wrapped(words, inner / size, most):
            y += round(size * 1.3)
            found.append(Line(text, y, size, colour, colour == INK))
        y += 16
    found.append(Line(one.how, HEIGHT - 60, 40, EMBER, is_bold=True))
    return found


def _code_top() -> int:
    return HEIGHT - CODE_SIDE - 130


def svg(one: Poster) -> bytes:
    """The poster as SVG, with its picture inside; scales to any size."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{escape(one.title)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
    ]
    if one.picture is not None:
        data = base64.b64encode(one.picture.read_bytes()).decode()
        parts.append(
            f'<image href="data:image/jpeg;base64,{data}" width="{WIDTH}"'
            f' height="{PICTURE_HEIGHT}" preserveAspectRatio="xMidYMid slice"/>'
        )
    parts += [
        f'<text x="{WIDTH // 2}" y="{line.y}" font-size="{line.size}" fill="{line.colour}"'
        f' font-weight="{700 if line.is_bold else 400}" text-anchor="middle" font-family="'
        f"-apple-system, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
        f'">{escape(line.text)}</text>'
        for line in lines_of(one)
    ]
    parts += [_code_svg(one.address), "</svg>"]
    return "".join(parts).encode()


def _code_svg(address: str) -> str:
    """The code as one path on white."""
    rows = list(segno.make(address, error=ERROR_LEVEL, micro=False).matrix_iter(border=2))
    side = CODE_SIDE / len(rows)
    left, top = (WIDTH - CODE_SIDE) / 2, _code_top()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return (
        f'<g transform="translate({left:g} {top}) scale({side:.4f})">'
        f'<rect width="{len(rows)}" height="{len(rows)}" fill="#fff"/>'
        f'<path d="{path}" fill="#000" shape-rendering="crispEdges"/></g>'
    )


def png(one: Poster) -> bytes:
    """The poster as PNG, 1,080 by 1,620. Raises GivenUp when the machine has no font at all."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    if one.picture is not None:
        with Image.open(one.picture) as opened:
            sheet.paste(ImageOps.fit(opened.convert("RGB"), (WIDTH, PICTURE_HEIGHT)), (0, 0))
    pen = ImageDraw.Draw(sheet)
    for line in lines_of(one):
        pen.text(
            (WIDTH // 2, line.y),
            line.text,
            font=_font(line.size),
            fill=line.colour,
            anchor="ms",
            stroke_width=1 if line.is_bold else 0,
        )
    sheet.paste(_code_picture(one.address), ((WIDTH - CODE_SIDE) // 2, _code_top()))
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def _code_picture(address: str) -> Image.Image:
    out = io.BytesIO()
    segno.make(address, error=ERROR_LEVEL, micro=False).save(out, kind="png", border=2, scale=12)
    out.seek(0)
    with Image.open(out) as opened:
        return opened.convert("RGB").resize((CODE_SIDE, CODE_SIDE), Image.Resampling.NEAREST)


def _font(size: int) -> ImageFont.FreeTypeFont:
    for path in _faces():
        try:
            return ImageFont.truetype(str(path), size)
        except OSError:
            continue
    raise GivenUp("no_font")


@cache
def _faces() -> Sequence[Path]:
    """Font files of this machine, the best first."""
    found = {
        path.name: path
        for folder in _FOLDERS
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.name in _FACES
    }
    return [found[name] for name in _FACES if name in found]
