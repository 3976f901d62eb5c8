"""Reads Signal chats as text, `[2020-01-17, 21:49] name: text`, as common exporters write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from weilu.chat.ports import Bundle, Entry, Platform
from weilu.connectors.formats.lines import head_lines
from weilu.connectors.formats.whatsapp.reader import WhatsAppFormat

_LINE = re.compile(r"\[\d{4}-\d\d-\d\d, \d\d:\d\d\] [^:]+: ")


class SignalFormat(WhatsAppFormat):
    """Signal chats as text; lines are read as WhatsApp's are."""

    name = "signal"
    label = "Signal text"
    platform = Platform.SIGNAL

    def recognise(self, entry: Entry) -> int:
        """Sure when the first line has Signal's stamp and most stamps are of that kind."""
        lines = [line for line in head_lines(entry) if line.strip()]
        stamped = sum(_LINE.match(line) is not None for line in lines)
        return 88 if lines and _LINE.match(lines[0]) and stamped * 4 >= len(lines) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def chat_name(self, entry: Entry) -> str:
        """Signal exports do not name the chat."""
        return ""


FORMAT = SignalFormat()
