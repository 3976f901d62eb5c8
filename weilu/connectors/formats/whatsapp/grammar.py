"""The lines of WhatsApp and Signal text exports: stamps in many date styles, and placeholders."""

from __future__ import annotations

import re

from weilu.chat.ports import Form
from weilu.connectors.formats.day_order import Fields
from weilu.connectors.formats.local_time import twelve_hour

# Direction marks and joiners that clients put around times, names and placeholders.
MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
# Arabic and Hebrew exports put a mark after each number.
_SLASH = rf"[{MARKS}]?[./년월年月-] ?"
# What follows the last number of a date; Bulgarian exports add the word for year.
_DATE_END = r"[.日일]?(?: г\.)?,?"
_WORD = r"[^\d\[\]:,\-–]{1,16}"
LINE = re.compile(
    rf"[{MARKS}]*(\[)?"
    rf"(\d{{1,4}}{_SLASH}\d{{1,2}}{_SLASH}\d{{1,4}}{_DATE_END}[ \u202f\xa0{MARKS}]*(?:{_WORD})?"
    rf"\d{{1,2}}[:.]\d\d(?:[:.]\d\d)?(?:{_WORD})?"
    # In Vietnam, and when copied out of a browser, the time comes first.
    rf"|\d{{1,2}}:\d\d(?::\d\d)?(?: [AaPp][Mm])?, \d{{1,4}}{_SLASH}\d{{1,2}}{_SLASH}\d{{1,4}})"
    rf"(?(1)\]|[ \u202f\xa0]?[-–]) ?(.*)",
    re.DOTALL,
)
_DATE = re.compile(rf"(\d{{1,4}}){_SLASH}(\d{{1,2}}){_SLASH}(\d{{1,4}})")
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(\D*)$")
_TIME_FIRST = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?( [AaPp][Mm])?, ")
_AFTERNOON = re.compile(
    r"p\.?\s?\.?m|下午|晚上|傍晚|午後|오후|مساء|م$|अपराह्न|μ\.?μ|ÖS|du|CH|em$|ip", re.IGNORECASE
)
_FORENOON = re.compile(
    r"a\.?\s?\.?m|上午|凌晨|早上|清晨|半夜|午前|오전|صباح|ص$|पूर्वाह्न|π\.?μ|ÖÖ|de$|SA", re.IGNORECASE
)
_NOON = re.compile(r"中午")


def split_stamp(stamp: str) -> tuple[Fields, int, int, int] | None:
    """Three written numbers of the date, then hour of 24, minute and second; or None."""
    if time := _TIME_FIRST.match(stamp):
        date, between = _DATE.match(stamp, time.end()), ""
    else:
        date, time = _DATE.match(stamp), _TIME.search(stamp)
        if date is None or time is None or time.start() < date.end():
            return None
        between = stamp[date.end() : time.start()]
    if date is None:
        return None
    words = between + (time[4] or "")
    hour = _hour(int(time[1]), words)
    return (int(date[1]), int(date[2]), int(date[3])), hour, int(time[2]), int(time[3] or 0)


def _hour(hour: int, words: str) -> int:
    plain = words.strip(" ,.\u202f\xa0" + MARKS)
    if not plain:
        return hour
    if _NOON.search(plain):
        return hour if hour >= 10 else hour + 12
    if _AFTERNOON.search(plain):
        return twelve_hour(hour, afternoon=True)
    return twelve_hour(hour, afternoon=False) if _FORENOON.search(plain) else hour


_OMITTED = {
    Form.PICTURE: "image photo 图片 图像 圖片 圖像 imagen foto imagem bild immagine изображ 画像"
    " afbeelding görüntü 사진",
    Form.VIDEO: "video 视频 影片 vídeo vidéo видео 動画 동영상",
    Form.VOICE: "audio 音频 音訊 语音 áudio аудио",
    Form.STICKER: "sticker gif 贴图 表情 貼圖 figurinha autocollant стикер",
    Form.FILE: "document 文件 文档 documento dokument документ",
    Form.CARD: "contact 名片 contacto contato kontaktkarte",
}
_WORDS_BY_FORM = tuple((form, tuple(words.split())) for form, words in _OMITTED.items())
# How "<Media omitted>" and its kin end, lower case and without the closing sign.
_OMITTED_ENDS = (
    *("omitted", "omesso", "omessa", "omesse", "omessi", "omitido", "omitida", "omis", "omise"),
    *("ocultado", "oculto", "weggelassen", "ausgeschlossen", "tidak disertakan"),
    *("weggelaten", "dahil edilmedi", "생략됨", "استبعاد الوسائط", "के बिना", "ละไว้"),
    *("без медиафайлов", "пропущено", "пропущен", "已忽略", "省略", "已省略"),
)
_OMITTED_STARTS = ("<省略", "<已省略", "<忽略", "<Media omitted", "<多媒体已省略")
_ATTACHED = re.compile(
    r"<(?:attached|附件|已附加|附上|adjunto|anexado|Anhang|pièce jointe|allegato)\s?[:：]\s?"
    r"([^<>]+)>"
    r"|(\S{3,80}\.\w{2,5}) \((?:file attached|文件附件|附件|archivo adjunto|arquivo anexado|"
    r"Datei angehängt|fichier joint|file allegato)\)"
)
_ENDINGS = {
    Form.PICTURE: ("jpg", "jpeg", "png", "heic", "gif"),
    Form.VIDEO: ("mp4", "mov", "3gp"),
    Form.VOICE: ("opus", "m4a", "mp3", "aac", "ogg", "amr"),
    Form.STICKER: ("webp",),
    Form.CARD: ("vcf",),
}
_POLLS = frozenset({"POLL:", "投票：", "投票:", "ENCUESTA:", "ENQUETE:", "UMFRAGE:", "SONDAGE :"})
_LOCATIONS = ("location:", "位置：", "位置:", "ubicación:", "localização:", "standort:")
_DELETED = (
    *("This message was deleted", "You deleted this message", "这条消息已删除", "此消息已删除"),
    *("您删除了这条消息", "你删除了这条消息", "此訊息已刪除", "您已刪除此訊息"),
    *("Se eliminó este mensaje", "Eliminaste este mensaje", "Esta mensagem foi apagada"),
    *("Mensagem apagada", "Diese Nachricht wurde gelöscht", "Ce message a été supprimé"),
    *("Questo messaggio è stato eliminato", "Данное сообщение удалено", "Pesan ini dihapus"),
    *("このメッセージは削除されました", "Bu mesaj silindi", "Dit bericht is verwijderd"),
    *("تم حذف هذه الرسالة", "यह मैसेज डिलीट", "यह संदेश हटा", "삭제된 메시지입니다", "ข้อความนี้ถูกลบ"),
    *("Você apagou esta mensagem", "Du hast diese Nachricht gelöscht", "Hai eliminato questo"),
)
_EDITED = re.compile(
    r"\s?<(?:This message was edited|此消息已编辑|已编辑此消息|此訊息已編輯|"
    r"Se editó este mensaje\.?|Mensagem editada|Diese Nachricht wurde bearbeitet\.?)>$"
)
_ANY_MARK = re.compile(f"[{MARKS}]+")
# Looked at before anything dearer: hardly a message begins or ends like a placeholder.
_DELETED_BEGIN = frozenset(text[0] for text in _DELETED)
_OMITTED_LAST = frozenset(c for text in _OMITTED_ENDS for c in (text[-1], text[-1].upper())) | {">"}


def plain(text: str) -> str:
    """Text without direction marks and without the remark that it was edited."""
    if not text.isascii():
        text = _ANY_MARK.sub("", text)
    return _EDITED.sub("", text) if text.endswith(">") else text


def is_deleted(text: str) -> bool:
    """Whether this stands for a message its sender took back."""
    return text[:1] in _DELETED_BEGIN and len(text) < 60 and text.startswith(_DELETED)


def _attached_form(found: re.Match[str]) -> Form:
    """Form of an attachment by the ending of its name."""
    ending = (found[1] or found[2]).rpartition(".")[2].strip().lower()
    return next((form for form, ends in _ENDINGS.items() if ending in ends), Form.FILE)


def form_of(text: str) -> Form:
    """Form of a message by the placeholder that stands for it, else TEXT."""
    first = text.split("\n", 1)[0]
    if first in _POLLS:
        return Form.POLL
    # The words that go with an attachment stand below it.
    if first.endswith(")") and len(first) <= 160 and (below := _ATTACHED.match(first)):
        return _attached_form(below)
    if len(text) > 160:
        return Form.TEXT
    if text.endswith(">") and (attached := _ATTACHED.search(text)):
        return _attached_form(attached)
    if len(text) < 60 and (text[-1:] in _OMITTED_LAST or text.startswith("<")):
        small = text.lower()
        if small.rstrip(">").endswith(_OMITTED_ENDS) or text.startswith(_OMITTED_STARTS):
            found = (form for form, words in _WORDS_BY_FORM if any(word in small for word in words))
            return next(found, Form.OTHER)
    is_place = "http" in text and text.lower().startswith(_LOCATIONS)
    return Form.LOCATION if is_place else Form.TEXT
