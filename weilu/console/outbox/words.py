"""The send queue in words: what, why, where it stands, and how a hand task is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.chat.live.queries import SOON
from weilu.chat.live.queue import Origin
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.console.connections.words import fault_sentence, trouble_of
from weilu.console.formats import duration, moment, number, speaks_chinese
from weilu.console.outbox.promotion import held_words
from weilu.console.parts import Badge, Tone
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.clock import now
from weilu.groups.models import Connection

SENTENCES["changed"] = gettext_lazy("It was changed or has left meanwhile. Look again.")

DEEDS: dict[str, Promise] = {
    Deed.SEND: gettext_lazy("Send a message"),
    Deed.RECALL: gettext_lazy("Take a message back"),
    Deed.MUTE: gettext_lazy("Mute somebody"),
    Deed.UNMUTE: gettext_lazy("Let somebody write again"),
    Deed.REMOVE: gettext_lazy("Put somebody out"),
    Deed.BAN: gettext_lazy("Keep somebody out"),
    Deed.UNBAN: gettext_lazy("Let somebody come back"),
    Deed.ANNOUNCE: gettext_lazy("Set the notice"),
    Deed.APPROVE: gettext_lazy("Let somebody in"),
    Deed.DECLINE: gettext_lazy("Turn somebody away"),
}

ORIGINS: dict[str, Promise] = {
    Origin.STAFF: gettext_lazy("written by the team"),
    Origin.MODERATION: gettext_lazy("from the group's rules"),
    Origin.WELCOME: gettext_lazy("a welcome"),
    Origin.CONTENT: gettext_lazy("planned content"),
    Origin.SERVICE: gettext_lazy("an answer"),
    Origin.WEBHOOK: gettext_lazy("from another system"),
    Origin.TURN: gettext_lazy("a turn in the group's life"),
}

STATES: dict[str, tuple[Promise, Tone]] = {
    Outgoing.State.WAITING: (gettext_lazy("waiting"), Tone.CALM),
    Outgoing.State.HELD: (gettext_lazy("held"), Tone.WATCH),
    Outgoing.State.SENDING: (gettext_lazy("being sent"), Tone.CALM),
    Outgoing.State.ASKED: (gettext_lazy("to be confirmed in the app"), Tone.CALM),
    Outgoing.State.STOPPING: (gettext_lazy("being taken back"), Tone.CALM),
    Outgoing.State.UNSURE: (gettext_lazy("sent or not?"), Tone.WATCH),
    Outgoing.State.SENT: (gettext_lazy("done"), Tone.GOOD),
    Outgoing.State.FAILED: (gettext_lazy("could not be done"), Tone.BAD),
    Outgoing.State.EXPIRED: (gettext_lazy("too late"), Tone.CALM),
    Outgoing.State.CANCELLED: (gettext_lazy("stopped"), Tone.CALM),
}

# How a person does it, in the app of the group.
HAND: dict[str, Promise] = {
    Deed.SEND: gettext_lazy("Copy the text, open the group in its app, paste and send."),
    Deed.RECALL: gettext_lazy("Find the message below in the group and take it back or delete it."),
    Deed.MUTE: gettext_lazy("Open the member in the group and mute them for the time given."),
    Deed.UNMUTE: gettext_lazy("Open the member in the group and lift the mute."),
    Deed.REMOVE: gettext_lazy("Open the group's members and remove this one."),
    Deed.BAN: gettext_lazy("Remove this member and do not let them in again."),
    Deed.UNBAN: gettext_lazy("Let this member come back: take them off the group's block list."),
    Deed.ANNOUNCE: gettext_lazy("Copy the text and set it as the group's notice."),
    Deed.APPROVE: gettext_lazy("Open the requests to join and let this one in."),
    Deed.DECLINE: gettext_lazy("Open the requests to join and turn this one away."),
}


def state_badge(one: Outgoing) -> Badge:
    """Where a row stands."""
    word, tone = STATES[one.state]
    if one.state == Outgoing.State.ASKED and one.way == Outgoing.Way.AUTOMATIC:
        # A webhook: another system has it, or fetches it.
        word = gettext_lazy("waits for the other system")
    if one.state == Outgoing.State.WAITING and one.way == Outgoing.Way.BY_HAND:
        word = gettext_lazy("to be done by hand")
    return Badge(word, tone)


def through_words(one: Outgoing) -> str:
    """Who carries a row (with its group's connection at hand) out."""
    connection = one.group.connection
    if one.way == Outgoing.Way.BY_HAND:
        return _("by hand")
    if connection is None:
        return ""
    if one.way == Outgoing.Way.CONFIRMED:
        return _("through %(name)s, where the group's owner confirms it") % {
            "name": connection.name
        }
    return _("through %(name)s") % {"name": connection.name}


def when_words(one: Outgoing) -> str:
    """When a row is to leave or be done, or when it ended, by its group's clock."""
    zone = ZoneInfo(one.group.community.time_zone)
    if one.state not in Outgoing.OPEN:
        return moment(one.ended_at, zone=zone)
    words = moment(one.due_at, zone=zone)
    if one.due_at > now() + SOON:
        words = _("from %(time)s") % {"time": words}
    if one.expires_at:
        until = _("until %(time)s") % {"time": moment(one.expires_at, zone=zone)}
        words = f"{words}, {until}" if not speaks_chinese() else f"{words}，{until}"
    return words


def next_sentence(one: Outgoing) -> str:
    """What keeps a row, or what happens next; "" where nothing is to be said."""
    if guarded := guard_sentence(one.guard, one.guard_values):
        return guarded
    connection = one.group.connection
    if one.state == Outgoing.State.EXPIRED and one.fault != "not_confirmed":
        return _("It could not leave in time, so it was not sent.")
    if one.state == Outgoing.State.ASKED and connection is not None:
        return _asked_sentence(one, connection)
    is_due = one.state == Outgoing.State.WAITING and one.due_at <= now()
    if is_due and connection is not None and one.way != Outgoing.Way.BY_HAND:
        return _stuck_sentence(connection) or _fault(one)
    return _fault(one)


def _fault(one: Outgoing) -> str:
    if one.fault == "refused" and one.way == Outgoing.Way.AUTOMATIC:
        return _("The other system says that it did not do it.")
    return fault_sentence(one.fault) if one.fault else ""


def _asked_sentence(one: Outgoing, connection: Connection) -> str:
    if one.fault:
        return _("It could not be taken back: %(why)s") % {"why": fault_sentence(one.fault)}
    if one.way == Outgoing.Way.AUTOMATIC:
        return _("%(name)s fetches it and says when it is done.") % {"name": connection.name}
    return _(
        "The group's owner has it among their tasks in the app and confirms it there. Weilu reminds"
        " them by day, and sees when it has been sent."
    )


def _stuck_sentence(connection: Connection) -> str:
    """Why nothing leaves through a connection, and what becomes of it."""
    if not connection.is_on:
        return _("%(name)s is switched off: in a few minutes this becomes a hand task.") % {
            "name": connection.name
        }
    return trouble_of(connection)


def meanwhile_sentence(one: Outgoing) -> str:
    """What became of a hand task that somebody wanted to end meanwhile, and what to do."""
    zone = ZoneInfo(one.group.community.time_zone)
    who = one.ended_by.username if one.ended_by else ""
    values = {"name": who, "time": moment(one.ended_at, zone=zone)}
    if one.state == Outgoing.State.SENT and who:
        return (
            _("%(name)s had it done already, on %(time)s. If you did it too, take yours back.")
            % values
        )
    if one.state == Outgoing.State.FAILED and who:
        return _("%(name)s said on %(time)s that it could not be done.") % values
    if one.state in {Outgoing.State.CANCELLED, Outgoing.State.EXPIRED}:
        return _("It was stopped meanwhile, or its time is over: nothing is to be done any more.")
    return sentence("changed")


def unsure_sentence(heard_ms: int | None, zone: str) -> str:
    """What is known of something no answer came back for, and what to do."""
    if heard_ms is None:
        return _(
            "No answer came back, so it may stand in the group or not. Look there, then say which:"
            " Weilu does not send it twice by itself."
        )
    local = datetime.fromtimestamp(heard_ms / 1000, tz=ZoneInfo(zone))
    return _("No answer came back, but these words were heard in the group at %(time)s.") % {
        "time": f"{local:%H:%M:%S}"
    }


def guard_sentence(name: str, values: Mapping[str, object]) -> str:
    """Why a guard stops a row, with its numbers; empty when none does."""
    match name:
        case "":
            return ""
        case "quiet_hours":
            return (
                _("Quiet hours from %(start)s to %(end)s: it waits until they are over.") % values
            )
        case "platform_limits":
            return _(
                "The platform allows %(count)s in %(time)s: it leaves as soon as there is room."
            ) % {
                "count": number(float(str(values.get("count", 0)))),
                "time": duration(float(str(values.get("seconds", 0)))),
            }
        case "promotion_share":
            return held_words(values)
    return _("Stopped by %(name)s.") % {"name": name}
