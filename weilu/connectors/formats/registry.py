"""All known chat-export formats, one line each, in the order that breaks ties."""

from weilu.chat.ports import Format
from weilu.connectors.formats.discord_csv.reader import FORMAT as DISCORD_CSV
from weilu.connectors.formats.discord_html.reader import FORMAT as DISCORD_HTML
from weilu.connectors.formats.discord_text.reader import FORMAT as DISCORD_TEXT
from weilu.connectors.formats.irc.reader import FORMAT as IRC
from weilu.connectors.formats.jsonformats import JSON_FORMATS
from weilu.connectors.formats.kakaotalk.reader import FORMAT as KAKAOTALK
from weilu.connectors.formats.kakaotalk.table import FORMAT as KAKAOTALK_TABLE
from weilu.connectors.formats.line_text.reader import FORMAT as LINE_TEXT
from weilu.connectors.formats.qq_exporter_text.reader import FORMAT as QQ_EXPORTER_TEXT
from weilu.connectors.formats.qq_text.reader import FORMAT as QQ_TEXT
from weilu.connectors.formats.qq_window.reader import FORMAT as QQ_WINDOW
from weilu.connectors.formats.signal.reader import FORMAT as SIGNAL
from weilu.connectors.formats.table.reader import FORMAT as TABLE
from weilu.connectors.formats.telegram_html.reader import FORMAT as TELEGRAM_HTML
from weilu.connectors.formats.wechat_csv.reader import FORMATS as WECHAT_CSV
from weilu.connectors.formats.wechat_text.chatlog import FORMAT as CHATLOG_TEXT
from weilu.connectors.formats.wechat_text.mailed import FORMAT as WECHAT_MAIL
from weilu.connectors.formats.wechat_text.plain import FORMAT as WECHAT_TEXT
from weilu.connectors.formats.whatsapp.reader import FORMAT as WHATSAPP

ALL_FORMATS: tuple[Format, ...] = (
    *JSON_FORMATS,
    TELEGRAM_HTML,
    DISCORD_HTML,
    WHATSAPP,
    QQ_TEXT,
    QQ_WINDOW,
    QQ_EXPORTER_TEXT,
    *WECHAT_CSV,
    WECHAT_TEXT,
    CHATLOG_TEXT,
    WECHAT_MAIL,
    DISCORD_CSV,
    DISCORD_TEXT,
    LINE_TEXT,
    KAKAOTALK,
    KAKAOTALK_TABLE,
    IRC,
    SIGNAL,
    TABLE,
)
