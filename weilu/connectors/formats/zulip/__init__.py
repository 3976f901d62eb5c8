"""Zulip: public archives (a file a topic) and the official realm export (handbook K-4)."""

from weilu.connectors.formats.zulip.archive import ZulipFormat
from weilu.connectors.formats.zulip.realm import ZulipRealmFormat

__all__ = ["ZulipFormat", "ZulipRealmFormat"]
