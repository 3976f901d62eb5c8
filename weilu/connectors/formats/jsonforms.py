"""What an attached file is, by its media type or the end of its name (handbook K-4)."""

from __future__ import annotations

from weilu.chat.ports import Form

_ENDINGS = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "avif"), Form.PICTURE),
    **dict.fromkeys(("mp4", "mov", "webm", "mkv", "avi", "3gp"), Form.VIDEO),
    **dict.fromkeys(("ogg", "oga", "opus", "mp3", "m4a", "wav", "amr", "silk"), Form.VOICE),
}
_MEDIA_TYPES = {"image": Form.PICTURE, "video": Form.VIDEO, "audio": Form.VOICE}


def file_form(name: str, media_type: str = "") -> Form:
    """Picture, video, voice or else file."""
    known = _MEDIA_TYPES.get(media_type.partition("/")[0])
    if known is not None:
        return known
    return _ENDINGS.get(name.rpartition(".")[2].lower(), Form.FILE)
