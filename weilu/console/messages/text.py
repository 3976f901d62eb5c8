"""Messages as they are shown: no control characters, escaped, hits marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from weilu.chat.live.queries import taken_away
from weilu.chat.ports import Form
from weilu.chat.search.find import Hit
from weilu.chat.search.reading import Said
from weilu.chat.search.tokens import marks
from weilu.console.formats import moment_of_late
from weilu.core.clock import now

# mIRC colours "\x03" fg[,bg], "\x04" hex, a terminal's "\x1b[34m"; then every control character
# but tab and line break.
_COLOURS = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6})?|\x1b\[[0-9;]{0,20}[A-Za-z]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
SHOWN_CHARS = 4000

FORMS: dict[int, Promise] = {
    Form.PICTURE: _("Picture"),
    Form.VOICE: _("Voice message"),
    Form.VIDEO: _("Video"),
    Form.FILE: _("File"),
    Form.STICKER: _("Sticker"),
    Form.LINK: _("Link"),
    Form.LOCATION: _("Location"),
    Form.CARD: _("Contact card"),
    Form.RED_PACKET: _("Red packet"),
    Form.TRANSFER: _("Transfer"),
    Form.CALL: _("Call"),
    Form.FORWARD: _("Forwarded messages"),
    Form.POLL: _("Poll"),
    Form.OTHER: _("Something that cannot be shown"),
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A message ready to draw; `form` names what is not text.

    `is_recalled`: its sender took it back. `is_taken`: the rules or the team took it away; whoever
    looks after the group still reads it.
    """

    id: int
    group_id: int
    identity_id: int
    when: str
    at: datetime
    body: SafeString
    form: str
    is_recalled: bool
    is_taken: bool


def clean(text: str) -> str:
    """A text without colours and control characters, cut to a length that can be shown."""
    plain = _CONTROLS.sub("", _COLOURS.sub("", text))
    return plain if len(plain) <= SHOWN_CHARS else f"{plain[:SHOWN_CHARS]}…"


def marked(text: str, query: str = "") -> SafeString:
    """A text escaped, the words of the query in <mark>."""
    plain = clean(text)
    parts: list[str] = []
    at = 0
    for start, end in marks(plain, query) if query else ():
        parts += [conditional_escape(plain[at:start]), "<mark>"]
        parts += [conditional_escape(plain[start:end]), "</mark>"]
        at = end
    parts.append(conditional_escape(plain[at:]))
    return SafeString("".join(parts))


def _line(one: Said | Hit, zone: str, query: str, *, is_taken: bool) -> ShownLine:
    at = datetime.fromtimestamp(one.sent_ms / 1000, tz=UTC)
    is_recalled = isinstance(one, Said) and one.is_recalled and not is_taken
    form = FORMS.get(one.form, "") if isinstance(one, Said) and not one.text else ""
    return ShownLine(
        id=one.id,
        group_id=one.group_id,
        identity_id=one.identity_id,
        when=moment_of_late(at, zone=ZoneInfo(zone), now=now()),
        at=at,
        body=SafeString("") if is_recalled else marked(one.text, query),
        form=str(form),
        is_recalled=is_recalled,
        is_taken=is_taken,
    )


def shown(
    rows: Sequence[Said | Hit], zones: Mapping[int, str], query: str = "", only: int | None = None
) -> list[ShownLine]:
    """Messages ready to draw, their times in the zones of their communities, by group id.

    The words of `query` are marked, in message `only` where one is given.
    """
    taken = taken_away(rows)
    return [
        _line(
            one,
            zones.get(one.group_id, "UTC"),
            query if only in {None, one.id} else "",
            is_taken=one.id in taken,
        )
        for one in rows
    ]


def place_of(text: str) -> tuple[int, int] | None:
    """The (sent_ms, id) a page begins beyond, as written in the address; None when unreadable."""
    sent, _sep, pk = text.partition("_")
    if not pk.isdecimal() or not sent.removeprefix("-").isdecimal():
        return None
    found = int(sent), int(pk)
    # What no database number can hold is no place.
    return found if max(abs(found[0]), found[1]) < 2**62 else None


def page_query(asked: QueryDict, last: Said | Hit) -> str:
    """The address of the page that follows `last`, from "?"."""
    query = asked.copy()
    query["before"] = f"{last.sent_ms}_{last.id}"
    query.pop("format", None)
    return f"?{query.urlencode()}"
