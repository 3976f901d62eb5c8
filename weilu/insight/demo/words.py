"""What the tea shop wrote on its tags, links, tasks and notes; in Chinese, like its talk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from weilu.groups.models import JoinLink
from weilu.insight.people.starts import NO_STAFF
from weilu.members.segments.trees import Branch, Leaf
from weilu.team.rules.roles import Role

GROUPS = ROCK_TEA_GROUP, NEWCOMERS_GROUP, OLD_FRIENDS_GROUP = (
    "岩茶研习社",
    "新客尝鲜群",
    "老客茶友群",
)

# Accounts of the staff, as the story has them.
OWNER, CLERK = "demo-owner", "demo-clerk"

# The three standards of A-4: tea is shown, drunk every day and talked about.
FIT: Mapping[str, int] = {
    "meet": 3, "show": 2, "often": 3, "learn": 3, "ways": 3, "news": 2, "carries": 2,
    "useful": 3, "make": 2,
}  # fmt: skip
PLATFORM: Mapping[str, object] = {
    "where": ["wechat"],
    "size": 600,
    "must": ["greet", "post"],
    "openness": "private",
    "fee_yuan": 100,
    "hours": 6,
}

DUTIES: Mapping[Role, str] = {
    Role.LEAD: "拿主意：定群规、管预算，出了事出来说话。",
    Role.SOUL: "茶友是奔着盏盏来的：每天至少聊一句真心话。",
    Role.STEWARD: "早晚各看一遍群：迎新、收广告、别让人冷场。",
    Role.CONTENT: "每周排好三个话题，周五晚上讲一款茶。",
    Role.SERVICE: "问快递、退款的，当天回，一对一收尾。",
    Role.EXPERT: "懂岩茶的老茶友，每周答一个难题。",
}

GREETING = "欢迎 {names}！进来先看看群规；想喝什么、怎么泡，直接问，{companion}会带你认识大家。"
GREETER = "茶小二（自动回复）"

TAG_GROUP = "一盏茶 · demo"
LIKES_ROCK_TEA, TO_ASK_AFTER, TASTED = "爱岩茶", "该问候了", "双十一试喝"
TASTED_DAYS = 60

SILENT_NEWCOMERS, GONE_QUIET, ROCK_TEA_FRIENDS = "进群两周没开口", "老茶友安静了", "聊岩茶的热心人"


def friends_tree(tag_id: int) -> Branch:
    """Who likes rock tea, by the tag, and talks or helps."""
    lively = Branch(
        every=False,
        of=(Leaf("spoke", {"times": "3", "days": "28"}), Leaf("goodwill", {"from": "100"})),
    )
    return Branch(of=(Leaf("tag", {"tag": [str(tag_id)]}), lively, NO_STAFF))


# Of one's own, beside the life cycle: the name, its colour, how many are in it.
STAGES = (("试喝过", "amber", 14), ("买过", "teal", 9), ("老主顾", "ember", 5))

FIELD = "爱喝的茶"
TEAS = ("岩茶", "白茶", "单丛", "龙井")

CIRCLE = "岩茶小圈子"
CIRCLE_NOTE = "懂坑涧、肯分享，讲课先问他们。"

NOTES = (
    "到店两次，喜欢足火肉桂；下次来给他留一泡老丛水仙。",
    "嫌快递慢发过火，补了一张运费券，后来好了。",
    "能讲，想请她周五晚上带一次分享。",
)
AGREED = "同意一盏茶通过微信告诉我新茶和茶会，随时可以说不。"


@dataclass(frozen=True, slots=True)
class Link:
    """A join link of the shop; of so many newcomers in ten it brought this many."""

    name: str
    source: JoinLink.Source
    cost: Decimal
    words: str
    in_ten: int


LINKS = (
    Link("柜台立牌", JoinLink.Source.STORE, Decimal(60), "每晚八点，陪你喝一泡", 4),
    Link("快递卡片", JoinLink.Source.PARCEL, Decimal(180), "拆开就喝，不会泡进群问", 3),
    Link("小红书主页", JoinLink.Source.ONLINE, Decimal(0), "只聊茶，不催单", 2),
)
# Where a code leads that nobody can join by: it is a story.
ADDRESS = "https://example.org/demo/{group}"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be said in a group: so many days from today, at what hour; whether it sells."""

    key: str
    group: str
    text: str
    days: int
    hour: int
    sells: bool = False


TASKS = (
    Task(
        "late",
        OLD_FRIENDS_GROUP,
        "周六下午两点店里试今年的正岩肉桂，六个位子，想来的接龙。",
        -1,
        19,
    ),
    Task("tonight", NEWCOMERS_GROUP, "今晚聊：第一次买岩茶，你踩过什么坑？", 0, 20),
    Task("tomorrow", OLD_FRIENDS_GROUP, "晒晒你今天早上的第一泡，拍个茶汤就行。", 1, 9),
    Task("sale", ROCK_TEA_GROUP, "岩茶周年，全场八五折，满三百送品茗杯。", 0, 18, sells=True),
)
DONE = (
    Task("done-1", NEWCOMERS_GROUP, "新来的朋友：盖碗烫手怎么办？今晚八点演示一遍。", -1, 12),
    Task("done-2", OLD_FRIENDS_GROUP, "昨天问水温的，答案整理好了：白茶 90 度，岩茶沸水。", -2, 10),
)

REPORTS = (
    ("有人加我微信，说能拿到你们的内部价，头像是个茶壶。", "小年糕"),
    ("群里那个发兼职的又来了。", ""),
)
