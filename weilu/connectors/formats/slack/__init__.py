"""Slack's workspace export: a folder of channels with a file a day (handbook K-4)."""

from weilu.connectors.formats.slack.reader import SlackFormat

__all__ = ["SlackFormat"]
