"""Satori's message elements as text and form, and text as elements; pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from weilu.chat.ports.records import Form

_FORMS = {
    "img": Form.PICTURE, "image": Form.PICTURE, "audio": Form.VOICE, "record": Form.VOICE,
    "video": Form.VIDEO, "file": Form.FILE, "sticker": Form.STICKER, "location": Form.LOCATION,
    "card": Form.CARD, "share": Form.LINK,
}  # fmt: skip
_BREAKS = {"br", "p", "li"}
_ALL = {"all": "全体成员", "here": "在线成员"}


@dataclass(frozen=True, slots=True)
class Said:
    """What readers see of a message."""

    text: str
    form: Form
    reply_to: str
    picture: str = ""


class _Reader(HTMLParser):
    """Collects what is shown; what a quote holds was said before."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.form: Form | None = None
        self.reply_to = ""
        self.picture = ""
        self.quotes = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element, whose children follow."""
        self._open(tag, dict(attrs))
        if tag == "quote":
            self.quotes += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without children."""
        self._open(tag, dict(attrs))
        if tag == "a":
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """The end of an element's children."""
        if tag == "quote":
            self.quotes = max(0, self.quotes - 1)
        elif tag == "p" and not self.quotes:
            self.parts.append("\n")
        elif tag == "a" and self.links and not self.quotes:
            href = self.links.pop()
            if href and href not in "".join(self.parts[-2:]):
                self.parts.append(f" {href} ")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self.quotes:
            self.parts.append(data)

    def _open(self, tag: str, attrs: dict[str, str | None]) -> None:
        if self.quotes:
            return
        if tag == "quote":
            self.reply_to = attrs.get("id") or ""
        elif tag == "at":
            shown = _ALL.get(attrs.get("type") or "") or attrs.get("name") or attrs.get("id")
            self.parts.append(f"@{shown or attrs.get('role') or ''} ")
        elif tag == "sharp":
            self.parts.append(f"#{attrs.get('name') or attrs.get('id') or ''} ")
        elif tag == "a":
            self.links.append(attrs.get("href") or "")
        elif tag == "br" or (tag in _BREAKS and self.parts):
            self.parts.append("\n")
        elif tag == "message":
            self.form = Form.FORWARD if "forward" in attrs else self.form
        else:
            self._thing(tag, attrs)

    def _thing(self, tag: str, attrs: dict[str, str | None]) -> None:
        form = _FORMS.get(tag)
        # What a platform has of its own is written with its name in front, as in llonebot:ark.
        if form is None and ":" in tag:
            form = Form.OTHER
        if form is not None:
            if self.form is None and form == Form.PICTURE:
                self.picture = attrs.get("src") or ""
            self.form = form if self.form is None else self.form
            self.parts.append(attrs.get("title") or "")


def said(content: str) -> Said:
    """A message as text, what it is mainly made of, and which message it answers."""
    reader = _Reader()
    reader.feed(content)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    text = "\n".join(lines).strip()
    form = Form.TEXT if reader.form is None else reader.form
    is_address = reader.picture.startswith(("https://", "http://"))
    return Said(text, form, reader.reply_to, reader.picture if is_address else "")


def content_of(text: str, picture: str = "", reply_to: str = "") -> str:
    """A message as elements: what it answers, a picture by its address, the text."""
    parts = []
    if reply_to:
        parts.append(f'<quote id="{escape(reply_to)}"/>')
    if picture:
        parts.append(f'<img src="{escape(picture)}"/>')
    return "".join([*parts, escape(text, quote=False)])
