"""Slack's mark-up as readable text (handbook K-4)."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

_TOKEN = re.compile(r"<([^<>\s][^<>\n]{0,2000})>")


def readable(text: str, names: Mapping[str, str]) -> str:
    """Mentions as @name, channels as #name, links as "label (address)", entities resolved."""
    if "<" not in text:
        return html.unescape(text) if "&" in text else text
    return html.unescape(_TOKEN.sub(lambda found: _written(found[1], names), text))


def _written(token: str, names: Mapping[str, str]) -> str:
    body, _, label = token.partition("|")
    if body.startswith("@"):
        return f"@{names.get(body[1:]) or label or body[1:]}"
    if body.startswith("#"):
        return f"#{names.get(body[1:]) or label or body[1:]}"
    if body.startswith("!"):
        return label or f"@{body[1:].partition('^')[0]}"
    address = body.removeprefix("mailto:")
    return f"{label} ({address})" if label and label not in {address, body} else address
