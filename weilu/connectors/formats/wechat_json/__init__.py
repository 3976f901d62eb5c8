"""WeChat as JSON, by chatlog and by WeFlow or echotrace (handbook K-4)."""

from weilu.connectors.formats.wechat_json.chatlog import ChatlogFormat
from weilu.connectors.formats.wechat_json.weflow import WeFlowFormat

__all__ = ["ChatlogFormat", "WeFlowFormat"]
