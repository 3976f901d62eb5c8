"""How newcomers came: by which kind of join link, invited by a member, or nobody knows (H-1, B-2).

Pure. What a platform says of a join is a text: WeCom names the scene and the state of the join
way, the others who invited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

INVITED = "invited"
# WeCom's words for how somebody came in; the first is by invitation, with or without a name.
SCENES = ("由群成员邀请入群", "通过邀请链接入群", "扫描群二维码入群")
_GAP = " · "


@dataclass(frozen=True, slots=True)
class Came:
    """How somebody came: a source of join links, `INVITED`, or "", and who invited them."""

    source: str = ""
    inviter: str = ""


def came(said: str, links: Mapping[str, str]) -> Came:
    """What a join's text tells; `links` are the sources of join links by their code."""
    parts = [part.strip() for part in said.split(_GAP) if part.strip()]
    for part in parts:
        if part in links:
            return Came(links[part])
    if not parts:
        return Came()
    if parts[0] in SCENES:
        return Came(INVITED) if parts[0] == SCENES[0] else Came()
    return Came(INVITED, said.strip())
