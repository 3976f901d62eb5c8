"""The lines of WhatsApp and Signal text exports: stamps in many date styles, and placeholders."""

from __future__ import annotations

import re

from weilu.chat.ports import Form
from weilu.connectors.formats.day_order import Fields
from weilu.connectors.formats.local_time import twelve_hour

# Direction marks and joiners that clients put around times, names and placeholders.
MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
# Arabic and Hebrew exports put a mark after each number.
_SLASH = rf"[{MARKS}]*[./년월年月-][{MARKS}]* ?"
# What follows the last number of a date; Bulgarian exports add the word for year.
_DATE_END = r"[.日일]?(?: г\.)?,?"
_WORD = r"[^\d\[\]:,\-–]{1,16}"
LINE = re.compile(
    rf"[{MARKS}]*+(\[)?[{MARKS}]*+"
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
    Form.VOICE: "audio 音频 音訊 语音 語音 áudio аудио",
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
    *("без медиафайлов", "пропущено", "пропущен", "已忽略", "省略", "已省略", "已略去"),
)
_OMITTED_STARTS = ("<省略", "<已省略", "<忽略", "<Media omitted", "<多媒体已省略")
_ATTACHED = re.compile(
    r"<(?:attached|附件|已附加|附上|adjunto|anexado|Anhang|pièce jointe|allegato)\s?[:：]\s?"
    r"([^<>]+)>"
    r"|(\S{3,80}\.\w{2,5}) \((?:file attached|文件附件|附件|archivo adjunto|arquivo anexado|"
    r"Datei angehängt|fichier joint|file allegato|файл добавлен)\)"
    # Names that the app itself gives are known in every language.
    r"|(\S{3,80}-WA\d{4}\.\w{2,5}) \([^()]{3,40}\)"
)
_ENDINGS = {
    Form.PICTURE: ("jpg", "jpeg", "png", "heic", "gif"),
    Form.VIDEO: ("mp4", "mov", "3gp"),
    Form.VOICE: ("opus", "m4a", "mp3", "aac", "ogg", "amr"),
    Form.STICKER: ("webp",),
    Form.CARD: ("vcf",),
}
# Omissions whose last words are everyday ones; only the whole text tells.
_ABSENT = {
    Form.PICTURE: "image absente|忽略图片|忽略图像|画像は除外されました",
    Form.VIDEO: "vidéo absente|忽略视频|動画は除外されました",
    Form.VOICE: "audio absent|忽略音频|忽略语音",
    Form.STICKER: "gif retiré|sticker absent|忽略贴图|忽略gif",
    Form.FILE: "document manquant|忽略文件|忽略文档",
    Form.CARD: "fiche contact manquante|忽略名片",
    # Stands for what the app cannot put into words, as pictures that show only once.
    Form.OTHER: "null",
}
_ABSENT_FORMS = {text: form for form, texts in _ABSENT.items() for text in texts.split("|")}
_LONGEST_ABSENT = max(map(len, _ABSENT_FORMS))
_WORDS_IN_ANGLES = re.compile(r"<[^\W\d_]+(?: [^\W\d_]+){1,5}>")
_CALL = re.compile(
    r"(?:missed |silenced )?(?:group )?(?:voice|video) call(?:[.,].*)?"
    r"|(?:未接)?(?:群组|群)?(?:语音|视频|語音|視訊)(?:通话|通話|来电|來電)(?:[，,。.].*)?"
    r"|(?:video)?llamada (?:grupal )?(?:de voz |de video )?perdida.*"
    r"|(?:chamada|ligação) de (?:voz|vídeo) perdida.*"
    r"|verpasster (?:gruppen)?(?:sprach|video)anruf.*"
    r"|appel (?:vocal|vidéo) manqué.*|(?:video)?chiamata (?:vocale )?persa.*"
    r"|пропущенный (?:аудио|видео)звонок.*",
)
_CALL_FIRST = frozenset("msgv未群语视語視lclavaпd")
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
    *("Este mensaje fue eliminado", "Pesan ini telah dihapus", "Anda menghapus pesan ini"),
    *("Вы удалили данное сообщение", "Bu mesajı sildiniz", "Vous avez supprimé ce message"),
    *("您已删除这条消息", "您已删除此消息", "你已删除此消息", "你已刪除這則訊息", "此訊息已收回"),
    *("U hebt dit bericht verwijderd", "Je hebt dit bericht verwijderd", "הודעה זו נמחקה"),
    *("Ta wiadomość została usunięta", "Usunięto tę wiadomość"),
)
_EDITED = re.compile(
    r"\s?<(?:This message was edited|此消息已编辑|已编辑此消息|此訊息已編輯|"
    r"Se editó este mensaje\.?|Mensagem editada|Diese Nachricht wurde bearbeitet\.?|"
    r"Ce message a été modifié|Questo messaggio è stato modificato|Сообщение изменено|"
    r"Dit bericht is bewerkt|Pesan ini diedit|Bu mesaj düzenlendi)>$"
)
# On iPhones a mark stands before the remark, whatever the language.
_EDITED_MARKED = re.compile("(?<=.)\u200e<[^<>:：]{4,60}>$", re.DOTALL)
_ANY_MARK = re.compile(f"[{MARKS}]+")
# Looked at before anything dearer: hardly a message begins or ends like a placeholder.
_DELETED_BEGIN = frozenset(text[0] for text in _DELETED)
_SHORT_SMALL = {text[0] for text in (*_ABSENT_FORMS, *_LOCATIONS)} | _CALL_FIRST | {"<"}
_SHORT_FIRST = frozenset(c for small in _SHORT_SMALL for c in (small, small.upper()))
_OMITTED_LAST = frozenset(c for text in _OMITTED_ENDS for c in (text[-1], text[-1].upper())) | {">"}


def plain(text: str) -> str:
    """Text without direction marks and without the remark that it was edited."""
    if not text.isascii():
        if text.endswith(">"):
            text = _EDITED_MARKED.sub("", text).rstrip(" ")
        text = _ANY_MARK.sub("", text)
    return _EDITED.sub("", text) if text.endswith(">") else text


def is_deleted(text: str) -> bool:
    """Whether this stands for a message its sender took back."""
    return text[:1] in _DELETED_BEGIN and len(text) < 60 and text.startswith(_DELETED)


def _attached_form(found: re.Match[str]) -> Form:
    """Form of an attachment by the ending of its name."""
    ending = (found[1] or found[2] or found[3]).rpartition(".")[2].strip().lower()
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
    if len(text) < 60:
        is_likely = text[-1:] in _OMITTED_LAST or text[:1] in _SHORT_FIRST
        return _short_form(text, text.lower()) if is_likely else Form.TEXT
    is_place = "http" in text and text.lower().startswith(_LOCATIONS)
    return Form.LOCATION if is_place else Form.TEXT


def _short_form(text: str, small: str) -> Form:
    """Form of a short text, also given in small letters."""
    if len(small) <= _LONGEST_ABSENT and (absent := _ABSENT_FORMS.get(small)) is not None:
        return absent
    if text[-1:] in _OMITTED_LAST or text.startswith("<"):
        if small.rstrip(">").endswith(_OMITTED_ENDS) or text.startswith(_OMITTED_STARTS):
            found = (form for form, words in _WORDS_BY_FORM if any(word in small for word in words))
            return next(found, Form.OTHER)
        if _WORDS_IN_ANGLES.fullmatch(text):
            return Form.OTHER
    if "http" in text and small.startswith(_LOCATIONS):
        return Form.LOCATION
    return Form.CALL if small[:1] in _CALL_FIRST and _CALL.fullmatch(small) else Form.TEXT
