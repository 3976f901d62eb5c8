"""Words an operator wrote, with marks such as `{name}` filled in when they are said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Values = Mapping[str, Callable[[], str]]


def fill(text: str, values: Values) -> str:
    """The text with its marks filled in; marks without a value stay.

    In one pass: what a member is called may look like a mark, and is still only a name. A value
    is asked for only where its mark stands.
    """
    found = re.compile("|".join(map(re.escape, values)))
    return found.sub(lambda mark: values[mark[0]](), text) if values else text
