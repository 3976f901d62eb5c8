"""What to call the chats of a MemoTrace table of several, which numbers them and names none.

A renamed group says its title in a system line; a chat in which one person writes besides the
exporter is called after that person; any other group after who wrote in it first, as WeChat
itself calls a group without a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from weilu.chat.ports import Kind
from weilu.connectors.formats.chinese_notices import parse_notices

_NAMED_AFTER = 3
_RENAMED = re.compile("修改群名为|changed the group name")


@dataclass
class Talker:
    """What the rows of one chat tell of its name."""

    title: str = ""
    accounts: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)

    def hear(self, notice: str) -> None:
        """Take a system line into account: the last new title holds."""
        for kind, _, target in parse_notices(notice):
            if kind == Kind.NOTICE and target and _RENAMED.search(notice):
                self.title = target

    def meet(self, account: str, name: str) -> None:
        """Take into account who writes, other than the exporter."""
        if len(self.accounts) < _NAMED_AFTER and account not in self.accounts:
            self.accounts.add(account)
            self.names.append(name)

    @property
    def name(self) -> str:
        """The best name there is, "" when nobody but the exporter writes."""
        return self.title or "、".join(self.names)


def chat_names(talkers: Iterable[tuple[str, Talker]]) -> dict[str, str]:
    """A name of its own for each chat by its number: of namesakes all but one keep the number."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for number, talker in talkers:
        name = talker.name or f"TalkerId {number}"
        found[number] = f"{name} ({number})" if name in taken else name
        taken.add(name)
    return found
