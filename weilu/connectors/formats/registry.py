"""All known chat-export formats, one line each, in the order that breaks ties."""

from weilu.chat.ports import Format
from weilu.connectors.formats.discord_csv.reader import FORMAT as DISCORD_CSV
from weilu.connectors.formats.irc.reader import FORMAT as IRC
from weilu.connectors.formats.jsonformats import JSON_FORMATS
from weilu.connectors.formats.line_text.reader import FORMAT as LINE_TEXT
from weilu.connectors.formats.qq_text.reader import FORMAT as QQ_TEXT
from weilu.connectors.formats.qq_window.reader import FORMAT as QQ_WINDOW
from weilu.connectors.formats.signal.reader import FORMAT as SIGNAL
from weilu.connectors.formats.table.reader import FORMAT as TABLE
from weilu.connectors.formats.wechat_csv.reader import FORMATS as WECHAT_CSV
from weilu.connectors.formats.whatsapp.reader import FORMAT as WHATSAPP

ALL_FORMATS: tuple[Format, ...] = (
    *JSON_FORMATS,
    WHATSAPP,
    QQ_TEXT,
    QQ_WINDOW,
    *WECHAT_CSV,
    DISCORD_CSV,
    LINE_TEXT,
    IRC,
    SIGNAL,
    TABLE,
)
