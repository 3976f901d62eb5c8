"""The tree of expected failures; doors turn each into a page, a status or a sentence.

WeiluError
├── NotAllowed        the actor may not do this
├── NotFound          it is not there, or the viewer may not know that it is
├── Conflict          it was changed meanwhile, or stands against something that exists
├── Invalid           a value cannot be accepted; names the field
├── TryLater          a temporary failure outside; says after how long
├── GivenUp           a final failure outside; says why
└── Unsure            outside it may have happened or not; nobody here can tell

Each message is a code for translation, not a sentence (doors speak, packages do not).
"""

from __future__ import annotations

from datetime import timedelta


class WeiluError(Exception):
    """Base of every failure that is not a bug."""


class NotAllowed(WeiluError):
    """The actor lacks the right."""


class NotFound(WeiluError):
    """No such thing for this viewer."""


class Conflict(WeiluError):
    """The state does not allow it."""


class Invalid(WeiluError):
    """A value that cannot be accepted; `field` names it."""

    def __init__(self, code: str, *, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class TryLater(WeiluError):
    """A temporary failure; try again after `after`."""

    def __init__(self, code: str, *, after: timedelta) -> None:
        super().__init__(code)
        self.after = after


class GivenUp(WeiluError):
    """A final failure; the reason is for a person."""


class Unsure(WeiluError):
    """The outcome outside is not known: doing it again might do it twice."""
