"""OneBot v11 events as records: pure, from the JSON of the standard and of NapCat's additions.

Groups, accounts and messages bear QQ's numbers, as exports of QQ do. A message's number is the
implementation's own; NapCat and LLOneBot make it of QQ's, so that it is the same whenever it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from weilu.chat.ports.orders import Arrival, JoinRequest
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.connectors.onebot.segments import said
from weilu.connectors.wire import Json, mapping, number, rows, text

Found = Arrival | JoinRequest
# Shown names by group and account, and of groups by number: what is known so far.
Names = Mapping[tuple[str, str], str]
# From this number on an emoji of a reaction is a character, below it one of QQ's own faces.
_CHARACTERS = 5000


@dataclass(frozen=True, slots=True)
class Context:
    """What an event does not say itself."""

    own: str
    groups: Mapping[str, str]
    names: Names

    def chat(self, event: Json) -> ChatRef:
        """The group of an event."""
        key = text(event, "group_id")
        return ChatRef(Platform.QQ, key, text(event, "group_name") or self.groups.get(key, ""))

    def name(self, event: Json, account: str) -> str:
        """How somebody is shown in the event's group, "" where it is not known."""
        return self.names.get((text(event, "group_id"), account), "")


def decode(event: Json, context: Context) -> Iterator[Found]:
    """What an event tells of a group; nothing for what is of no interest, or garbage."""
    post = text(event, "post_type")
    key = text(event, f"{post.removesuffix('_sent')}_type")
    if key == "notify":
        key = text(event, "sub_type")
    decoder = _DECODERS.get((post, key))
    if decoder is not None and text(event, "group_id") and number(event, "time") > 0:
        yield from decoder(event, context)


def named(event: Json) -> tuple[tuple[str, str], str] | None:
    """Whose shown name a message tells: group and account, and the name."""
    sender = mapping(event, "sender")
    shown = text(sender, "card") or text(sender, "nickname")
    if not shown:
        return None
    return (text(event, "group_id"), text(event, "user_id")), shown


def message(event: Json, context: Context) -> Iterator[Found]:
    """A message, also one from history or of our own account."""
    sender = mapping(event, "sender")
    what = said(event.get("message"), lambda who: context.name(event, who))
    account, name = text(event, "user_id"), text(sender, "card") or text(sender, "nickname")
    hidden = mapping(event, "anonymous")
    if hidden:
        account, name = f"anonymous{text(hidden, 'id')}", text(hidden, "name")
    item = Inbound(
        Kind.MESSAGE,
        number(event, "time") * 1000,
        account,
        name,
        text=what.text,
        external_id=text(event, "message_id"),
        reply_to=what.reply_to,
        form=what.form,
        is_bot=account == context.own,
        media=what.picture,
    )
    if item.external_id:
        yield Arrival(context.chat(event), item)


def joined(event: Json, context: Context) -> Iterator[Found]:
    """Somebody is in; `operator_id` let them in or invited them."""
    by = text(event, "operator_id")
    is_invited = text(event, "sub_type") == "invite" and by != text(event, "user_id")
    host = context.name(event, by) or by if is_invited else ""
    yield _member(event, context, Kind.JOIN, host)


def _left(event: Json, context: Context) -> Iterator[Found]:
    by = text(event, "operator_id")
    is_removed = text(event, "sub_type") in {"kick", "kick_me"} and by != text(event, "user_id")
    yield _member(event, context, Kind.LEAVE, context.name(event, by) or by if is_removed else "")


def _member(event: Json, context: Context, kind: Kind, by: str) -> Arrival:
    who, at = text(event, "user_id"), number(event, "time")
    item = Inbound(
        kind,
        at * 1000,
        who,
        context.name(event, who),
        external_id=f"{'j' if kind == Kind.JOIN else 'l'}{who}-{at}",
        target="" if by == "0" else by,
        is_bot=who == context.own,
    )
    return Arrival(context.chat(event), item)


def _recalled(event: Json, context: Context) -> Iterator[Found]:
    by, gone = text(event, "operator_id"), text(event, "message_id")
    item = Inbound(
        Kind.RECALL,
        number(event, "time") * 1000,
        by,
        context.name(event, by),
        external_id=gone,
        is_bot=by == context.own,
    )
    if gone:
        yield Arrival(context.chat(event), item)


def _renamed(event: Json, context: Context) -> Iterator[Found]:
    who, at = text(event, "user_id"), number(event, "time")
    old, new = text(event, "card_old"), text(event, "card_new")
    if new and new != old:
        old = old or context.name(event, who)
        item = Inbound(Kind.RENAME, at * 1000, who, old, external_id=f"n{who}-{at}", target=new)
        yield Arrival(context.chat(event), item)


def _group_renamed(event: Json, context: Context) -> Iterator[Found]:
    who, at, new = text(event, "user_id"), number(event, "time"), text(event, "name_new")
    if new:
        name = context.name(event, who)
        item = Inbound(Kind.NOTICE, at * 1000, who, name, text=new, external_id=f"g{at}")
        yield Arrival(ChatRef(Platform.QQ, text(event, "group_id"), new), item)


def _reacted(event: Json, context: Context) -> Iterator[Found]:
    who, at, to = text(event, "user_id"), number(event, "time"), text(event, "message_id")
    signs = [_sign(number(one, "emoji_id")) for one in rows(event.get("likes"))]
    if to and signs and event.get("is_add") is not False:
        item = Inbound(
            Kind.REACTION,
            at * 1000,
            who,
            context.name(event, who),
            text="".join(signs),
            external_id=f"r{to}-{who}-{at}",
            reply_to=to,
        )
        yield Arrival(context.chat(event), item)


def _sign(emoji: int) -> str:
    return chr(emoji) if _CHARACTERS < emoji <= 0x10FFFF else f"/{emoji}"


def _asked(event: Json, context: Context) -> Iterator[Found]:
    """Somebody asks to be let in; that our account is invited elsewhere is not of this group."""
    flag, who = text(event, "flag"), text(event, "user_id")
    if flag and who and text(event, "sub_type") == "add":
        at = number(event, "time") * 1000
        words = text(event, "comment")
        yield JoinRequest(context.chat(event), flag, who, context.name(event, who), at, words)


_DECODERS: dict[tuple[str, str], Callable[[Json, Context], Iterator[Found]]] = {
    ("message", "group"): message,
    ("message_sent", "group"): message,
    ("notice", "group_increase"): joined,
    ("notice", "group_decrease"): _left,
    ("notice", "group_recall"): _recalled,
    ("notice", "group_card"): _renamed,
    ("notice", "group_name"): _group_renamed,
    ("notice", "group_msg_emoji_like"): _reacted,
    ("request", "group"): _asked,
}


def pending(answer: object, context: Context, at: int) -> Iterator[JoinRequest]:
    """Requests that nobody has answered yet, from `get_group_system_msg`; `at` in seconds."""
    listed = answer if isinstance(answer, Mapping) else {}
    for one in rows(listed.get("join_requests")):
        flag, who = text(one, "request_id"), text(one, "requester_uin")
        if flag and who and text(one, "group_id") and not one.get("checked"):
            shown, words = text(one, "requester_nick"), text(one, "message")
            yield JoinRequest(context.chat(one), flag, who, shown, at * 1000, words)
