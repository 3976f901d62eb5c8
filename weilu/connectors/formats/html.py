"""Exports written as web pages: blocks of markup, each with a message, and what stands in them.

Nothing of a page is run or kept as markup: what readers get is text. Time and memory grow with the
size of a block and no faster, whatever is in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from weilu.connectors.formats.lines import TextStream

# No message is longer; what is, loses its end.
BLOCK_CHARS = 1024 * 1024
# Real exports nest about ten deep.
DEEPEST = 60
# Attributes up to this length are remembered.
_OFTEN_CHARS = 120
_TOKEN = re.compile(
    r"<(?P<end>/)?(?P<tag>[A-Za-z][A-Za-z0-9]*+)(?P<attributes>(?>[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>"
    r"|<[!?][^<>]*+>|(?P<text>[^<]++|<)"
)
_ATTRIBUTE = re.compile(
    r"(?<![\w:-])([\w:-]++)\s{0,9}=\s{0,9}(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>=]++))"
)
# An address without quotes may end in a stroke of its own.
_SELF_CLOSED = re.compile(r"(?:^|[\s\"'])/$")
_VOID = frozenset({"br", "img", "meta", "link", "input", "hr", "source", "use", "path", "wbr"})
_MUTE = frozenset({"script", "style", "svg", "title"})
_BLOCKS = frozenset({"p", "pre", "blockquote", "li"})


@dataclass(slots=True)
class Node:
    """An element: its name, attributes, the words of its class and what stands in it, in order."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()
    inside: list[Node | str] = field(default_factory=list)

    def below(self, *, but: str = "") -> Iterator[Node]:
        """All elements in it in order of the page; those of class `but` are passed over whole."""
        waiting = [one for one in reversed(self.inside) if isinstance(one, Node)]
        while waiting:
            node = waiting.pop()
            if but and but in node.classes:
                continue
            yield node
            waiting.extend(one for one in reversed(node.inside) if isinstance(one, Node))

    def first(self, name: str, *, but: str = "") -> Node | None:
        """The first element of a class in it."""
        waiting = self.inside[::-1]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str) or (but and but in node.classes):
                continue
            if name in node.classes:
                return node
            waiting += node.inside[::-1]
        return None


def blocks(stream: TextStream, start: re.Pattern[str], sign: str) -> Iterator[tuple[int, str]]:
    """The page in pieces that begin where `start` matches, each with the number of its line.

    `start` is looked for within lines, in those that have `sign` in them. The first piece is what
    stands before the first match. A piece over the limit loses its end.
    """
    held: list[str] = []
    size, first = 0, 1
    for number, line in stream.lines():
        begin = 0
        for found in start.finditer(line) if sign in line else ():
            if size < BLOCK_CHARS:
                held.append(line[begin : found.start()])
            yield first, "\n".join(held)
            held, size, first, begin = [], 0, number, found.start()
        rest = line[begin : begin + BLOCK_CHARS]
        if size < BLOCK_CHARS:
            held.append(rest)
            size += len(rest) + 1
    yield first, "\n".join(held)


def parse(markup: str) -> Node:
    """A piece of a page as a tree; what does not fit together is taken as it comes."""
    root = Node("")
    stack = [root]
    for found in _TOKEN.finditer(markup):
        if (text := found["text"]) is not None:
            stack[-1].inside.append(html.unescape(text) if "&" in text else text)
            continue
        tag = (found["tag"] or "").lower()
        if not tag:
            continue
        if found["end"]:
            _close(stack, tag)
            continue
        attributes = found["attributes"]
        node = Node(tag, *_attributes(attributes))
        stack[-1].inside.append(node)
        if tag not in _VOID and not _SELF_CLOSED.search(attributes) and len(stack) < DEEPEST:
            stack.append(node)
    return root


def _close(stack: list[Node], tag: str) -> None:
    for at in range(len(stack) - 1, 0, -1):
        if stack[at].tag == tag:
            del stack[at:]
            return


def _attributes(written: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """Attributes by name and the words of the class; pages repeat the short ones."""
    if "=" not in written:
        return {}, frozenset()
    return _read_anew(written) if len(written) > _OFTEN_CHARS else _read_often(written)


def _read_anew(written: str) -> tuple[Mapping[str, str], frozenset[str]]:
    found = _ATTRIBUTE.findall(written)
    told = {name.lower(): html.unescape(one or two or bare) for name, one, two, bare in found}
    return told, frozenset(told.get("class", "").split())


_read_often = lru_cache(maxsize=512)(_read_anew)


def text_of(node: Node, *, but: str = "", collapse: bool = False) -> str:
    """What a reader of the page sees; line breaks as LF, the address of a named link behind it.

    With `collapse`, line breaks of the markup itself are blanks, as a browser has it.
    """
    written: list[str] = []
    _write(node, written, but, collapse=collapse)
    return "".join(written).strip(" \t\r\n")


def _write(node: Node, written: list[str], but: str, *, collapse: bool) -> None:
    for one in node.inside:
        if isinstance(one, str):
            written.append(re.sub(r"\s*\n\s*", " ", one) if collapse else one)
        elif one.tag == "br":
            written.append("\n")
        elif one.tag == "img":
            written.append(_picture(one))
        elif one.tag not in _MUTE and not (but and but in one.classes):
            before = len(written)
            if one.tag in _BLOCKS and written and not written[-1].endswith("\n"):
                written.append("\n")
            _write(one, written, but, collapse=collapse)
            if one.tag == "a":
                written.append(_address(one, "".join(written[before:])))


def _picture(image: Node) -> str:
    """The sign or the name a small picture in the text stands for."""
    name = image.attributes.get("alt", "")
    return f":{name}:" if name.isascii() and name.replace("_", "").isalnum() else name


def _address(link: Node, shown: str) -> str:
    """The address behind a name, "" where the name says it already, as that of a person does."""
    address, name = link.attributes.get("href", ""), shown.strip()
    if not address.startswith(("http://", "https://")) or name in {"", address}:
        return ""
    says_it = name.startswith("@") or "." in name
    is_told = says_it and address.rstrip("/").endswith(name.removeprefix("@").rstrip("/"))
    return "" if is_told else f" ({address})"
