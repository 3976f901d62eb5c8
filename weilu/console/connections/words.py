"""Connections in words: states, faults, abilities, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.chat.live.connections import is_unattended
from weilu.chat.ports.abilities import Ability, Support
from weilu.chat.ports.sessions import StepState
from weilu.console.formats import duration, listed, number
from weilu.console.parts import Badge, Tone
from weilu.groups.models import CapabilityRow, Connection

ABILITIES: dict[str, Promise] = {
    Ability.RECEIVE: gettext_lazy("See messages"),
    Ability.MEMBERSHIP: gettext_lazy("See who comes and goes"),
    Ability.SEND_TEXT: gettext_lazy("Write"),
    Ability.SEND_PICTURE: gettext_lazy("Send pictures"),
    Ability.RECALL: gettext_lazy("Take messages of others back"),
    Ability.MUTE: gettext_lazy("Mute"),
    Ability.REMOVE: gettext_lazy("Put somebody out"),
    Ability.BAN: gettext_lazy("Keep somebody out"),
    Ability.ANNOUNCE: gettext_lazy("Set the notice"),
    Ability.APPROVE: gettext_lazy("Let people in who ask"),
    Ability.MEMBER_LIST: gettext_lazy("List members"),
    Ability.HISTORY: gettext_lazy("Read what was missed"),
    Ability.INVITE_LINK: gettext_lazy("Make invite links"),
}

SUPPORTS: dict[str, tuple[Promise, Tone]] = {
    Support.AUTOMATIC: (gettext_lazy("by itself"), Tone.GOOD),
    Support.CONFIRMED: (gettext_lazy("a person confirms"), Tone.CALM),
    Support.BY_HAND: (gettext_lazy("by hand"), Tone.CALM),
    Support.IMPOSSIBLE: (gettext_lazy("not possible"), Tone.WATCH),
}

# What is wrong, and what to do.
FAULTS: dict[str, Promise] = {
    "unreachable": gettext_lazy(
        "The platform cannot be reached. Does this machine get there, and is the address right?"
        " Weilu keeps trying."
    ),
    "untrusted": gettext_lazy(
        "No secure connection: the certificate is not valid for this address, or nobody speaks"
        " https there. Weilu keeps trying."
    ),
    "timeout": gettext_lazy("The platform does not answer in time. Weilu keeps trying."),
    "rate_limited": gettext_lazy("The platform asks to go slower. Weilu waits as long as it says."),
    "platform_down": gettext_lazy("The platform has trouble of its own. Weilu keeps trying."),
    "bad_answer": gettext_lazy("The platform's answer cannot be understood. Weilu tries again."),
    "in_use": gettext_lazy(
        "Another program uses this token. Give Weilu one of its own; it keeps trying."
    ),
    "unauthorised": gettext_lazy("The token is wrong or no longer valid. Put a new one in."),
    "not_let_in": gettext_lazy(
        "The platform only lets addresses in that it knows. Enter this machine's public address"
        " there (WeCom: the application, trusted IP); Weilu keeps trying."
    ),
    "signed_out": gettext_lazy(
        "The platform has signed the account out. Sign in again there; Weilu goes on by itself."
    ),
    "no_rights": gettext_lazy("The account may not do this in the group. Give it the right."),
    "not_in_group": gettext_lazy("The account is no longer in the group. Invite it again."),
    "gone": gettext_lazy("What it is about is no longer there."),
    "too_old": gettext_lazy("The platform no longer lets it be done: too much time has passed."),
    "too_long": gettext_lazy("The text or picture is larger than the platform takes."),
    "not_possible": gettext_lazy("The platform has no such thing."),
    "bad_setting": gettext_lazy("A setting cannot be right. Look the form over."),
    "vault_key_missing": gettext_lazy(
        "The key file vault.keys does not fit the stored token. Put the old file back, or put the"
        " token in anew."
    ),
    "connection_gone": gettext_lazy("The connection is no longer there."),
    "refused": gettext_lazy(
        "Whoever was to confirm it said no, or the platform's limit for the group was reached."
    ),
    "not_confirmed": gettext_lazy("Nobody confirmed it in the app in time."),
    "not_connected": gettext_lazy("The group is not connected any more: do it in the app."),
    "unattended": gettext_lazy(
        "No process keeps it open: what is said is not heard, and nothing leaves. Start Weilu"
        " (weilu up), or its gateway (weilu gateway)."
    ),
    "crashed": gettext_lazy("Something unexpected happened; the log has it. Weilu tries again."),
}

# What no second try mends as long as nothing else is put into the form.
_BY_FORM = frozenset({"unauthorised", "bad_setting"})


def fault_sentence(code: str) -> str:
    """What a fault means and what to do, in words."""
    known = FAULTS.get(code)
    return str(known) if known else _("Something unexpected happened (%(code)s).") % {"code": code}


def lacking_words(step: Mapping[str, object]) -> str:
    """What cannot be done where a step of the doctor failed: "Mute, Write"; "" for nothing."""
    names = step.get("abilities")
    if step["state"] != StepState.FAILED or not isinstance(names, list):
        return ""
    return listed(ABILITIES[name] for name in names if name in ABILITIES)


def stopped_for(one: Connection) -> str:
    """What starts a connection that has given up: "settings", "again", or "" where none has."""
    if not one.is_on or one.state != Connection.State.STOPPED:
        return ""
    return "settings" if one.fault in _BY_FORM else "again"


def trouble_of(one: Connection) -> str:
    """What is wrong with a connection that is switched on, and what to do; "" for nothing."""
    if is_unattended(one):
        return fault_sentence("unattended")
    bad = {Connection.State.TROUBLED, Connection.State.STOPPED}
    return fault_sentence(one.fault) if one.is_on and one.state in bad else ""


def badge_of(one: Connection) -> Badge:
    """How a connection fares, in a word."""
    if not one.is_on:
        return Badge(_("switched off"), Tone.CALM)
    if is_unattended(one):
        return Badge(_("not kept open"), Tone.BAD)
    return {
        Connection.State.NEW: Badge(_("opening"), Tone.CALM),
        Connection.State.RUNNING: Badge(_("running"), Tone.GOOD),
        Connection.State.TROUBLED: Badge(_("in trouble"), Tone.WATCH),
        Connection.State.STOPPED: Badge(_("stopped"), Tone.BAD),
    }[Connection.State(one.state)]


def support_badge(support: str) -> Badge:
    """How something is done."""
    word, tone = SUPPORTS.get(support, (support, Tone.CALM))
    return Badge(word, tone)


def limits_words(limits: Sequence[Sequence[object]]) -> str:
    """Limits in words: 20 in 1 minute (each group); empty for none."""
    parts = []
    for count, seconds, scope in limits:
        where = _("over all groups") if scope == "connection" else _("in each group")
        many, time = number(float(str(count))), duration(float(str(seconds)))
        said = _("%(count)s in %(time)s %(where)s")
        parts.append(said % {"count": many, "time": time, "where": where})
    return "; ".join(parts)


def tried_badge(row: CapabilityRow) -> Badge | None:
    """What the doctor saw of an ability last."""
    if row.works is None:
        return None
    return Badge(_("works"), Tone.GOOD) if row.works else Badge(_("does not work"), Tone.BAD)


STEPS: dict[str, tuple[Promise, Tone]] = {
    StepState.FINE: (gettext_lazy("fine"), Tone.GOOD),
    StepState.WARNING: (gettext_lazy("worth a look"), Tone.WATCH),
    StepState.FAILED: (gettext_lazy("does not work"), Tone.BAD),
    StepState.SKIPPED: (gettext_lazy("not tried"), Tone.CALM),
}


def list_sentence(running: int, troubled: int, all_of_them: int) -> str:
    """What the page of connections knows."""
    if not all_of_them:
        return _("Nothing is connected yet. Groups can also be looked after by hand.")
    if troubled:
        return ngettext(
            "%(count)s connection needs you.", "%(count)s connections need you.", troubled
        ) % {"count": troubled}
    return ngettext(
        "%(count)s connection is running.", "%(count)s connections are running.", running
    ) % {"count": running}
