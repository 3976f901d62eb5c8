"""WhatsApp's system lines in the big languages: who came, left, was removed or changed number."""

from __future__ import annotations

import re
from typing import NamedTuple

from weilu.chat.ports import Kind


class Notice(NamedTuple):
    """A system line: its kind, whom it is about, and who did it or the new name."""

    kind: Kind
    name: str
    target: str


_A, _B = "(?P<who>.+?)", "(?P<by>.+?)"
_SELF = frozenset(
    {"you", "你", "您", "tú", "você", "du", "vous", "tu", "anda", "вы", "あなた", "siz"}
)
_TABLE: tuple[tuple[Kind, str], ...] = (
    (Kind.JOIN, rf"{_A} joined(?: using .+| from .+| via .+| the group.*)?"),
    (Kind.JOIN, rf"{_A} was added.*"),
    (Kind.JOIN, rf"{_B} added {_A}"),
    (Kind.LEAVE, rf"{_A} left(?: the group)?"),
    (Kind.LEAVE, rf"{_A} was removed.*"),
    (Kind.LEAVE, rf"{_B} removed {_A}"),
    (
        Kind.RENAME,
        rf"{_A} changed (?:their phone number )?(?:from .+ )?to (?P<new>\+?[\d ()-]{{6,}}).*",
    ),
    (Kind.JOIN, rf"{_A}\s?(?:使用|通过|透過).*(?:加入|加入了)(?:群组|群組|此群组|本群)?.*"),
    (Kind.JOIN, rf"{_A}\s?(?:已)?加入(?:了)?(?:群组|群組|此群组|本群)?"),
    (
        Kind.JOIN,
        rf"{_B}\s?(?:已)?(?:添加了|加入了|新增了|將|将)\s?{_A}(?:\s?(?:加入|添加到|添加至|新增至).{{0,8}})?",
    ),
    (Kind.LEAVE, rf"{_A}\s?(?:已)?(?:退出|离开|離開)(?:了)?(?:群组|群組|此群组|本群)?"),
    (Kind.LEAVE, rf"{_B}\s?(?:已)?(?:移除了|移除|刪除了|删除了)\s?{_A}"),
    (Kind.JOIN, rf"{_A} se unió.*"),
    (Kind.JOIN, rf"{_B} añadió a {_A}"),
    (Kind.LEAVE, rf"{_A} (?:salió|ha salido)(?: del grupo)?"),
    (Kind.LEAVE, rf"{_B} (?:eliminó|expulsó) a {_A}"),
    (Kind.JOIN, rf"{_A} entrou.*"),
    (Kind.JOIN, rf"{_B} adicionou {_A}"),
    (Kind.LEAVE, rf"{_A} saiu(?: do grupo)?"),
    (Kind.LEAVE, rf"{_B} removeu {_A}"),
    (Kind.JOIN, rf"{_A} (?:ist der Gruppe.* beigetreten|ist beigetreten.*)"),
    (Kind.JOIN, rf"{_B} (?:hat|haben) {_A} hinzugefügt"),
    (Kind.LEAVE, rf"{_A} hat die Gruppe verlassen"),
    (Kind.LEAVE, rf"{_B} (?:hat|haben) {_A} entfernt"),
    (Kind.JOIN, rf"{_A} a rejoint.*"),
    (Kind.JOIN, rf"{_B} a ajouté {_A}"),
    (Kind.LEAVE, rf"{_A} (?:a quitté(?: le groupe)?|est parti\(?e?\)?)"),
    (Kind.LEAVE, rf"{_B} a (?:supprimé|retiré) {_A}"),
    (Kind.JOIN, rf"{_A} si è unit[oa].*"),
    (Kind.JOIN, rf"{_B} ha aggiunto {_A}"),
    (Kind.LEAVE, rf"{_A} (?:ha abbandonato|è uscit[oa]).*"),
    (Kind.LEAVE, rf"{_B} ha rimosso {_A}"),
    (Kind.JOIN, rf"{_A} (?:bergabung|telah bergabung).*"),
    (Kind.JOIN, rf"{_B} menambahkan {_A}"),
    (Kind.LEAVE, rf"{_A} (?:keluar|telah keluar)"),
    (Kind.LEAVE, rf"{_B} mengeluarkan {_A}"),
    (Kind.JOIN, rf"{_A} присоединил(?:ся|ась|\(а\)сь).*"),
    (Kind.JOIN, rf"{_B} добавил(?:а|\(а\))? {_A}"),
    (Kind.LEAVE, rf"{_A} (?:вышел|вышла|покинул(?:а|\(а\))?|вышел\(-ла\)).*"),
    (Kind.LEAVE, rf"{_B} удалил(?:а|\(а\))? {_A}"),
    (Kind.JOIN, rf"{_A}(?:さん)?が(?:.*から)?参加しました"),
    (Kind.JOIN, rf"{_B}(?:さん)?が{_A}(?:さん)?を追加しました"),
    (Kind.LEAVE, rf"{_A}(?:さん)?が(?:退出|退会)しました"),
    (Kind.LEAVE, rf"{_B}(?:さん)?が{_A}(?:さん)?を削除しました"),
)
_PATTERNS = tuple((kind, re.compile(rf"{text}[.。]?$")) for kind, text in _TABLE)
_TITLED = re.compile(
    r".+(?:created group|changed the subject|changed the group name|创建了群组|建立了群組|"
    r"更改了群组名称|变更了群组|creó el grupo|"
    r"criou o grupo|hat die Gruppe .+ erstellt|a créé le groupe|"
    r"ha creato il gruppo|создал).*[\"“„«](?P<title>[^\"”“»]+)[\"”“»]"
)
_ENCRYPTED = re.compile(
    r".*(?:end-to-end encrypt|端到端加密|端對端加密|cifrados? de extremo a extremo|"
    r"criptografia de ponta a ponta|Ende-zu-Ende|chiffrés de bout en bout|crittografia end-to-end|"
    r"terenkripsi secara end-to-end|сквозным шифрованием|エンドツーエンド)"
)
_LISTED = re.compile(r", | and | y | e | und | et | dan | и |、|和")


def parse_notices(text: str) -> tuple[Notice, ...]:
    """Events that a line without a sender tells; () when about the exporter or the group alone."""
    if len(text) > 300 or _TITLED.match(text):
        return ()
    for kind, pattern in _PATTERNS:
        if found := pattern.match(text):
            groups = found.groupdict()
            by = groups.get("by") or groups.get("new") or ""
            return _named(kind, groups["who"], by)
    return ()


def _named(kind: Kind, who: str, by: str) -> tuple[Notice, ...]:
    by = "" if by.lower() in _SELF else by
    several = kind == Kind.JOIN and by
    names = _LISTED.split(who) if several else [who]
    return tuple(
        Notice(kind, name, by)
        for name in (one.strip('“”"「」~ \u202f') for one in names)
        if name and name.lower() not in _SELF
    )


def group_title(text: str) -> str:
    """Name of the group out of a line that says it was created or renamed, else ""."""
    found = _TITLED.match(text)
    return found["title"] if found else ""


def is_encryption_notice(text: str) -> bool:
    """Whether this is the remark about encryption, which some exports put into someone's mouth."""
    return _ENCRYPTED.match(text) is not None
