"""Reads Signal chats as text, `[2020-01-17, 21:49] name: text`, as common exporters write them.

signal-export writes `[2020-01-17 21:49:05] name: text` now, each message with two blanks at its end
and an empty line behind it; without these it would be WhatsApp's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import msgspec

from weilu.chat.ports import Answers, Bundle, Entry, Form, Inbound, Kind, Platform, Portion
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.lines import head_lines
from weilu.connectors.formats.whatsapp.reader import WhatsAppFormat

_LINE = re.compile(r"\[\d{4}-\d\d-\d\d, \d\d:\d\d\] [^:]+: ")
_NEW = re.compile(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] [^:<]+: .*")
# Where an attachment stands, if one does.
_LOOKED_AT = 4000
_DELETED = "(This message was deleted)"
_QUOTE = re.compile(r"\A(?:> [^\n]*\n+)+(?=.)", re.DOTALL)
_REACTIONS = re.compile(r"\(- .{1,2000} -\)")
_STICKER = re.compile(r"\(\( [^\n]{1,40} \)\)")
_ATTACHED = re.compile(r"!?\[[^\]\n]{0,300}\]\(\./([^)\n]{1,400})\)")


class SignalFormat(WhatsAppFormat):
    """Signal chats as text; lines are read as WhatsApp's are."""

    name = "signal"
    label = "Signal text"
    platform = Platform.SIGNAL

    def recognise(self, entry: Entry) -> int:
        """Sure when the first line has Signal's stamp and most stamps are of that kind."""
        lines = head_lines(entry)
        if lines and _NEW.match(lines[0]):
            return 88 if _is_parted(lines) else 0
        lines = [line for line in lines if line.strip()]
        stamped = sum(_LINE.match(line) is not None for line in lines)
        return 88 if lines and _LINE.match(lines[0]) and stamped * 4 >= len(lines) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def chat_name(self, entry: Entry) -> str:
        """Signal exports do not name the chat."""
        return ""

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the chat's records without what signal-export writes around the words."""
        for portion in super().read(bundle, answers):
            yield replace(portion, items=[_tidied(item) for item in portion.items])


def _is_parted(lines: Sequence[str]) -> bool:
    """Whether messages stand apart: WhatsApp has neither empty lines between nor blanks behind."""
    pairs = [above for above, line in pairwise(lines) if _NEW.match(line)]
    return lines[0].endswith("  ") if not pairs else sum(not p for p in pairs) * 2 > len(pairs)


def _tidied(item: Inbound) -> Inbound:
    """The words alone: no quote above, no reactions and no blanks below."""
    if item.kind != Kind.MESSAGE or item.text.isalnum():
        return item
    text = item.text.strip()
    above, _, last = text.rpartition("\n")
    if above and _REACTIONS.fullmatch(last):
        text = above.rstrip()
    text = _QUOTE.sub("", text)
    if text == _DELETED:
        return msgspec.structs.replace(item, kind=Kind.RECALL, text="")
    form = item.form
    if "](./" in text and (found := _ATTACHED.search(text[:_LOOKED_AT])):
        form = file_form(found[1])
    elif _STICKER.fullmatch(text):
        form = Form.STICKER
    return msgspec.structs.replace(item, text=text, form=form)


FORMAT = SignalFormat()
