"""How those who keep order agree, with the messages that show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.console.formats import number, percent
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.moderation.steps import DETECTED
from weilu.console.parts import Badge, Empty, Head, Tone
from weilu.core.access import Right
from weilu.moderation.consistency import (
    DAYS,
    LIKELY,
    POSSIBLE,
    SURE,
    Consistency,
    Undone,
    consistency,
)
from weilu.moderation.rules.agreeing import Agreement, Decided, Split

SHOWN_CHARS = 160
OFTEN_BACK, RARELY_AGREES = 0.2, 0.8
_BANDS: dict[str, Promise] = {
    POSSIBLE: gettext_lazy("possible"),
    LIKELY: gettext_lazy("likely"),
    SURE: gettext_lazy("almost certain"),
}


@dataclass(frozen=True, slots=True)
class PersonLine:
    """How one person decides, ready to draw."""

    name: str
    decided: str
    with_others: str
    with_self: str
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class SplitLine:
    """The same saying decided both ways: where, and who decided how."""

    text: str
    junk: list[tuple[int, str]]
    fine: list[tuple[int, str]]


@page(Right.SEE_MEMBERS)
def agreement(request: Request) -> HttpResponse:
    """How the people who decide agree."""
    found = consistency(request.actor)
    context = {
        "head": Head(
            _("Consistency"), _sentence(found), reverse("moderation"), _("Clean-up")
        ),
        "people": [_person(one, found.names) for one in found.people],
        "splits": [_split(one, found) for one in found.splits],
        "alike": [
            (_band_label(band), [f"{_name(found.names, one.person)} {percent(one.share)}"
                                 for one in many])
            for band, many in found.strictness.items()
        ],
        "by_person": [_undone(_by(one, found.names), one) for one in found.by_person],
        "by_rule": [_undone(one.rule or _("no rule"), one) for one in found.by_rule],
        "days": DAYS,
        "empty": Empty(
            _("Nobody has decided anything yet"),
            _("Once people have decided under Clean-up, here is how they agree."),
            "scale",
        ),
    }  # fmt: skip
    return render(request, "moderation/consistency.html", context)


def _sentence(found: Consistency) -> str:
    if not found.decisions:
        return _("Nobody has decided anything in the last %(days)s days.") % {"days": DAYS}
    words = ngettext(
        "%(n)s decision of the last %(days)s days", "%(n)s decisions of the last %(days)s days",
        found.decisions,
    ) % {"n": number(found.decisions), "days": DAYS}  # fmt: skip
    both = len(found.splits)
    if not both:
        return _("%(decisions)s; no message was decided both ways.") % {"decisions": words}
    more = ngettext(
        "%(n)s message was decided both ways.", "%(n)s messages were decided both ways.", both
    ) % {"n": number(both)}
    return f"{words}{_('; ')}{more}"


def _name(names: dict[int, str], person: object) -> str:
    return names.get(person, "") if isinstance(person, int) else ""


def _person(one: Agreement, names: dict[int, str]) -> PersonLine:
    decided = ngettext(
        "%(n)s decision, %(share)s of them junk", "%(n)s decisions, %(share)s of them junk",
        one.decisions,
    ) % {"n": number(one.decisions), "share": percent(one.junk / one.decisions)}  # fmt: skip
    share = one.share
    if share is None:
        others = _("Too few of the same messages as others to compare.")
    else:
        others = ngettext(
            "Decides like the others in %(share)s of %(n)s comparison.",
            "Decides like the others in %(share)s of %(n)s comparisons.",
            one.compared,
        ) % {"share": percent(share), "n": number(one.compared)}
    own = ""
    if one.own_compared > one.own_agreed:
        own = _("Decided the same message differently %(n)s of %(all)s times.") % {
            "n": number(one.own_compared - one.own_agreed), "all": number(one.own_compared),
        }  # fmt: skip
    differs = share is not None and share < RARELY_AGREES
    badge = Badge(_("often differs"), Tone.WATCH) if differs else None
    return PersonLine(_name(names, one.person), decided, others, own, badge)


def _split(one: Split, found: Consistency) -> SplitLine:
    def told(many: tuple[Decided, ...]) -> list[tuple[int, str]]:
        return [(row.message, _name(found.names, row.person)) for row in many[:5]]

    text = found.texts.get(one.junk[0].message, "") or one.junk[0].text
    return SplitLine(text[:SHOWN_CHARS], told(one.junk), told(one.fine))


def _band_label(band: object) -> str:
    kind, degree = band if isinstance(band, tuple) else ("", "")
    label = DETECTED.get(str(kind)) or _("Reported by members")
    return _("%(kind)s, %(how)s") % {"kind": label, "how": _BANDS[str(degree)]}


def _by(one: Undone, names: dict[int, str]) -> str:
    return names.get(one.person, "") if one.person is not None else _("Weilu, by the policy")


def _undone(label: str, one: Undone) -> tuple[str, str, Badge | None]:
    """A row: who or which rule, what became of it, and whether it is often taken back."""
    share = one.share
    fate = _("%(back)s of %(all)s taken back") % {
        "back": number(one.taken_back), "all": number(one.violations),
    }  # fmt: skip
    if one.asked:
        fate += _("; %(granted)s of %(asked)s second looks granted") % {
            "granted": number(one.granted), "asked": number(one.asked),
        }  # fmt: skip
    if share is None:
        fate += _("; too few to say")
    often = share is not None and share >= OFTEN_BACK
    return label, fate, Badge(_("often taken back"), Tone.WATCH) if often else None
