"""All platforms that can be connected; a new one is a folder and a line here."""

from __future__ import annotations

from weilu.chat.ports.connectors import Connector
from weilu.chat.ports.records import Platform
from weilu.connectors.discord_bot.connector import DiscordConnector
from weilu.connectors.matrix.connector import MatrixConnector
from weilu.connectors.onebot.connector import OneBotConnector
from weilu.connectors.satori.connector import SatoriConnector
from weilu.connectors.telegram_bot.connector import TelegramConnector
from weilu.connectors.webhook.connector import WebhookConnector
from weilu.connectors.wecom.connector import WeComConnector

ALL_CONNECTORS: tuple[Connector, ...] = (
    MatrixConnector(),
    TelegramConnector(),
    DiscordConnector(),
    OneBotConnector(),
    SatoriConnector("satori_qq", "QQ · Satori", Platform.QQ),
    SatoriConnector("satori", "Satori", Platform.OTHER),
    WeComConnector(),
    WebhookConnector(),
)
