"""What members chat about among themselves: topics whose answers fit their openings.

Slots `tea`, `ware`, `snack`, `place` and `time` stay the same through one conversation, so that
people speak of the same cup; the others are drawn anew for every sentence.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """Openings and the answers that fit them; months and hours it is limited to, if any."""

    openings: tuple[str, ...]
    replies: tuple[str, ...]
    months: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    groups: tuple[int, ...] = (0, 1, 2)
    pictures: float = 0.0


# What the one who began says in between, and when somebody asks back.
OWN = (
    "哈哈哈",
    "是的是的",
    "嘿嘿",
    "对",
    "你也来一壶",
    "真的不骗你",
    "谢谢提醒",
    "被你说中了",
    "我再试试",
    "一起呀",
    "记下了",
    "就是",
    "等会儿再泡一道",
    "慢慢来嘛",
    "🍵🍵",
    "还是你懂",
    "没办法，就好这口",
    "说得我又渴了",
)
ASKED_BACK = (
    "回头告诉你",
    "还行，不算贵",
    "私你",
    "等下拍给你看",
    "差不多吧，凭感觉",
    "看人，你试试就知道",
    "我也说不准",
    "没错，就是那个",
    "刚好够两个人喝",
    "晚点发图",
)

# What fits nearly any opening; used between the answers of the topic.
ANY = (
    "哈哈哈哈",
    "笑死",
    "+1",
    "有道理",
    "学到了",
    "羡慕",
    "真的",
    "对对对",
    "我也是",
    "是这样",
    "赞一个",
    "啊这",
    "懂的都懂",
    "下次试试",
    "可以可以",
    "妙啊",
    "收藏了",
    "你说得我馋了",
    "嗯嗯",
    "不错不错",
    "加我一个",
    "跟了",
    "太真实了",
    "稳",
)
