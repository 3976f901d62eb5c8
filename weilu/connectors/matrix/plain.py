"""What people read of a formatted message, as plain text; pure and linear in its length."""

from __future__ import annotations

import html
import re

_LINK = re.compile(r"<a\s[^<>]*?href=[\"']([^\"'<>]*)[\"'][^<>]*>([^<]*)</a>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|tr|blockquote|pre)>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_QUOTE, _QUOTE_END = "<mx-reply>", "</mx-reply>"
_MENTION = "https://matrix.to/#/"


def plain_of(formatted: str) -> str:
    """The text of a formatted body: links keep where they lead, lines stay lines.

    Clients show this and not the plain body, which a sender may fill with something harmless.
    """
    text = _without_quote(formatted)
    text = _TAG.sub("", _BREAK.sub("\n", _LINK.sub(_shown, text)))
    lines = [line.rstrip() for line in html.unescape(text).split("\n")]
    return "\n".join(lines).strip()


def _without_quote(formatted: str) -> str:
    if not formatted.startswith(_QUOTE):
        return formatted
    end = formatted.find(_QUOTE_END)
    return formatted[end + len(_QUOTE_END) :] if end >= 0 else formatted


def _shown(link: re.Match[str]) -> str:
    """A link as its words and, where those do not say it, its address; a mention as its name."""
    to, words = link.group(1), link.group(2)
    if to.startswith(_MENTION) or to in words:
        return words
    return f"{words} ({to})" if words.strip() else to
