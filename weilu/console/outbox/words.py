"""The send queue in words: what, why, where it stands, and how a hand task is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.chat.live.queue import Origin
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.console.formats import duration, number
from weilu.console.outbox.promotion import held_words
from weilu.console.parts import Badge, Tone

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
    return Badge(word, tone)


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
            return _("Quiet hours from %(start)s to %(end)s: it leaves in the morning.") % values
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
