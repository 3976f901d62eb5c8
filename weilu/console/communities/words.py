"""Sentences of the community pages."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from weilu.console.formats import MINUS, change_words, day_of_late, number, percent
from weilu.core.clock import today
from weilu.insight.numbers import PeriodNumbers
from weilu.insight.pages.brief import Brief
from weilu.insight.pages.front import Front
from weilu.insight.rules.change import Word


def headline(front: Front, span: str) -> str:
    """What the page knows, in one or two sentences."""
    speakers = len(front.now.speakers)
    if not front.now.messages:
        return _("%(span)s: nobody said anything.") % {"span": span}
    who = ngettext("%(n)s person wrote %(said)s", "%(n)s people wrote %(said)s", speakers) % {
        "n": number(speakers),
        "said": _said(front.now.messages),
    }
    if not front.has_before:
        return _("%(span)s: %(who)s. There is no full period before to compare with.") % {
            "span": span,
            "who": who,
        }
    return _("%(span)s: %(who)s. %(change)s") % {
        "span": span,
        "who": who,
        "change": _change(front),
    }


def _said(messages: int) -> str:
    return ngettext("%(n)s message", "%(n)s messages", messages) % {"n": number(messages)}


def brief_words(one: Brief) -> str:
    """A community of the list in a sentence: its groups, how much is said, when last."""
    groups = ngettext("%(n)s group", "%(n)s groups", one.groups) % {"n": number(one.groups)}
    if one.newest is None:
        return _("%(groups)s, nothing said yet.") % {"groups": groups}
    return _("%(groups)s, %(said)s in the last four weeks, the last on %(day)s.") % {
        "groups": groups,
        "said": _said(one.messages),
        "day": day_of_late(one.newest, today=today()),
    }


def _change(front: Front) -> str:
    """The change of people and of messages against the period before, and what it means."""
    now, before = front.now, front.before
    facts = {
        "people": _people_words(len(now.speakers), len(before.speakers)),
        "messages": _messages_words(now.messages, before.messages),
    }
    if (len(now.speakers) - len(before.speakers)) * (now.messages - before.messages) < 0:
        each = {"now": _each(now), "before": _each(before)}
        words = _(
            "Compared with the same time before, %(people)s, but %(messages)s"
            " (%(now)s from each, %(before)s before)"
        ) % (facts | each)
    else:
        words = _("Compared with the same time before, %(people)s and %(messages)s") % facts
    if front.part is not None:
        more = _("%(words)s, mostly more %(when)s.")
        fewer = _("%(words)s, mostly fewer %(when)s.")
        chosen = more if front.messages_change.word is Word.UP else fewer
        return chosen % {"words": words, "when": part_of_day(front.part)}
    if front.messages_change.word is Word.FLAT:
        return _("%(words)s; that is within the usual ups and downs.") % {"words": words}
    return _("%(words)s.") % {"words": words}


def _people_words(now: int, before: int) -> str:
    """How many spoke beside how many before, as a part of a sentence."""
    if now == before:
        return _("as many people spoke")
    if not before:
        return _("people spoke, and nobody before")
    return _("%(change)s people spoke") % {"change": change_words(now, before)}


def _messages_words(now: int, before: int) -> str:
    """How much was said beside how much before, as a part of a sentence."""
    if now == before:
        return _("as many messages were written")
    if not before:
        return _("messages were written, and none before")
    return _("%(change)s messages were written") % {"change": change_words(now, before)}


def who_spoke(share: float | None, speakers: int, present: int | None) -> str:
    """Which share of the people spoke; "" where that is not known.

    Where more spoke than are there now, some are gone, and the share is of them, too.
    """
    if share is None:
        return ""
    if present is not None and speakers > present:
        return _("%(share)s of those there or gone since") % {"share": percent(share)}
    return _("%(share)s of those there") % {"share": percent(share)}


def _each(talk: PeriodNumbers) -> str:
    """Messages of one person who spoke, on average."""
    mean = talk.messages / len(talk.speakers) if talk.speakers else 0
    return number(mean, digits=1 if mean < 10 else 0)


def part_of_day(index: int) -> str:
    """Night, morning, afternoon, evening as an adverb."""
    return (
        pgettext("when", "at night"),
        pgettext("when", "in the morning"),
        pgettext("when", "in the afternoon"),
        pgettext("when", "in the evening"),
    )[index]


def signed(value: int) -> str:
    """+12, 0 or −3."""
    if value == 0:
        return "0"
    return f"+{number(value)}" if value > 0 else f"{MINUS}{number(-value)}"


def hours_words(start: int, end: int) -> str:
    """20:00–23:00."""
    return f"{start:02d}:00–{end:02d}:00"
