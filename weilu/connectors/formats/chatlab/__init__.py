"""ChatLab 0.0.2, JSON and JSON Lines, read and written: our interchange format (K-4)."""

from weilu.connectors.formats.chatlab.reader import ChatLabFormat, ChatLabLinesFormat
from weilu.connectors.formats.chatlab.writer import ChatLabLinesWriter, ChatLabWriter

__all__ = ["ChatLabFormat", "ChatLabLinesFormat", "ChatLabLinesWriter", "ChatLabWriter"]
