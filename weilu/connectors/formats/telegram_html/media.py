"""What a picture, a file or a poll in a page of Telegram is (handbook K-4)."""

from __future__ import annotations

from weilu.chat.ports import Form
from weilu.connectors.formats.html import Node, text_of

_FORMS = {
    "photo_wrap": Form.PICTURE,
    "media_photo": Form.PICTURE,
    "sticker_wrap": Form.STICKER,
    "animated_wrap": Form.STICKER,
    "video_file_wrap": Form.VIDEO,
    "media_video": Form.VIDEO,
    "media_voice_message": Form.VOICE,
    "media_audio_file": Form.VOICE,
    "media_file": Form.FILE,
    "media_contact": Form.CARD,
    "media_location": Form.LOCATION,
    "media_live_location": Form.LOCATION,
    "media_venue": Form.LOCATION,
    "media_poll": Form.POLL,
    "media_call": Form.CALL,
}
# Where there is no small picture to show, a sticker and a moving picture are told by their titles.
_STICKERS = frozenset({"Sticker", "Animation"})


def media_of(body: Node) -> tuple[Form, str]:
    """What a message carries and what is said of it where it has no text; TEXT for nothing."""
    wrap = body.first("media_wrap")
    if wrap is None:
        return Form.TEXT, ""
    for node in wrap.below():
        known = next((_FORMS[one] for one in _FORMS if one in node.classes), None)
        if known is not None:
            return _told(known, node)
    return Form.OTHER, ""


def _told(form: Form, node: Node) -> tuple[Form, str]:
    title = _words(node, "title")
    if form == Form.POLL:
        return form, _words(node, "question")
    if form == Form.CALL:
        return form, _words(node, "status")
    if title in _STICKERS:
        return Form.STICKER, ""
    return form, ""


def _words(node: Node, name: str) -> str:
    found = node.first(name)
    return text_of(found) if found is not None else ""
