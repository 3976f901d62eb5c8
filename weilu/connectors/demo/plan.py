"""What the tea shop wrote down before it opened its groups: the canvas and the rules (A-1, A-6).

One theme is promised and hardly spoken of, so that the comparison has something to say.
"""

from __future__ import annotations

from collections.abc import Mapping

CANVAS: Mapping[str, object] = {
    "purpose": "让爱喝茶的人有个说话的地方：喝得明白，买得放心，泡得好喝。",
    "goal": "一年后，一半的提问由茶友自己回答，每月有两场线下茶会。",
    "audience": "25 到 45 岁，每天都泡茶，晚上八点以后有空聊，愿意说真话。",
    "not_for": "只来抢红包的人，还有来拉客的同行。",
    "needs": "这款茶怎么泡、值不值、和谁一起喝。",
    "pains": "茶叶水太深，怕买贵；一个人喝没意思；问客服只会催下单。",
    "promises": {
        "information": "每周讲透一款茶，从产地到水温",
        "relationship": "同城的茶友，一起喝一起聊",
        "trust": "不好喝可以退，不夸大",
        "social": "每月一次茶会",
    },
    "kind": "product",
    "tier": "middle",
    "themes": (
        "怎么泡：盖碗、水温、冷泡、出汤\n"
        "喝什么：白茶、岩茶、肉桂、单丛、龙井\n"
        "买和收：快递、新茶、试喝、退款\n"
        "茶会：茶会、见面、聚会\n"
        "茶器：紫砂、养壶、茶盘、公道杯"
    ),
    "voice": "店主盏盏",
    "tone": "像隔壁懂茶的朋友：先听你怎么喝，再说话；不懂就说不懂。",
}

INTRO = "一盏茶的群，聊茶、聊生活都可以。下面几条，大家一起守着。"
CONTACT = "店主·盏盏"
# Title, words, and what Weilu looks for by itself.
RULES: tuple[tuple[str, str, str], ...] = (
    ("不发广告", "卖货、拉人、砍价链接都不发。有好东西想分享，先跟店主说一声。", "ad"),
    ("不私下加人推销", "想加谁的微信，先在群里问一句。", "contact"),
    ("好好说话", "可以不同意，不可以骂人。", "abuse"),
    ("不刷屏", "同一件事说一遍就好，表情一次别超过三个。", "flood"),
    ("隐私留在群里", "别人的聊天、照片、地址，不往外发。", ""),
)
