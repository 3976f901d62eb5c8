"""Platforms as people call them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from weilu.chat.ports.records import Platform

_PLATFORMS: dict[str, str | Promise] = {
    Platform.WECHAT: gettext_lazy("WeChat"),
    Platform.WECOM: gettext_lazy("WeCom"),
    Platform.QQ: "QQ",
    Platform.TELEGRAM: "Telegram",
    Platform.WHATSAPP: "WhatsApp",
    Platform.DISCORD: "Discord",
    Platform.SLACK: "Slack",
    Platform.LINE: "LINE",
    Platform.MATRIX: "Matrix",
    Platform.ZULIP: "Zulip",
    Platform.IRC: "IRC",
    Platform.SIGNAL: "Signal",
    Platform.KAKAOTALK: "KakaoTalk",
    Platform.MESSENGER: "Messenger",
    Platform.INSTAGRAM: "Instagram",
    Platform.SKYPE: "Skype",
    Platform.TEAMS: "Microsoft Teams",
    Platform.GOOGLE_CHAT: "Google Chat",
    Platform.VIBER: "Viber",
    Platform.ROCKETCHAT: "Rocket.Chat",
    Platform.MATTERMOST: "Mattermost",
    Platform.GITTER: "Gitter",
    Platform.DINGTALK: gettext_lazy("DingTalk"),
    Platform.FEISHU: gettext_lazy("Feishu"),
    Platform.WEIBO: gettext_lazy("Weibo"),
    Platform.DOUBAN: gettext_lazy("Douban"),
    Platform.TIEBA: gettext_lazy("Tieba"),
    Platform.TAOBAO: gettext_lazy("Taobao group"),
}


def platform_word(name: str) -> str:
    """What a platform is called in the reader's language; "" for one that is not known."""
    return str(_PLATFORMS.get(name, ""))


def platform_name(name: str) -> str:
    """What a platform is called, also where it is none of the known ones."""
    return platform_word(name) or gettext("Another one")
