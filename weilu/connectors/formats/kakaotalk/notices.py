"""What KakaoTalk writes where a message would stand, and between messages (handbook K-4)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from weilu.chat.ports import Form, Inbound, Kind

_ROOM = "(?:the|this) chat(?:room)?"
_EVENTS = tuple(
    (kind, re.compile(text))
    for kind, text in (
        (Kind.JOIN, r"(?P<by>.+?)님이 (?P<who>.+?)님을 초대(?:했습니다|하였습니다)\.?.*"),
        (Kind.JOIN, r"(?P<who>.+?)님이 들어왔습니다\.?.*"),
        (Kind.LEAVE, r"(?P<by>.+?)님이 (?P<who>.+?)님을 내보냈습니다\.?.*"),
        (Kind.LEAVE, r"(?P<who>.+?)님을 내보냈습니다\.?.*"),
        (Kind.LEAVE, r"(?P<who>.+?)님이 나갔습니다\.?.*"),
        (Kind.JOIN, r"(?P<by>.+?) invited (?P<who>.+?)(?: to (?:the|this) chatroom)?\."),
        (
            Kind.JOIN,
            r"(?P<who>.+?) (?:has )?(?:joined|entered)(?: (?:the|this) chat(?:room)?)?\..*",
        ),
        (Kind.LEAVE, r"(?P<by>.+?) removed (?P<who>.+?)(?: from (?:the|this) chat(?:room)?)?\.?"),
        (
            Kind.LEAVE,
            r"(?P<who>.+?) (?:has been|was) removed(?: from (?:the|this) chat(?:room)?)?\..*",
        ),
        (Kind.LEAVE, r"(?P<who>.+?) (?:has )?left(?: (?:the|this) chat(?:room)?)?\..*"),
    )
)
_LISTED = re.compile(r"님, ?|님과 |, | and ")
_LONGEST = 400
_SURE = re.compile(r"님[이을] ?\S|chat(?:room)?\b")
_DELETED = frozenset(
    {
        "삭제된 메시지입니다.",
        "메시지가 삭제되었습니다.",
        "This message was deleted.",
        "This message has been deleted.",
        "The message has been deleted.",
    }
)
_FORMS = {
    "사진": Form.PICTURE,
    "photo": Form.PICTURE,
    "동영상": Form.VIDEO,
    "video": Form.VIDEO,
    "videos": Form.VIDEO,
    "이모티콘": Form.STICKER,
    "emoticon": Form.STICKER,
    "emoticons": Form.STICKER,
    "(이모티콘)": Form.STICKER,
    "(emoticon)": Form.STICKER,
    "음성메시지": Form.VOICE,
    "voice message": Form.VOICE,
    "voice note": Form.VOICE,
    "보이스톡": Form.CALL,
    "페이스톡": Form.CALL,
    "voice call": Form.CALL,
    "video call": Form.CALL,
}
_PATTERNS = (
    (re.compile(r"(?:사진 \d+장|\d+ photos|photo \d+)", re.IGNORECASE), Form.PICTURE),
    (re.compile(r"(?:파일|File) ?: .+", re.IGNORECASE), Form.FILE),
    (re.compile(r"(?:지도|Map|위치|Location) ?: .+", re.IGNORECASE), Form.LOCATION),
    (re.compile(r"(?:연락처|Contact) ?: .+", re.IGNORECASE), Form.CARD),
    (re.compile(r"투표 ?: .+|Poll ?: .+", re.IGNORECASE), Form.POLL),
    (
        re.compile(r"(?:보이스톡|페이스톡|Voice Call|Video Call) \S.{0,30}", re.IGNORECASE),
        Form.CALL,
    ),
    (re.compile(r"[\w-]{8,80}\.(?:jpe?g|png|gif|webp)", re.IGNORECASE), Form.PICTURE),
    (re.compile(r"[\w-]{8,80}\.(?:mp4|mov)", re.IGNORECASE), Form.VIDEO),
)


def is_deleted(text: str) -> bool:
    """Whether this stands for a message that was deleted."""
    return text.strip() in _DELETED


def form_of(text: str) -> Form:
    """What a message is made of, by the word that stands for it."""
    short = text.strip()
    known = _FORMS.get(short.lower())
    if known is not None or "\n" in short or len(short) > 200:
        return known or Form.TEXT
    return next((form for pattern, form in _PATTERNS if pattern.fullmatch(short)), Form.TEXT)


def is_notice(text: str, *, sure: bool = False) -> bool:
    """Whether a system line's words are known; `sure` leaves out words that people say too."""
    if len(text) >= _LONGEST or (sure and not _SURE.search(text)):
        return False
    return any(pattern.fullmatch(text) for _, pattern in _EVENTS)


def told(text: str, sent_ms: int) -> Sequence[Inbound]:
    """What a system line tells; a notice where its words are not known; never empty."""
    for kind, pattern in _EVENTS if len(text) < _LONGEST else ():
        if found := pattern.fullmatch(text):
            by = found.groupdict().get("by") or ""
            names = _LISTED.split(found["who"]) if by else [found["who"]]
            return [
                Inbound(kind, sent_ms, "", name.strip(), target=by)
                for name in names
                if name.strip()
            ]
    return (Inbound(Kind.NOTICE, sent_ms, "", "", text),)
