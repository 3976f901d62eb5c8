"""The steps of ladders in words, and what forms offer for a rung."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.console.formats import duration
from weilu.moderation.rules.ladder import Rung, Step
from weilu.moderation.rules.terms import Detected, Way

STEPS: dict[str, Promise] = {
    Step.REMIND: gettext_lazy("remind"),
    Step.WARN: gettext_lazy("warn"),
    Step.PACKET: gettext_lazy("a red packet for all, or leave"),
    Step.MUTE: gettext_lazy("mute"),
    Step.REMOVE: gettext_lazy("put out"),
    Step.BAN: gettext_lazy("keep out of all groups"),
}
# What the form offers for each rung, as (value, rung).
CHOICES: tuple[tuple[str, Rung], ...] = (
    ("remind", Rung(Step.REMIND)),
    ("warn", Rung(Step.WARN)),
    ("packet", Rung(Step.PACKET)),
    ("mute-10", Rung(Step.MUTE, 10)),
    ("mute-60", Rung(Step.MUTE, 60)),
    ("mute-1440", Rung(Step.MUTE, 1440)),
    ("mute-10080", Rung(Step.MUTE, 10080)),
    ("remove", Rung(Step.REMOVE)),
    ("ban-43200", Rung(Step.BAN, 43_200)),
    ("ban", Rung(Step.BAN)),
)
# What Weilu looks for, as the rulebook and the policy name it.
DETECTED: dict[str, Promise] = {
    Detected.AD: gettext_lazy("Advertising"),
    Detected.CONTACT: gettext_lazy("Drawing members away"),
    Detected.QR: gettext_lazy("QR codes in pictures"),
    Detected.ABUSE: gettext_lazy("Insults"),
    Detected.FLOOD: gettext_lazy("Flooding"),
    Detected.CALL_ALL: gettext_lazy("Calling everybody"),
}
MEANT: dict[str, Promise] = {
    Detected.AD: gettext_lazy("Offers, fraud, gambling and the like, however they are written."),
    Detected.CONTACT: gettext_lazy(
        "WeChat, QQ and telephone numbers, invitations to other groups, contact cards."
    ),
    Detected.QR: gettext_lazy("Pictures with a code that leads to a person, a group or a page."),
    Detected.ABUSE: gettext_lazy("Messages that attack people."),
    Detected.FLOOD: gettext_lazy(
        "Six messages within ten seconds, or the very same for the fourth time in a row."
    ),
    Detected.CALL_ALL: gettext_lazy("@all, @everyone and the like by somebody who is not staff."),
}
WAYS: dict[str, Promise] = {
    Way.OFF: gettext_lazy("is not looked for"),
    Way.WAIT: gettext_lazy("waits under Clean-up for you"),
    Way.USUAL: gettext_lazy("leads to what usually follows"),
    Way.OWN: gettext_lazy("has steps of its own"),
}
NAMED = (
    gettext_lazy("The first time"),
    gettext_lazy("The second time"),
    gettext_lazy("The third time"),
    gettext_lazy("The fourth time"),
    gettext_lazy("The fifth time"),
)


def rung_words(rung: Rung) -> str:
    """A rung in words: mute for 1 hour."""
    if rung.step == Step.MUTE:
        return _("mute for %(time)s") % {"time": duration(rung.minutes * 60)}
    if rung.step == Step.BAN and rung.minutes:
        return _("keep out of all groups for %(time)s") % {"time": duration(rung.minutes * 60)}
    return str(STEPS[rung.step])
