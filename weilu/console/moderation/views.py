"""Messages that look like junk, by account, and the decisions about them."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console.counts import messages as so_many_messages
from weilu.console.formats import moment_of_late, number, of_ms, percent, told
from weilu.console.guard import page
from weilu.console.http import Request, row_numbers
from weilu.console.moderation.steps import rung_words
from weilu.console.moderation.words import (
    PILES,
    account_certainty,
    certainty,
    highlighted,
    reasons,
)
from weilu.console.parts import Badge, Empty, Head, Tab, Tone
from weilu.console.places import address
from weilu.console.sentences import SENTENCES
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Invalid
from weilu.moderation import actions
from weilu.moderation.models import FAMILIES, Doubt, Violation
from weilu.moderation.piles import Pile
from weilu.moderation.queries import Past, Standing, Suspect, counts, standing, suspects
from weilu.moderation.rules.disturbing import ABOUT_NAMES
from weilu.moderation.rules.ladder import Rung, Step

PAGE = 15
PAGES = 500
UNDO = "moderation_undo"
# One click may decide this many messages; what is more takes another click.
MOST_AT_ONCE = 5_000

SENTENCES.update({"nothing_picked": gettext_lazy("Choose at least one account first.")})


@dataclass(frozen=True, slots=True)
class Line:
    """A doubtful message ready to draw."""

    id: int
    when: str
    group: str
    body: SafeString
    seen: str
    is_name: bool
    badge: Badge
    why: list[str]
    followed: Badge | None


@dataclass(frozen=True, slots=True)
class Card:
    """An account with its doubtful messages ready to draw."""

    suspect: Suspect
    badge: Badge
    past: str
    why: list[str]
    lines: list[Line]
    more: int


@page(Right.SEE_MEMBERS)
def moderation(request: Request) -> HttpResponse:
    """Accounts with doubtful messages, most likely first."""
    kind, on = _asked(request)
    at = _page(request)
    many = counts(request.actor)
    checked = standing(request.actor)
    found, total = suspects(request.actor, family=kind, on=on, limit=PAGE, offset=(at - 1) * PAGE)
    if total and not found:
        # The last page was decided away.
        return redirect(_url(kind, on, (total + PAGE - 1) // PAGE))
    context = {
        "head": Head(_("Clean-up"), _sentence(many, checked)),
        "cards": [_card(one) for one in found],
        "kind": kind,
        "state": on.value,
        "kinds": _kinds(kind, on, many),
        "states": _states(kind, on, many),
        "empty": _empty(checked, on, is_used=any(many.values())),
        "pages": _pages(kind, on, at, total),
        "may": request.actor.may(Right.MODERATE),
        "undo": request.session.get(UNDO),
        "here": request.get_full_path(),
    }
    return render(request, "moderation/list.html", context)


@require_POST
@page(Right.MODERATE)
def decide(request: Request) -> HttpResponse:
    """Decide about accounts: one by its own button, or all that are ticked."""
    kind, before = _asked(request)
    one, _sep, wanted = request.POST.get("do", "").partition(" ")
    if wanted not in Doubt.State.values:
        raise Invalid("required", field="do")
    picked = request.POST.getlist("pick") if one == "picked" else [one]
    accounts = row_numbers(picked)
    if not accounts:
        raise Invalid("nothing_picked", field="pick")
    state = Doubt.State(wanted)
    ids = actions.messages_of(
        request.actor, identity_ids=accounts, family=kind, on=before, limit=MOST_AT_ONCE
    )
    changed = actions.decide(request.actor, message_ids=ids, state=state)
    if not changed:
        messages.info(request, _("Somebody else decided about it meanwhile."))
        return redirect(_back(request))
    was = {"state": before.state.value, "made": state.value}
    request.session[UNDO] = {"ids": ids, "count": changed, **was}
    messages.success(request, _said(state, changed))
    return redirect(_back(request))


@require_POST
@page(Right.MODERATE)
def undo(request: Request) -> HttpResponse:
    """Take the last decision back, but for what somebody else decided since."""
    last = request.session.pop(UNDO, None)
    if last and "made" in last:
        changed = actions.decide(
            request.actor,
            message_ids=last["ids"],
            state=Doubt.State(str(last["state"])),
            undone=Doubt.State(str(last["made"])),
        )
        if changed:
            messages.success(request, _("Taken back."))
        else:
            messages.info(request, _("Somebody else decided about it meanwhile."))
    return redirect(_back(request))


@require_POST
@page(Right.MODERATE)
def again(request: Request) -> HttpResponse:
    """Look through every group again, with what was learned since."""
    groups = actions.check_again(request.actor)
    said = ngettext(
        "%(n)s group is being looked through again.",
        "%(n)s groups are being looked through again.",
        groups,
    )
    messages.success(request, said % {"n": number(groups)})
    return redirect("moderation")


def _asked(request: Request) -> tuple[str, Pile]:
    asked = request.POST if request.method == "POST" else request.GET
    kind, state = asked.get("kind", ""), asked.get("state", "")
    return (
        kind if kind in FAMILIES else "ad",
        Pile(state) if state in set(Pile) else Pile.OPEN,
    )


def _page(request: Request) -> int:
    asked = request.POST if request.method == "POST" else request.GET
    text = asked.get("page", "")
    return min(max(int(text), 1), PAGES) if text.isdecimal() and len(text) < 6 else 1


def _back(request: Request) -> str:
    return _url(*_asked(request), _page(request))


def _url(kind: str, on: Pile, at: int = 1) -> str:
    tail = f"&page={at}" if at > 1 else ""
    return f"{address('moderation')}?kind={kind}&state={on.value}{tail}"


def _card(one: Suspect) -> Card:
    doubts = [row.doubt for row in one.shown]
    lines = [
        Line(
            row.doubt.pk,
            moment_of_late(
                of_ms(row.doubt.sent_ms),
                zone=ZoneInfo(row.doubt.group.community.time_zone),
                now=now(),
            ),
            row.doubt.group.name,
            highlighted(row.text, row.doubt.spans),
            row.doubt.seen,
            any(code in ABOUT_NAMES for code, _weight in row.doubt.reasons),
            certainty(row.doubt.score),
            reasons([row.doubt]),
            _followed(row.followed),
        )
        for row in one.shown
    ]
    badge = account_certainty(one.evidence)
    zone = ZoneInfo(doubts[0].group.community.time_zone)
    past = _past(one.past, zone)
    return Card(one, badge, past, reasons(doubts), lines, one.count - len(lines))


def _past(past: Past, zone: ZoneInfo) -> str:
    """What an account did before, in a line; "" where nothing is known."""
    if past.first_ms is None or not past.messages:
        return ""
    words = ngettext("%(n)s message since %(when)s", "%(n)s messages since %(when)s", past.messages)
    when = moment_of_late(of_ms(past.first_ms), zone=zone, now=now())
    said = [words % {"n": number(past.messages), "when": when}]
    if past.junk:
        said.append(_("called junk before: %(n)s") % {"n": number(past.junk)})
    if past.fine:
        said.append(_("left alone before: %(n)s") % {"n": number(past.fine)})
    return " · ".join(said)


def _followed(one: Violation | None) -> Badge | None:
    """What followed from a message, as a badge; None while nothing did."""
    if one is None:
        return None
    if one.state == Violation.State.TAKEN_BACK:
        return Badge(_("taken back"), Tone.CALM)
    return Badge(rung_words(Rung(Step(one.step), one.minutes)), Tone.GOOD)


def _sentence(many: dict[tuple[str, Pile], int], checked: Standing) -> str:
    if checked.running:
        share = percent(checked.done)
        return _("The groups are being looked through: %(share)s.") % {"share": share}
    waiting = sum(n for (_kind, on), n in many.items() if on == Pile.OPEN)
    acted = sum(n for (_kind, on), n in many.items() if on == Pile.ACTED)
    if not (waiting or acted or checked.groups):
        return _("Finds advertising, fraud and insults in your groups; you decide what is junk.")
    said = [_waiting(waiting, checked)]
    if acted:
        words = ngettext(
            "Weilu dealt with %(n)s by itself.", "Weilu dealt with %(n)s by itself.", acted
        )
        said.append(words % {"n": number(acted)})
    return told(*said)


def _waiting(waiting: int, checked: Standing) -> str:
    """How much waits for a person, among how many messages where that is known."""
    if not waiting:
        return (
            _("Nothing waits for you among %(messages)s.")
            % {"messages": so_many_messages(checked.messages)}
            if checked.groups
            else _("Nothing waits for you.")
        )
    if not checked.groups:
        words = ngettext(
            "%(n)s message looks like junk. You decide.",
            "%(n)s messages look like junk. You decide.",
            waiting,
        )
        return words % {"n": number(waiting)}
    found = ngettext(
        "%(n)s of %(all)s messages looks like junk. You decide.",
        "%(n)s of %(all)s messages look like junk. You decide.",
        waiting,
    )
    return found % {"n": number(waiting), "all": number(checked.messages)}


def _said(state: Doubt.State, changed: int) -> str:
    words = {
        Doubt.State.JUNK: ngettext(
            "%(n)s message is junk. Weilu learns from it.",
            "%(n)s messages are junk. Weilu learns from them.",
            changed,
        ),
        Doubt.State.FINE: ngettext(
            "%(n)s message is left alone. Weilu learns from it.",
            "%(n)s messages are left alone. Weilu learns from them.",
            changed,
        ),
        Doubt.State.OPEN: ngettext(
            "%(n)s message is to be decided again.",
            "%(n)s messages are to be decided again.",
            changed,
        ),
    }
    return words[state] % {"n": number(changed)}


def _kinds(kind: str, on: Pile, many: dict[tuple[str, Pile], int]) -> list[Tab]:
    words = {
        "ad": _("Advertising"),
        "abuse": _("Insults"),
        "noise": _("Noise"),
        "reported": _("Reported by members"),
    }
    return [
        Tab(word, _url(one, on), here=one == kind, count=many[one, Pile.OPEN])
        for one, word in words.items()
    ]


def _states(
    kind: str, on: Pile, many: dict[tuple[str, Pile], int]
) -> list[tuple[str, str, bool, int]]:
    return [(str(word), _url(kind, one), one == on, many[kind, one]) for one, word in PILES.items()]


def _empty(checked: Standing, on: Pile, *, is_used: bool) -> Empty:
    if not (checked.groups or is_used):
        return Empty(
            _("No group has been looked through"),
            _("Bring in a chat export; a moment later what looks like junk stands here."),
            action=_("Import"),
            href=address("imports"),
        )
    if on == Pile.OPEN:
        return Empty(_("All clean"), _("Nothing waits for a decision."), icon="sparkles")
    if on == Pile.ACTED:
        return Empty(_("Nothing here yet"), _("What the policy deals with by itself stands here."))
    return Empty(_("Nothing here yet"), _("What you decide is kept here and can be changed."))


def _pages(kind: str, on: Pile, at: int, total: int) -> dict[str, object]:
    last = min(max((total + PAGE - 1) // PAGE, 1), PAGES)
    return {
        "at": at,
        "last": last,
        "before": _url(kind, on, at - 1) if at > 1 else "",
        "after": _url(kind, on, at + 1) if at < last else "",
    }
