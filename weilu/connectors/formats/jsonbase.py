"""What most JSON exports share: every file stands alone and leaves nothing to ask."""

from __future__ import annotations

from collections.abc import Sequence

from weilu.chat.ports import Bundle, Entry, Survey
from weilu.connectors.formats.jsonportions import one_each


class OneFileFormat:
    """Base of the formats whose times are absolute and whose files name their group."""

    name = ""
    label = ""

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return one_each(self.name, self.label, entries)

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask."""
        del bundle
        return Survey()
