"""From WeCom's callbacks and lists to what Weilu stores: pure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from weilu.chat.ports.orders import Arrival, Fate, Parcel, Receipt
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.ports.sessions import Person
from weilu.connectors.wire import number

Json = Mapping[str, Any]
RUNG, VERSION = "rung:", "version:"
# Kept once WeCom has tried our address with the right keys.
ECHOED = "echoed"
_SEALED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*</Encrypt>")
# WeCom's own words for how somebody came in.
_SCENES = {1: "由群成员邀请入群", 2: "通过邀请链接入群", 3: "扫描群二维码入群"}
_REMOVED = "1"
_BY_ADMIN = "群主或管理员"
_SENT, _STAFF = 1, 1
_REFUSED = {2, 3}


def sealed_in(body: bytes) -> str:
    """The sealed text of a callback, "" for none; the body is not parsed before it is genuine."""
    found = _SEALED.search(body)
    return found[1].decode("ascii") if found else ""


def told(text: str) -> Parcel | None:
    """What a genuine callback tells: which group has changed, and who left; None for nothing.

    Who came is not in it: that is read from the group's list, and the cursor says to look.
    """
    if "<!" in re.sub(r"<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL):
        return None
    try:
        event = ET.fromstring(text)  # noqa: S314 genuine, and without any declaration
    except ET.ParseError:
        return None
    said = {one.tag: (one.text or "").strip() for one in event}
    chat_id, at = said.get("ChatId", ""), said.get("CreateTime", "")
    if said.get("Event") != "change_external_chat" or not chat_id or not at.isdecimal():
        return None
    chat = ChatRef(Platform.WECOM, chat_id, "")
    leaves: list[Arrival] = []
    if said.get("UpdateDetail") == "del_member":
        by = _BY_ADMIN if said.get("QuitScene") == _REMOVED else ""
        gone = [(one.text or "").strip() for one in event.findall("MemChangeList/Item")]
        leaves = [Arrival(chat, _leave(account, int(at), by)) for account in gone if account]
    mark = "-".join(
        [at, said.get("UpdateDetail") or said.get("ChangeType", ""), said.get("CurMemVer", "")]
    )
    return Parcel(arrivals=leaves, cursor={RUNG + chat_id: mark})


def _leave(account: str, at_s: int, by: str) -> Inbound:
    return Inbound(
        Kind.LEAVE, at_s * 1000, account, "", external_id=f"l{account}-{at_s}", target=by
    )


def chat_of(group: Json) -> ChatRef:
    """The group of a detailed answer."""
    return ChatRef(Platform.WECOM, str(group.get("chat_id", "")), str(group.get("name", "")))


def joins_of(group: Json) -> list[Arrival]:
    """Everybody who is in a group, each as having come when they did; how stands in the text."""
    members = _members(group)
    names = {str(one.get("userid")): name_of(one) for one in members}
    chat = chat_of(group)
    return [Arrival(chat, _join(one, names)) for one in members]


def _join(member: Json, names: Mapping[str, str]) -> Inbound:
    account, at_s = str(member.get("userid", "")), number(member, "join_time")
    scene = _SCENES.get(number(member, "join_scene"), "")
    invitor = member.get("invitor")
    by = str(invitor.get("userid", "")) if isinstance(invitor, Mapping) else ""
    return Inbound(
        Kind.JOIN,
        at_s * 1000,
        account,
        name_of(member),
        text=" · ".join(part for part in (scene, str(member.get("state") or "")) if part),
        external_id=f"j{account}-{at_s}",
        target=names.get(by) or by,
    )


def people_of(group: Json) -> list[Person]:
    """Who is in a group; employees are staff."""
    return [
        Person(
            str(one.get("userid", "")),
            name_of(one),
            is_staff=one.get("type") == _STAFF,
            joined_ms=number(one, "join_time") * 1000,
        )
        for one in _members(group)
    ]


def name_of(member: Json) -> str:
    """The name in the group, else the person's own."""
    return str(member.get("group_nickname") or member.get("name") or "")


def receipt_of(task: str, results: Sequence[Json], at_ms: int) -> Receipt | None:
    """What became of a mass message to one group; None while nobody has confirmed it."""
    for one in results:
        moment = number(one, "send_time") * 1000 or at_ms
        if one.get("status") == _SENT:
            return Receipt(task, Fate.SENT, moment)
        if one.get("status") in _REFUSED:
            return Receipt(task, Fate.REFUSED, moment)
    return None


def _members(group: Json) -> list[Json]:
    many = group.get("member_list")
    found = [one for one in many if isinstance(one, Mapping)] if isinstance(many, list) else []
    return [one for one in found if one.get("userid")]
