"""All platforms that can be connected; a new one is a folder and a line here."""

from __future__ import annotations

from weilu.chat.ports.connectors import Connector
from weilu.connectors.matrix.connector import MatrixConnector
from weilu.connectors.onebot.connector import OneBotConnector
from weilu.connectors.telegram_bot.connector import TelegramConnector

ALL_CONNECTORS: tuple[Connector, ...] = (
    MatrixConnector(),
    TelegramConnector(),
    OneBotConnector(),
)
