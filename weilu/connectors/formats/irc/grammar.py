"""What a line of an IRC log says, in the styles of eggdrop, irssi, WeeChat, ZNC, XChat, mIRC."""

from __future__ import annotations

import re
from dataclasses import dataclass

from weilu.chat.ports import Form, Kind

# The common case in one expression: "[12:34] <nick> text", date and seconds optional.
MESSAGE = re.compile(
    r"\[?(?:(\d{4}-\d\d-\d\d)[T ])?([0-2]\d:[0-5]\d)(?::([0-5]\d))?\]?"
    r" <(?!->)[ @+%&~!]?([^<> ][^>]*)>[ \t]?(.*)"
)

STAMP = re.compile(
    r"\[?(?:(?P<date>\d{4}[-./]\d\d[-./]\d\d)(?:[T ]|\] ?\[))?(?P<minute>[0-2]\d:[0-5]\d)"
    # Supybot puts two blanks after the time.
    r"(?::(?P<second>[0-5]\d))?(?:\.\d+)?(?P<half> ?[AaPp][Mm]\b)?"
    r"(?P<offset>Z|[+-]\d\d:?\d\d)?\]?[ \t] ?(?P<body>.*)"
)
MONTH_STAMP = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) (?P<day>[ 0-3]\d) (?P<minute>[0-2]\d:[0-5]\d):(?P<second>[0-5]\d)"
    r"[ \t](?P<body>.*)"
)
DAY_STARTS = ("---", "****", "Session ")
DAY_LINE = re.compile(
    r"(?:--- (?:Day changed |Log opened |Log closed )?"
    r"|\*{4} (?:BEGIN|ENDING) LOGGING AT |Session (?:Start|Time|Close|Ident): )"
    r"(?:[A-Z][a-z]{2},? )?(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?:[\d:]+ )?(?P<year>\d{4})"
)
MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
FORMATTING = re.compile(
    "\x03(?:\\d{1,2}(?:,\\d{1,2})?)?|\x04[0-9A-Fa-f]{6}|[\x02\x0f\x11\x16\x1d\x1e\x1f]"
)

_MASK = r"(?: [\[(<]\S*[@!]\S*[\])>])"
_NICK = r"[^\s:<>()]+"
_ANGLE = re.compile(r"<(?!->)[ @+%&~!]?([^<> ][^>]*)>[ \t]?(.*)")
_ACTION = re.compile(rf"(?: ?[*•][ \t]|-\*- |Action: )({_NICK})(?:[ \t](.*))?$")
# A server's or a service's notice stands between hyphens, an error between equals signs.
_TABBED = re.compile(rf"([ @+%&~!]?)(?!-\S+-\t|=\S*=\t)({_NICK})\t(.*)")
_MARK = re.compile(r"(?:\*{3}|-!-|===|-->|<--|<->|--|\*|→|←|⇐|—)[ \t]+")
_RENAMES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"({_NICK}) (?:is now known as|has changed nick to|changed nick to) ({_NICK})$"),
    re.compile(rf"Nick change: ({_NICK}) -> ({_NICK})$"),
    re.compile(rf"({_NICK}) → ({_NICK})$"),
)
_RENAMED = re.compile("known as|^Nick change|changed nick|→")
_JOINS: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"({_NICK}){_MASK}?(?: has)? joined(?: (?:the|this) channel)?(?: #\S+)?{_MASK}?\.?$"
    ),
    re.compile(rf"Joins: ({_NICK})(?: .*)?$"),
)
_LEAVES: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"({_NICK}){_MASK}?(?: has)? (?:left|quit|parted)"
        r"(?: (?:irc|#|\(|\[|the channel|this (?:channel|server)).*|:.*)?\.?$",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:Parts|Quits): ({_NICK})(?: .*)?$"),
)
_KICKS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"({_NICK})(?: was| has been)? kicked (?:from \S+ )?by ({_NICK})(?:[ :(].*)?$"),
)
# What a bare "*" tells only when it carries a mask: people also type "/me left the house".
_MASKED = re.compile(
    rf"{_NICK}{_MASK} (?:has )?(?:joined|left|[Qq]uit|parted)|{_NICK} is now known as "
    rf"|(?:Joins|Parts|Quits): {_NICK}|Now talking (?:in|on) #|{_NICK} has quit \("
    rf"|{_NICK} (?:was|has been) kicked (?:from #\S+ )?by {_NICK} ?\("
    rf"|Topic for #\S+ (?:is|set by)[: ]|{_NICK} has kicked {_NICK} from #"
    rf"|{_NICK} (?:gives|removes) channel operator status |{_NICK} sets modes?:? "
)
# An action where a dash marks nothing that happened to the channel.
_DASHED = re.compile(rf"— ({_NICK}) (?!→|(?:set|changed|is now|has|was|joined|left|quit)\b)(.*)")
REPEATED = re.compile(r"Last message repeated (\d{1,7}) time\(s\)\.?$")
_BY = re.compile(
    r"mode change '[^']*' by ([^\s:<>()!]+)"
    rf"|^({_NICK}) (?:sets mode|changed the topic|changes topic)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """One line's content: who did what."""

    kind: Kind
    nick: str
    text: str = ""
    target: str = ""
    form: Form = Form.TEXT


def parse_body(body: str) -> Said:
    """Content of what follows the time; anything unknown is a notice nobody sent."""
    if found := _ANGLE.match(body):
        return Said(Kind.MESSAGE, found[1], found[2])
    mark = _MARK.match(body)
    if mark is None and (found := _TABBED.match(body)) and found[2] != "*":
        return Said(Kind.MESSAGE, found[2], found[3])
    if found := _DASHED.match(body):
        return Said(Kind.MESSAGE, found[1], found[2], form=Form.ACTION)
    star = body.lstrip(" ").startswith(("* ", "*\t", "• "))
    if star and not _MASKED.match(body.lstrip(" *•\t")):
        return _action(body)
    if body.startswith(("Action: ", "-*- ")):
        return _action(body)
    return parse_event(body.lstrip(" ")[mark.end() :] if mark else body.lstrip(" *\t"))


def _action(body: str) -> Said:
    found = _ACTION.match(body)
    if found is None:
        return Said(Kind.NOTICE, "", body)
    return Said(Kind.MESSAGE, found[1], found[2] or "", form=Form.ACTION)


def parse_event(text: str) -> Said:
    """Content of a line the server or the logger wrote.

    A kick is a notice with the kicked as `nick` and the kicker as `target`: loggers count leaves
    by parts and quits, and who was kicked mostly returns at once.
    """
    # Plain searches first: the expressions are slow on the many lines they do not match.
    if " joined" in text or text.startswith("Joins:"):
        patterns, kind = _JOINS, Kind.JOIN
    elif " kicked " in text:
        patterns, kind = _KICKS, Kind.NOTICE
    elif _RENAMED.search(text):
        patterns, kind = _RENAMES, Kind.RENAME
    else:
        patterns, kind = _LEAVES, Kind.LEAVE
    for pattern in patterns:
        if found := pattern.match(text):
            target = found[2] if kind in {Kind.NOTICE, Kind.RENAME} else ""
            return Said(kind, found[1], text if kind == Kind.NOTICE else "", target)
    by = _BY.search(text)
    return Said(Kind.NOTICE, (by[1] or by[2]) if by else "", text)


def clean(text: str) -> str:
    """Text without colours and other formatting codes."""
    return text if text.isprintable() else FORMATTING.sub("", text)
