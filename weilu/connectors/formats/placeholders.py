"""What exports write where a picture, a voice message or a sticker would stand."""

from __future__ import annotations

import re

from weilu.chat.ports import Form

_WORDS: dict[Form, str] = {
    Form.PICTURE: "图片 照片 圖片 相片 闪照 Photo Image Picture 写真 사진 Foto 自定义表情图",
    Form.STICKER: (
        "表情 动画表情 動畫表情 动态表情 大表情 超级表情 商城表情 原创表情 贴图 貼圖 "
        "Sticker GIF スタンプ 스티커"
    ),
    Form.VOICE: "语音 語音 语音消息 語音訊息 Audio Voice ボイスメッセージ 음성메시지",
    Form.VIDEO: "视频 影片 短视频 視頻 Video 動画 동영상 视频消息",
    Form.FILE: "文件 檔案 群文件 File ファイル 파일",
    Form.LOCATION: "位置 地理位置 位置共享 实时位置 位置訊息 Location 位置情報 위치정보",
    Form.CARD: "名片 个人名片 推荐好友 推荐群 Contact 連絡先 聯絡資訊",
    Form.RED_PACKET: "红包 微信红包 QQ红包 红包消息 红包，请在手机上查看 Red packet",
    Form.TRANSFER: "转账 微信转账 转账消息 QQ转账 Transfer",
    Form.CALL: "语音通话 视频通话 通话 音视频通话 Voice call Video call 群通话",
    Form.FORWARD: "聊天记录 合并转发 转发消息 合并转发的聊天记录 Chat History",
    Form.LINK: "链接 分享 网页 小程序 音乐 卡片消息 Link Mini Program",
    Form.POLL: "投票 群投票 Poll 接龙",
}
_TWO_WORDS = ("Red packet", "Voice call", "Video call", "Chat History", "Mini Program")


def _table() -> dict[str, Form]:
    table: dict[str, Form] = {}
    for form, words in _WORDS.items():
        for pair in _TWO_WORDS:
            if pair in words:
                table[pair.lower()] = form
        table.update((word.lower(), form) for word in words.split())
    for loose in ("red", "packet", "voice_", "call", "chat", "history", "mini", "program"):
        table.pop(loose, None)
    return table


_FORMS = _table()
_BRACKETS = re.compile(r"\s*(?:\[([^\[\]]{1,24})\]|【([^【】]{1,24})】)\s*")


def form_of(text: str) -> Form:
    """Form of a message that is nothing but bracketed placeholders, else TEXT."""
    if not text or text[0] not in "[【 ":
        return Form.TEXT
    position, form = 0, Form.TEXT
    while position < len(text):
        found = _BRACKETS.match(text, position)
        word = (found[1] or found[2]).split(":", 1)[0].split("：", 1)[0] if found else ""
        this = _FORMS.get(word.strip().lower())
        if found is None or this is None:
            return Form.TEXT
        form = form or this
        position = found.end()
    return form
