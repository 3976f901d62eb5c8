"""A group in which two advertisers turn up among members, for tests."""

from __future__ import annotations

from weilu.chat.accept import Acceptor
from weilu.chat.ports import Inbound
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
START = 19_675 * DAY
TALK = ["今天的茶不错", "早上好大家", "这个水温多少合适", "我用盖碗", "哈哈哈", "谢谢你的分享"]
AD = "兼职日结 加微信 abc12345"
HINTS = ("需要的私聊", "看我名字 abc678", "网站有片私聊", "看我头像加我")


def group_with_ads(workspace: Workspace) -> Group:
    """60 harmless messages of two members, one ad of a member, one plain and one sly advertiser."""
    community = Community.objects.create(workspace=workspace, name="c", time_zone="Asia/Shanghai")
    group = Group.objects.create(workspace=workspace, community=community, platform="qq", name="g")
    said = [("a", START + n * DAY // 10, TALK[n % 6]) for n in range(30)]
    said += [("b", START + n * DAY // 10 + MINUTE, TALK[(n + 1) % 6]) for n in range(30)]
    late = START + 4 * DAY
    said += [("a", late, AD), ("spam", late + MINUTE, AD)]
    said += [("sly", late + n * MINUTE, text) for n, text in enumerate(HINTS, 2)]
    said += [("rude", late + 9 * MINUTE, "你这个傻逼滚开，贱人去死")]
    items = [Inbound(0, at, who, who, text, f"m{n}") for n, (who, at, text) in enumerate(said)]
    acceptor = Acceptor(workspace.pk, "qq")
    acceptor.accept([GroupPlace(group.pk, community.pk, "Asia/Shanghai")] * len(items), items)
    acceptor.finish()
    return group
