"""Telegram Desktop's `result.json`: one chat or a whole account (handbook K-4)."""

from weilu.connectors.formats.telegram.reader import TelegramFormat

__all__ = ["TelegramFormat"]
