"""Numbers with what they count: "1 message", "1,234 people".

A sentence with several numbers takes these whole: `ngettext` can bend it for one of them only.
"""

from __future__ import annotations

from django.utils.translation import ngettext

from weilu.console.formats import number

Number = float | None


def messages(value: Number, *, digits: int = 0) -> str:
    """So many messages."""
    shown = number(value, digits=digits)
    return ngettext("%(n)s message", "%(n)s messages", _form(shown)) % {"n": shown}


def people(value: Number) -> str:
    """So many people."""
    shown = number(value)
    return ngettext("%(n)s person", "%(n)s people", _form(shown)) % {"n": shown}


def members(value: Number) -> str:
    """So many members."""
    shown = number(value)
    return ngettext("%(n)s member", "%(n)s members", _form(shown)) % {"n": shown}


def questions(value: Number) -> str:
    """So many questions."""
    shown = number(value)
    return ngettext("%(n)s question", "%(n)s questions", _form(shown)) % {"n": shown}


def points(value: Number, *, digits: int = 0) -> str:
    """So many points."""
    shown = number(value, digits=digits)
    return ngettext("%(n)s point", "%(n)s points", _form(shown)) % {"n": shown}


def times(value: Number) -> str:
    """So many times."""
    shown = number(value)
    return ngettext("%(n)s time", "%(n)s times", _form(shown)) % {"n": shown}


def days(value: Number) -> str:
    """So many days."""
    shown = number(value)
    return ngettext("%(n)s day", "%(n)s days", _form(shown)) % {"n": shown}


def _form(shown: str) -> int:
    """What decides between one and many is the number as it is read: 0.5 and 1.0 are many."""
    return 1 if shown == "1" else 2
