"""A format that takes what it is given, because the operator says so (K-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weilu.chat.ports import Answers, Bundle, Entry, Format, Portion, Survey
from weilu.connectors.formats.lines import is_binary


class Forced:
    """The format `inner` without its doubts; attachments beside an export stay unclaimed."""

    def __init__(self, inner: Format) -> None:
        self.inner = inner
        self.name = inner.name
        self.label = inner.label

    def recognise(self, entry: Entry) -> int:
        """Take every text, and else what the format itself takes."""
        return self.inner.recognise(entry) if is_binary(entry.head) else 100

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Group as the format does."""
        return self.inner.bundle(entries)

    def survey(self, bundle: Bundle) -> Survey:
        """Ask what the format asks."""
        return self.inner.survey(bundle)

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Read as the format does."""
        return self.inner.read(bundle, answers)
