"""What the live board shows, rendered in parts so that only what changed is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.live.lately import lately
from weilu.chat.live.queries import Standing, about, standing, taken_away
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports import Kind
from weilu.console.connections.words import badge_of, trouble_of
from weilu.console.formats import number
from weilu.console.idle import idle_words
from weilu.console.messages.text import FORMS, marked
from weilu.console.outbox.words import DEEDS, ORIGINS, state_badge
from weilu.console.parts import Badge, Empty
from weilu.console.places import address
from weilu.core.access import Actor, Right
from weilu.groups.models import Connection

PARTS = ("said", "done", "lines")


@dataclass(frozen=True, slots=True)
class Heard:
    """Something heard in a group, ready to draw."""

    pk: int
    time: str
    group: str
    name: str
    body: SafeString
    icon: str
    gone: str


@dataclass(frozen=True, slots=True)
class DoneRow:
    """Something Weilu or the team did, ready to draw."""

    pk: int
    href: str
    time: str
    group: str
    what: str
    who: str
    why: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class LineRow:
    """A connection and how it is."""

    pk: int
    href: str
    name: str
    badge: Badge
    note: str


def parts(viewer: Actor) -> dict[str, str]:
    """The board's parts by name as HTML, in the language in force."""
    found = lately(viewer)
    now = standing(viewer)
    taken, (names, _texts) = taken_away(found.heard), about(found.orders)
    contexts: dict[str, dict[str, object]] = {
        "said": {
            "rows": [_heard(one, taken) for one in found.heard],
            "nothing": _nothing(viewer, is_connected=bool(found.connections)),
        },
        "done": {"rows": [_done(one, names) for one in found.orders]},
        "lines": {
            "rows": [_line(one, viewer) for one in found.connections],
            "queue": _queue(now),
            "idle": idle_words(),
        },
    }
    return {
        name: render_to_string(f"live/{name}.html", context) for name, context in contexts.items()
    }


def _nothing(viewer: Actor, *, is_connected: bool) -> Empty:
    """What stands where nothing was heard: a quiet day, or nobody who listens."""
    if is_connected:
        return Empty(_("All quiet"), _("Nobody said anything in the last 24 hours."), "moon")
    text = _("Once a platform is connected, what is said in its groups appears here at once.")
    if not viewer.may(Right.CONNECT):
        return Empty(_("No group is connected yet"), text, "broadcast")
    href = address("connect")
    return Empty(_("No group is connected yet"), text, "broadcast", _("Connect a platform"), href)


def _heard(one: Message, taken: Collection[int]) -> Heard:
    zone = ZoneInfo(one.group.community.time_zone)
    local = datetime.fromtimestamp(one.sent_ms / 1000, tz=zone)
    icon, body = "message", marked(one.text[:300])
    if one.kind == Kind.JOIN:
        # How they came, or who invited them, as the platform tells it.
        how = (_("joined"), one.text[:300]) if one.text else (_("joined"),)
        icon, body = "door-enter", format_html_join(" · ", "{}", ([part] for part in how))
    elif one.kind == Kind.LEAVE:
        by = {"who": one.text[:300]}
        went = _("removed by %(who)s") % by if one.text else _("left")
        icon, body = "door-exit", escape(went)
    elif not one.text:
        body = SafeString(FORMS.get(one.form, ""))
    gone = _("taken away") if one.pk in taken else ""
    if one.flags & Message.Flag.RECALLED and not gone:
        gone, body = _("taken back by its sender"), SafeString("")
    return Heard(one.pk, f"{local:%H:%M:%S}", one.group.name, one.identity.name, body, icon, gone)


def _done(one: Outgoing, names: Mapping[int, str]) -> DoneRow:
    local = one.created_at.astimezone(ZoneInfo(one.group.community.time_zone))
    why = one.by.username if one.by else str(ORIGINS.get(one.origin, ""))
    what = str(DEEDS.get(one.deed, one.deed))
    who = names.get(one.identity_id or 0, "")
    return DoneRow(
        one.pk, _where(one), f"{local:%H:%M:%S}", one.group.name, what, who, why, state_badge(one)
    )


def _where(one: Outgoing) -> str:
    """Where something that goes out stands in full."""
    if one.way == Outgoing.Way.BY_HAND and one.state == Outgoing.State.WAITING:
        return address("tasks") + f"#task-{one.pk}"
    tab = "ended"
    if one.state in {Outgoing.State.HELD, Outgoing.State.UNSURE}:
        tab = "held"
    elif one.state in Outgoing.OPEN:
        tab = "waiting"
    return address("outbox") + f"?tab={tab}#row-{one.pk}"


def _queue(now: Standing) -> list[tuple[str, str]]:
    """How the send queue stands, each part with where to look."""
    asks, due, outbox = now.asks, now.waiting - now.later, address("outbox")
    found = (
        (due, ngettext("%(n)s waits to leave", "%(n)s wait to leave", due), outbox),
        (now.later, ngettext("%(n)s for later", "%(n)s for later", now.later), outbox),
        (
            asks,
            ngettext("%(n)s wants a decision", "%(n)s want a decision", asks),
            outbox + "?tab=held",
        ),
        (
            now.by_hand,
            ngettext("%(n)s hand task", "%(n)s hand tasks", now.by_hand),
            address("tasks"),
        ),
    )
    return [(words % {"n": number(count)}, href) for count, words, href in found if count]


def _line(one: Connection, viewer: Actor) -> LineRow:
    href = address("connection", one.pk) if viewer.may(Right.CONNECT) else ""
    return LineRow(one.pk, href, one.name, badge_of(one), trouble_of(one))
