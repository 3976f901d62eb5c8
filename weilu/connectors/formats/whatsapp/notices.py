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
# What Polish puts before a name.
_USER = "(?:Użytkownik |Użytkowniczka )?"
_SELF = frozenset(
    {
        *(
            "you",
            "你",
            "您",
            "tú",
            "você",
            "du",
            "vous",
            "tu",
            "anda",
            "вы",
            "あなた",
            "siz",
            "sen",
        ),
        *("je", "jij", "u", "أنت", "आप", "회원님", "나", "hai", "te"),
        # As the one whom something is done to.
        *("dich", "ti", "toi", "jou", "вас", "seni", "cię", "dig", "deg", "sinut"),
    }
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
    (Kind.JOIN, rf"{_B}\s?(?:將|将|把)\s?{_A}\s?(?:加入|添加|新增).{{0,8}}"),
    (Kind.LEAVE, rf"{_B}\s?(?:將|将|把)\s?{_A}\s?(?:移出|移除|踢出|刪除|删除).{{0,8}}"),
    (Kind.JOIN, rf"{_A}\s?(?:使用|通过|透過).*(?:加入|加入了)(?:群组|群組|此群组|本群)?.*"),
    (Kind.JOIN, rf"{_A}\s?(?:已)?加入(?:了)?(?:群组|群組|此群组|本群)?"),
    (
        Kind.JOIN,
        rf"{_B}\s?(?:已添加|已新增|已加入|添加了|加入了|新增了)(?:了)?\s?{_A}(?:\s?(?:加入|添加到|添加至|新增至).{{0,8}})?",
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
    (Kind.JOIN, rf"{_A} присоединил(?:ся|ась|\(а\)сь|ся\(-?ась\)).*"),
    (Kind.JOIN, rf"{_B} добавил(?:а|\(-?а\))? {_A}"),
    (Kind.LEAVE, rf"{_A} (?:вышел|вышла|покинул(?:а|\(-?а\))?|вышел\(-ла\)).*"),
    (Kind.LEAVE, rf"{_B} удалил(?:а|\(-?а\))? {_A}"),
    (Kind.JOIN, rf"{_A}(?:さん)?が(?:.*から)?参加しました"),
    (Kind.JOIN, rf"{_B}(?:さん)?が{_A}(?:さん)?を追加しました"),
    (Kind.LEAVE, rf"{_A}(?:さん)?が(?:退出|退会)しました"),
    (Kind.LEAVE, rf"{_B}(?:さん)?が{_A}(?:さん)?を削除しました"),
    (Kind.JOIN, rf"Se (?:añadió|agregó|unió)(?: a)? {_A}(?: usando .*)?"),
    (Kind.JOIN, rf"{_B} agregó a {_A}"),
    (Kind.JOIN, rf"{_A} foi adicionad[oa](?:\(a\))?"),
    (Kind.JOIN, rf"{_A} ist (?:über|mit|durch) .*beigetreten"),
    (Kind.JOIN, rf"{_A} wurde hinzugefügt"),
    (Kind.LEAVE, rf"{_A} wurde entfernt"),
    (Kind.JOIN, rf"{_A} a été ajouté(?:\(?e\)?)?"),
    (Kind.JOIN, rf"{_A} è stat[oa] aggiunt[oa]"),
    (Kind.JOIN, rf"{_A} (?:neemt nu deel|is lid geworden|is deelgenomen|is toegetreden).*"),
    (Kind.JOIN, rf"{_A} is toegevoegd"),
    (Kind.JOIN, rf"{_B} heeft {_A} toegevoegd"),
    (Kind.LEAVE, rf"{_A} heeft de groep verlaten"),
    (Kind.LEAVE, rf"{_B} heeft {_A} verwijderd"),
    (Kind.JOIN, rf"{_B}, {_A} (?:kişisini|kişilerini) ekledi"),
    (Kind.JOIN, rf"{_A},? (?:bu )?grub(?:un|a) .*katıldı"),
    (Kind.JOIN, rf"{_A} (?:gruba )?(?:eklendi|katıldı)"),
    (Kind.LEAVE, rf"{_B}, {_A} kişisini (?:gruptan )?çıkardı"),
    (Kind.LEAVE, rf"{_A} (?:gruptan )?(?:ayrıldı|çıkarıldı)"),
    (Kind.JOIN, rf"(?:قام|قامت) {_B} بإضافة {_A}"),
    (Kind.JOIN, r"أضافت? (?P<by>\S+) (?P<who>\S+)"),
    (Kind.JOIN, rf"(?:انضم|انضمت) {_A} (?:باستخدام|عبر|عن طريق|إلى).*"),
    (Kind.JOIN, rf"(?:انضم|انضمت|تمت إضافة) {_A}"),
    (Kind.LEAVE, rf"(?:قام|قامت) {_B} بإزالة {_A}"),
    (Kind.LEAVE, r"أزالت? (?P<by>\S+) (?P<who>\S+)"),
    (Kind.LEAVE, rf"(?:غادر|غادرت) {_A}"),
    (Kind.JOIN, rf"{_B} ने {_A} को (?:ग्रुप में )?(?:जोड़ा|शामिल किया|ऐड किया)"),
    (Kind.JOIN, rf"{_A} .*(?:लिंक|link).* (?:शामिल हुए|शामिल हुआ|शामिल हुई|जुड़े)"),
    (Kind.JOIN, rf"{_A} (?:शामिल हुए|शामिल हुआ|शामिल हुई)"),
    (Kind.LEAVE, rf"{_B} ने {_A} को (?:ग्रुप से )?(?:हटाया|निकाला|निकाल दिया)"),
    (Kind.LEAVE, rf"{_A} (?:ने ग्रुप छोड़ा|ने ग्रुप छोड़ दिया|निकल गए|निकल गया|निकल गई)"),
    (Kind.JOIN, rf"{_B}님이 {_A}님을 (?:추가|초대)(?:했습니다|하였습니다|하셨습니다)"),
    (Kind.JOIN, rf"{_A}님이 .*(?:참여|참가|입장)(?:했습니다|하였습니다|하셨습니다)"),
    (Kind.LEAVE, rf"{_B}님이 {_A}님을 (?:내보냈습니다|삭제했습니다|강퇴했습니다)"),
    (Kind.LEAVE, rf"{_A}님이 (?:그룹에서 )?(?:나갔습니다|퇴장했습니다)"),
    (Kind.JOIN, rf"{_USER}{_B} doda(?:ł|ła|ł\(-?a\)) (?:użytkownika )?{_A}"),
    (Kind.JOIN, rf"{_USER}{_A} dołącz(?:ył|yła|ył\(-?a\)).*"),
    (Kind.LEAVE, rf"{_USER}{_A} (?:opuścił|opuściła|opuścił\(-?a\))(?: grupę)?"),
    (Kind.LEAVE, rf"{_USER}{_B} usun(?:ął|ęła|ął\(-?ęła\)) (?:użytkownika )?{_A}"),
    (Kind.JOIN, rf"{_B} přida(?:l|la|l\(a\)) (?:uživatele )?{_A}"),
    (Kind.JOIN, rf"{_A} se připoji(?:l|la|l\(a\)).*"),
    (Kind.LEAVE, rf"{_A} opusti(?:l|la|l\(a\)) skupinu"),
    (Kind.LEAVE, rf"{_B} odebra(?:l|la|l\(a\)) (?:uživatele )?{_A}"),
    (Kind.JOIN, rf"{_B} дода(?:в|ла|в\(-?ла\)) (?:користувача )?{_A}"),
    (Kind.JOIN, rf"{_A} приєдна(?:вся|лася|вся\(-?лась\)).*"),
    (Kind.LEAVE, rf"{_A} (?:вийшов|вийшла|вийшов\(-?ла\)|покину(?:в|ла|в\(-?ла\)) групу)"),
    (Kind.LEAVE, rf"{_B} видали(?:в|ла|в\(-?ла\)) (?:користувача )?{_A}"),
    (Kind.JOIN, rf"{_B} lade till {_A}"),
    (Kind.JOIN, rf"{_A} (?:gick med|anslöt).*"),
    (Kind.LEAVE, rf"{_A} (?:lämnade(?: gruppen)?|har lämnat gruppen)"),
    (Kind.LEAVE, rf"{_B} tog bort {_A}"),
    (Kind.JOIN, rf"{_B} (?:tilføjede|har tilføjet|la til) {_A}"),
    (Kind.LEAVE, rf"{_A} (?:forlod|forlot|har forladt)(?: gruppen)?"),
    (Kind.LEAVE, rf"{_B} fjerne(?:de|t) {_A}"),
    (Kind.JOIN, rf"{_B} lisäsi (?:käyttäjän )?{_A}"),
    (Kind.JOIN, rf"{_A} liittyi.*"),
    (Kind.LEAVE, rf"{_A} (?:poistui|lähti)(?: ryhmästä)?"),
    (Kind.LEAVE, rf"{_B} poisti (?:käyttäjän )?{_A}"),
    (Kind.JOIN, rf"{_B} (?:a|l-a|le-a) adăugat(?: pe)? {_A}"),
    (Kind.JOIN, rf"{_A} s-a alăturat.*"),
    (Kind.LEAVE, rf"{_A} (?:a ieșit|a părăsit grupul)"),
    (Kind.LEAVE, rf"{_B} (?:a|l-a|le-a) eliminat(?: pe)? {_A}"),
    (Kind.JOIN, rf"{_B} הוסי(?:ף|פה|ף/ה) את {_A}"),
    (Kind.JOIN, rf"{_A} הצטר(?:ף|פה|ף/ה).*"),
    (Kind.LEAVE, rf"{_A} (?:עזב|עזבה|עזב/ה|יצא/ה)(?: את הקבוצה)?"),
    (Kind.LEAVE, rf"{_B} הסי(?:ר|רה|ר/ה) את {_A}"),
    (Kind.JOIN, rf"{_B} đã thêm {_A}"),
    (Kind.JOIN, rf"{_A} đã tham gia.*"),
    (Kind.LEAVE, rf"{_A} đã (?:rời(?: khỏi)?(?: nhóm)?|thoát(?: khỏi)?(?: nhóm)?)"),
    (Kind.LEAVE, rf"{_B} đã xóa {_A}"),
    (Kind.JOIN, rf"{_B} {_A} را اضافه کرد"),
    (Kind.JOIN, rf"{_A} .*(?:پیوست|ملحق شد)"),
    (Kind.LEAVE, rf"{_A} (?:گروه را ترک کرد|خارج شد|رفت)"),
    (Kind.LEAVE, rf"{_B} {_A} را (?:حذف|اخراج) کرد"),
)
_PATTERNS = tuple((kind, re.compile(rf"{text}[.。]?$")) for kind, text in _TABLE)
_TITLED = re.compile(
    r".+(?:created group|changed the subject|changed the group name|创建了群组|建立了群組|"
    r"更改了群组名称|变更了群组|creó el grupo|"
    r"criou o grupo|a créé le groupe|"
    r"ha creato il gruppo|создал|heeft de groep|membuat grup|أنشأ|ने ग्रुप|グループ名を).*"
    r"[\"“„«「](?P<title>[^\"”“»」]+)[\"”“»」]"
    # Languages that put the name first.
    r"|.+?[\"“„«「](?P<first>[^\"”“»」]+)[\"”“»」] ?(?:erstellt|grubunu oluşturdu"
    r"|그룹을 만들었습니다|ग्रुप बनाया|を作成しました)"
)
_ENCRYPTED = re.compile(
    r".*(?:end-to-end encrypt|端到端加密|端對端加密|cifrados? de extremo a extremo|"
    r"criptografia de ponta a ponta|w pełni szyfrowane|totalsträckskrypter|täysin sala|"
    r"mã hóa đầu cuối|מוצפנות מקצה לקצה|end-to-end krypter|koncové šifrov|koncovým šifrov|"
    r"наскрізн|criptate complet|criptate integral|Ende-zu-Ende|chiffrés de bout en bout|"
    r"crittografia end-to-end|crittografat[ie] end-to-end|"
    r"eind-tot-eind|end-to-end versleuteld|uçtan uca şifreli|تامًا? بين الطرفين|تشفير تام|"
    r"एंड-टू-एंड|종단 ?간 암호화|"
    r"(?:ter|di)enkripsi secara end-to-end|сквозным шифрованием|エンドツーエンド)"
)
_LISTED = re.compile(r", | and | y | e | und | et | dan | en | ve | и | और |، | و |、|和|님, ")


# Long lists end with a number of people instead of their names.
_OTHERS = re.compile(
    r"(?:其他|另外)?\s?\d{1,4}\s?(?:others?|more|autres?|otros?|outros?|weitere|altri|altre|andere|"
    r"других|others|lainnya|kişi|位|人|名|명)(?:\s?(?:people|personas|pessoas|Personen|成员|其他人))?"
)


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
        if name and name.lower() not in _SELF and not _OTHERS.fullmatch(name)
    )


def group_title(text: str) -> str:
    """Name of the group out of a line that says it was created or renamed, else ""."""
    found = _TITLED.match(text)
    return (found["title"] or found["first"] or "") if found else ""


def is_encryption_notice(text: str) -> bool:
    """Whether this is the remark about encryption, which some exports put into someone's mouth."""
    return _ENCRYPTED.match(text) is not None
