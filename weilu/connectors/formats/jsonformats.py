"""The formats written in JSON, one line each, in the order that breaks ties (handbook K-4)."""

from weilu.chat.ports import Format
from weilu.connectors.formats.chatlab import ChatLabFormat, ChatLabLinesFormat
from weilu.connectors.formats.discord import DiscordFormat
from weilu.connectors.formats.gitter.reader import GitterFormat
from weilu.connectors.formats.google_chat.reader import GoogleChatFormat
from weilu.connectors.formats.matrix import MatrixFormat
from weilu.connectors.formats.mattermost.bulk import MattermostBulkFormat
from weilu.connectors.formats.mattermost.posts import MattermostPostsFormat
from weilu.connectors.formats.messenger.reader import MessengerFormat
from weilu.connectors.formats.qq_exporter import QQExporterFormat
from weilu.connectors.formats.rocketchat.reader import RocketChatFormat
from weilu.connectors.formats.signal_export.cli import SignalCliFormat
from weilu.connectors.formats.signal_export.reader import SignalExportFormat
from weilu.connectors.formats.skype.reader import SkypeFormat
from weilu.connectors.formats.slack import SlackFormat
from weilu.connectors.formats.teams.reader import TeamsFormat
from weilu.connectors.formats.telegram import TelegramFormat
from weilu.connectors.formats.wechat_json import ChatlogFormat, WeFlowFormat
from weilu.connectors.formats.zulip import ZulipFormat, ZulipRealmFormat

JSON_FORMATS: tuple[Format, ...] = (
    ChatLabFormat(),
    ChatLabLinesFormat(),
    TelegramFormat(),
    DiscordFormat(),
    QQExporterFormat(),
    ChatlogFormat(),
    WeFlowFormat(),
    SlackFormat(),
    MatrixFormat(),
    MessengerFormat(),
    SkypeFormat(),
    SignalExportFormat(),
    SignalCliFormat(),
    GoogleChatFormat(),
    TeamsFormat(),
    RocketChatFormat(),
    MattermostBulkFormat(),
    MattermostPostsFormat(),
    GitterFormat(),
    ZulipFormat(),
    ZulipRealmFormat(),
)
