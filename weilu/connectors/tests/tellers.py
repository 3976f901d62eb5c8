"""The same happenings as every platform words them, up to what its connector makes of them.

A teller takes happenings and gives the parcel; None in place of one where the platform has no
such thing. What the platform adds of its own that nobody has heard of, `ODD` has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import MagicMock
from xml.sax.saxutils import escape

import discord

from weilu.chat.ports.orders import Arrival, JoinRequest, Parcel
from weilu.chat.ports.records import ChatRef, Kind, Platform
from weilu.connectors.discord_bot import decode as discord_decode
from weilu.connectors.matrix import decode as matrix_decode
from weilu.connectors.onebot import decode as onebot_decode
from weilu.connectors.satori import decode as satori_decode
from weilu.connectors.satori.places import Places
from weilu.connectors.telegram_bot import decode as telegram_decode
from weilu.connectors.webhook import decode as webhook_decode
from weilu.connectors.webhook import wire
from weilu.connectors.wecom import decode as wecom_decode

Json = Mapping[str, Any]
ODD: Json = {"a_new_thing": {"of": [1, None, {}]}, "another": "x"}


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened: `number` is the message's, or that of the one it changes."""

    kind: Kind
    number: int
    at_ms: int
    who: int = 1
    name: str = "Ada"
    text: str = ""


def matrix(told: Happening) -> Arrival | None:
    """Events of a room."""
    of, content = f"$m{told.number}", {"msgtype": "m.text", "body": told.text}
    who = f"@u{told.who}:x"
    member = {"displayname": told.name}
    kinds: dict[Kind, Json] = {
        Kind.MESSAGE: {"type": "m.room.message", "event_id": of, "content": content},
        Kind.EDIT: {
            "type": "m.room.message", "event_id": f"$e{told.number}",
            "content": {
                **content, "m.new_content": content,
                "m.relates_to": {"rel_type": "m.replace", "event_id": of},
            },
        },
        Kind.RECALL: {"type": "m.room.redaction", "redacts": of, "content": {}},
        Kind.JOIN: {
            "type": "m.room.member", "state_key": who, "event_id": f"$j{told.number}",
            "content": {**member, "membership": "join"},
        },
        Kind.LEAVE: {
            "type": "m.room.member", "state_key": who, "event_id": f"$l{told.number}",
            "content": {"membership": "leave"},
            "unsigned": {"prev_content": {**member, "membership": "join"}},
        },
    }  # fmt: skip
    event = {**ODD, **kinds[told.kind], "sender": who, "origin_server_ts": told.at_ms}
    chat = ChatRef(Platform.MATRIX, "!tea:x", "Tea")
    found = matrix_decode.arrival(chat, event, {who: told.name}, "@weilu:x")
    assert not isinstance(found, JoinRequest)
    return found


def onebot(told: Happening) -> Arrival | None:
    """Reports of an implementation, in whole seconds; nothing is edited in QQ."""
    sender = {"nickname": told.name}
    kinds: dict[Kind, Json] = {
        Kind.MESSAGE: {
            "post_type": "message", "message_type": "group", "sender": sender,
            "message": [{"type": "text", "data": {"text": told.text}}],
        },
        Kind.RECALL: {
            "post_type": "notice", "notice_type": "group_recall", "operator_id": told.who,
        },
        Kind.JOIN: {"post_type": "notice", "notice_type": "group_increase"},
        Kind.LEAVE: {"post_type": "notice", "notice_type": "group_decrease"},
    }  # fmt: skip
    if told.kind not in kinds:
        return None
    event = {
        **ODD, **kinds[told.kind], "group_id": 5, "group_name": "Tea", "user_id": told.who,
        "message_id": told.number, "time": told.at_ms // 1000,
    }  # fmt: skip
    names = {("5", str(told.who)): told.name}
    return _only(onebot_decode.decode(event, onebot_decode.Context("42", {}, names)))


def satori(told: Happening) -> Arrival | None:
    """Events of the protocol."""
    kinds = {
        Kind.MESSAGE: "message-created", Kind.EDIT: "message-updated",
        Kind.RECALL: "message-deleted", Kind.JOIN: "guild-member-added",
        Kind.LEAVE: "guild-member-removed",
    }  # fmt: skip
    event = {
        **ODD, "type": kinds[told.kind], "timestamp": told.at_ms,
        "channel": {"id": "5", "type": 0}, "user": {"id": str(told.who), "name": told.name},
        "message": {"id": str(told.number), "content": escape(told.text)},
    }  # fmt: skip
    places = Places(Platform.QQ, names={"5": "Tea"})
    return _only(satori_decode.decode(event, satori_decode.Context("42", places)))


def telegram(told: Happening) -> Arrival | None:
    """Updates, in whole seconds; bots are not told what is deleted."""
    user = {"id": told.who, "is_bot": False, "first_name": told.name}
    body = {
        **ODD, "chat": {"id": -1005, "type": "supergroup", "title": "Tea"}, "from": user,
        "date": told.at_ms // 1000,
    }  # fmt: skip
    message = {**body, "message_id": told.number, "text": told.text}
    out, inside = {"status": "left", "user": user}, {"status": "member", "user": user}
    kinds: dict[Kind, Json] = {
        Kind.MESSAGE: {"message": message},
        Kind.EDIT: {"edited_message": message},
        Kind.JOIN: {"chat_member": {**body, "old_chat_member": out, "new_chat_member": inside}},
        Kind.LEAVE: {"chat_member": {**body, "old_chat_member": inside, "new_chat_member": out}},
    }
    if told.kind not in kinds:
        return None
    return _only(telegram_decode.decode({**ODD, "update_id": 1, **kinds[told.kind]}))


def discord_bot(told: Happening) -> Arrival | None:
    """What the library makes of messages and members; the time of a message is in its number."""
    state = MagicMock(allowed_mentions=None)
    state._get_guild.return_value = None
    state.store_user = lambda data, **_more: discord.User(state=state, data=data)
    channel = {"id": "5", "type": 0, "name": "green", "position": 0, "permission_overwrites": []}
    house = {"id": "1", "name": "Tea", "channels": [channel], "system_channel_id": "5"}
    guild = discord.Guild(data=house, state=state)  # type: ignore[arg-type]  # as short as it goes
    at = datetime.fromtimestamp(told.at_ms / 1000, UTC)
    user = {"id": str(told.who), "username": told.name, "discriminator": "0", "avatar": None}
    member = {"user": user, "roles": [], "flags": 0, "joined_at": at.isoformat()}
    number = discord.utils.time_snowflake(at) + told.number
    hall = guild.get_channel(5)
    if told.kind in {Kind.JOIN, Kind.LEAVE}:
        person = discord.Member(data=member, guild=guild, state=state)  # type: ignore[arg-type]
        return (
            discord_decode.joined(person)
            if told.kind == Kind.JOIN
            else discord_decode.left(guild, person, at)
        )
    if told.kind == Kind.RECALL:
        return discord_decode.deleted(hall, 5, number, at)
    data = {
        **ODD, "id": str(number), "type": 0, "content": told.text, "author": user,
        "attachments": [], "embeds": [], "mentions": [], "mention_roles": [], "components": [],
        "edited_timestamp": at.isoformat(), "pinned": False, "mention_everyone": False,
        "tts": False, "channel_id": "5",
    }  # fmt: skip
    written = discord.Message(state=state, channel=hall, data=data)  # type: ignore[arg-type]
    return discord_decode.message(written, told.kind)


def wecom(told: Happening) -> Arrival | None:
    """Callbacks and lists, in whole seconds; what is said stays with WeCom."""
    at_s = told.at_ms // 1000
    if told.kind == Kind.JOIN:
        person = {"userid": f"wm{told.who}", "name": told.name, "join_time": at_s}
        return _only(wecom_decode.joins_of({"chat_id": "g1", "member_list": [person]}))
    if told.kind != Kind.LEAVE:
        return None
    parcel = wecom_decode.told(
        f"<xml><CreateTime>{at_s}</CreateTime><Event>change_external_chat</Event><Odd><X/></Odd>"
        "<ChatId>g1</ChatId><ChangeType>update</ChangeType><UpdateDetail>del_member</UpdateDetail>"
        f"<MemChangeList><Item>wm{told.who}</Item></MemChangeList></xml>"
    )
    return _only(parcel.arrivals) if parcel else None


def webhook(told: Happening) -> Arrival | None:
    """Events as documented; a body that is too long, or has what is unknown, is refused whole."""
    names = {
        Kind.MESSAGE: "message", Kind.EDIT: "edit", Kind.RECALL: "recall", Kind.JOIN: "join",
        Kind.LEAVE: "leave",
    }  # fmt: skip
    own: dict[Kind, Json] = {
        Kind.MESSAGE: {"text": told.text},
        Kind.EDIT: {"text": told.text, "message": f"m{told.number}"},
        Kind.RECALL: {"message": f"m{told.number}"},
    }
    is_first = told.kind == Kind.MESSAGE
    at = datetime.fromtimestamp(told.at_ms / 1000, UTC)
    event = {
        "type": names[told.kind], "id": f"{'m' if is_first else told.kind.name}{told.number}",
        "time": at.isoformat(), "group": {"id": "tea", "name": "Tea"},
        "member": {"id": f"u{told.who}", "name": told.name}, **own.get(told.kind, {}),
    }  # fmt: skip
    body = json.dumps({"events": [event]}).encode()
    try:
        events = webhook_decode.read(body, wire.Events)
    except webhook_decode.NotUnderstood:
        return None
    return _only(webhook_decode.parcel_of(events, 1).arrivals)


def _only(found: Iterable[object]) -> Arrival | None:
    listed = [one for one in found if isinstance(one, Arrival)]
    assert len(listed) < 2
    return listed[0] if listed else None


@dataclass(frozen=True, slots=True)
class Teller:
    """A platform that tells: by which connector, and how."""

    connector: str
    tell: Callable[[Happening], Arrival | None]

    def parcel(self, told: Sequence[Happening]) -> Parcel:
        """What the connector hands in of it; without what the platform cannot tell."""
        found = (self.tell(one) for one in told)
        return Parcel([one for one in found if one is not None])


TELLERS = (
    Teller("matrix", matrix),
    Teller("telegram", telegram),
    Teller("discord", discord_bot),
    Teller("satori_qq", satori),
    Teller("onebot", onebot),
    Teller("wecom", wecom),
    Teller("webhook", webhook),
)
