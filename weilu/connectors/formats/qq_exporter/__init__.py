"""qq-chat-exporter's JSON of three generations and its chunked JSON Lines (handbook K-4)."""

from weilu.connectors.formats.qq_exporter.reader import QQExporterFormat

__all__ = ["QQExporterFormat"]
