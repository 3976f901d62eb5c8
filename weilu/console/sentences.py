"""Codes of expected failures as sentences; packages raise codes, the console speaks.

A page package adds its own with `SENTENCES.update({"code": gettext_lazy("sentence")})` in its
`views.py`: at import nobody reads yet, so nothing is translated yet.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "required": _("Please fill this in."),
    "too_long": _("This is too long."),
    "taken": _("This name is taken already. Choose another one."),
    "changed_meanwhile": _("Somebody changed this while you were looking. Load the page again."),
}


def sentence(code: str) -> str:
    """The sentence of a code in the language in force; a general one for unknown codes."""
    known = SENTENCES.get(code)
    if known is not None:
        return str(known)
    return gettext("This does not go together with what is there (%(code)s).") % {"code": code}
