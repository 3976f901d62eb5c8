"""Zulip's HTML as readable text (handbook K-4)."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from weilu.chat.ports import Form
from weilu.connectors.formats.jsonforms import file_form

_UPLOAD = re.compile(r"(?:href|src)=\"(?:https?://[^\"/]+)?/user_uploads/([^\"]+)\"")
_BREAKS = frozenset({"p", "br", "li", "pre", "div", "blockquote", "tr", "ul", "ol", "hr", "table"})
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_EMPTY = frozenset({"br", "hr", "img", "input", "wbr", "col", "source"})
_BLANK_LINES = re.compile(r"[ \t]*\n\s*\n?")
_TAGS = re.compile(r"<[^<>]*>")


class _Text(HTMLParser):
    """Collects text; formulas by their TeX source, links with their address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._silent = 0
        self._open: list[tuple[str, bool]] = []
        self._links: list[tuple[str, int]] = []
        self._is_tex = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        known = dict(attrs)
        classes = (known.get("class") or "").split()
        if tag == "annotation":
            self._is_tex = True
        if tag in _BREAKS or tag in _TITLES:
            self.written.append("\n")
        if tag == "img" and "emoji" in classes:
            self.written.append(known.get("alt") or "")
        if tag in _EMPTY:
            return
        is_silent = "katex" in classes or "message_inline_image" in classes
        self._silent += is_silent
        self._open.append((tag, is_silent))
        if tag == "a":
            self._links.append((known.get("href") or "", len(self.written)))
        if "user-mention" in classes or "user-group-mention" in classes:
            self.written.append("@")

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, and those left open inside it."""
        if tag == "annotation":
            self._is_tex = False
        if not any(name == tag for name, _ in self._open):
            return
        while self._open:
            name, was_silent = self._open.pop()
            self._silent -= was_silent
            if name == "a":
                self._end_link()
            if name == tag:
                break
        if tag in _BREAKS or tag in _TITLES:
            self.written.append("\n")

    def _end_link(self) -> None:
        address, place = self._links.pop()
        label = "".join(self.written[place:]).strip()
        if not self._silent and address.startswith(("http://", "https://")) and address != label:
            self.written.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        """Take text; a mention that has its @ already keeps one."""
        if self._silent and not self._is_tex:
            return
        if self.written and self.written[-1] == "@" and data.startswith("@"):
            data = data[1:]
        self.written.append(data)


def plain(content: str) -> str:
    """The text of a message's HTML: mentions as @name, a link's address behind its label."""
    if "<" not in content:
        return html.unescape(content)
    one = _Text()
    try:
        one.feed(content)
        one.close()
    except AssertionError:
        # The parser gives up on broken declarations; the words are still there.
        return html.unescape(_TAGS.sub(" ", content)).strip()
    return _BLANK_LINES.sub("\n", "".join(one.written)).strip()


def form_of(content: str) -> Form:
    """What a message is made of, by the first file uploaded with it."""
    if "/user_uploads/" not in content:
        return Form.TEXT
    found = _UPLOAD.search(content)
    return file_form(found[1]) if found else Form.TEXT
