"""What is known of each platform beyond its abilities: facts with a date and a source (A-5).

How many people a group holds stands in `groups`, what can be done in it in the capability rows of
the connectors. `words` are source strings for translation. A source without an address is common
knowledge that nobody checked with the vendor; pages say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.communities.blueprint.rules.advice import Openness, PlatformFact


@dataclass(frozen=True, slots=True)
class Known:
    """A platform with its facts, and in words what it is good for and what to mind."""

    fact: PlatformFact
    good: str
    mind: str
    as_of: date
    source: str = ""


LIVE = "live"
APP = "app"
_AS_OF = date(2026, 11, 1)

PLATFORMS: tuple[Known, ...] = (
    Known(
        PlatformFact("wechat", reaches=("wechat",), openness=Openness.PRIVATE, code_days=7),
        _("Everybody is there and looks every hour; people speak freely among themselves."),
        _("No interface at all, and plug-ins cost the account: everything is done by hand. A"
          " group's code runs out after seven days and stops at 200 people."),
        _AS_OF,
        "fkpjhm.cn, 2024-03-29; xxnuo/serverless-qrcode-hub #6",
    ),
    Known(
        PlatformFact("wecom", reaches=("wechat", "wecom"), openness=Openness.PRIVATE),
        _("Customers stay in WeChat while you work with official tools: join codes that never run"
          " out, lists of members, customers that stay when staff leave."),
        _("Messages to groups have to be confirmed by a member of staff; what members write is not"
          " told, nobody can be muted, and a group gets about one message a day at most."),
        date(2025, 11, 17),
        "https://developer.work.weixin.qq.com/document/path/92135",
    ),
    Known(
        PlatformFact("qq", reaches=("qq",), openness=Openness.PRIVATE),
        _("Large groups, files and albums, and tools that do nearly everything; young people and"
          " people with hobbies are at home there."),
        _("An account that writes much may be restricted; older customers have left it."),
        _AS_OF,
        "https://napneko.github.io/develop/api",
    ),
    Known(
        PlatformFact("dingtalk", reaches=("dingtalk",), openness=Openness.PRIVATE),
        _("For colleagues, schools and members of an association: known people, read receipts."),
        _("Robots hear only what is addressed to them; people take it for work and leave at six."),
        _AS_OF,
    ),
    Known(
        PlatformFact("weibo", reaches=("weibo",), openness=Openness.PUBLIC),
        _("Strangers find you, and what is good spreads; made for news and for fans of a person."),
        _("People talk to you and hardly to each other; everything is done by hand."),
        _AS_OF,
    ),
    Known(
        PlatformFact("douban", reaches=("douban",), openness=Openness.PUBLIC),
        _("Groups for an interest with long posts that are found years later; people of taste."),
        _("Slow, strict about advertising, and everything is done by hand."),
        _AS_OF,
    ),
    Known(
        PlatformFact("tieba", reaches=("tieba",), openness=Openness.PUBLIC),
        _("A board for every subject, found by search; threads that live long."),
        _("Loud, anonymous and full of advertising; everything is done by hand."),
        _AS_OF,
    ),
    Known(
        PlatformFact("taobao", reaches=("taobao",), openness=Openness.PRIVATE),
        _("Buyers of your shop are one tap away, and so is the next order."),
        _("People come for coupons and leave with them; there is little talk, and it is by hand."),
        _AS_OF,
    ),
    Known(
        PlatformFact(LIVE, reaches=(LIVE, "taobao"), openness=Openness.PUBLIC, host_minutes=480),
        _("Many people at once, and they see your face: the quickest way to be known and to sell."),
        _("It ends when you stop; lead viewers into groups, or they are gone. Two people are busy"
          " for the whole of it."),
        _AS_OF,
    ),
    Known(
        PlatformFact(APP, reaches=(APP,), openness=Openness.BOTH, fee_yuan=2000),
        _("Your own rules, your own data, and everything can be automated over the interface."),
        _("Somebody has to build and run it, and few people install one more app."),
        _AS_OF,
    ),
    Known(
        PlatformFact("telegram", reaches=("telegram",), openness=Openness.BOTH, is_far=True),
        _("Bots may do nearly everything, groups are huge; good for members outside China."),
        _("Cannot be reached from the mainland without detours; bots may not list the members."),
        _AS_OF,
        "https://core.telegram.org/bots/faq",
    ),
    Known(
        PlatformFact("discord", reaches=("discord",), openness=Openness.BOTH, is_far=True),
        _("Channels for every theme, roles, voice: made for players, makers and fans."),
        _("Cannot be reached from the mainland without detours; too much for mere chatting."),
        _AS_OF,
        "https://discord.com/developers/docs/intro",
    ),
    Known(
        PlatformFact("matrix", reaches=("matrix",), openness=Openness.BOTH, fee_yuan=50),
        _("Open and run by yourself: nobody can take it away, and everything can be automated."),
        _("Your customers have no account there; encrypted rooms cannot be looked after."),
        _AS_OF,
        "https://spec.matrix.org/v1.11/client-server-api/",
    ),
)  # fmt: skip
BY_NAME = {one.fact.platform: one for one in PLATFORMS}
