"""What the WeChat CSV readers share: one row's facts to records."""

from __future__ import annotations

import re

from weilu.chat.ports import Form, Inbound, Kind
from weilu.connectors.formats.chinese_notices import parse_notices, plain_notice
from weilu.connectors.formats.gathering import Gatherer

# The exporter's own messages carry no name in some tools.
SELF_NAME = "我"
_NAMES_KEPT = 200_000
# Who patted whom is told by accounts, to be filled in by the client.
_BY_ACCOUNT = re.compile(r"\$\{([^${}]{1,64})\}")


class NamedAccounts:
    """Accounts by the name last seen with them, so that system lines find whom they name."""

    def __init__(self) -> None:
        self._accounts: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def see(self, name: str, account: str) -> None:
        """Remember who wrote under which name."""
        if account and len(self._accounts) < _NAMES_KEPT:
            self._accounts[name] = account
            self._names[account] = name

    def account(self, name: str) -> str:
        """Account of a name, "" when not seen before."""
        return self._accounts.get(name, "")

    def person(self, written: str) -> tuple[str, str]:
        """Account and name of whom a system line names, by name or by "${account}"."""
        if found := _BY_ACCOUNT.fullmatch(written):
            return found[1], self._names.get(found[1], found[1])
        return self.account(written), written


def add_system(gather: Gatherer, known: NamedAccounts, sent: int, text: str, number: int) -> None:
    """Add what a system line tells; unknown wording stays as a notice."""
    notices, plain = parse_notices(text), plain_notice(text)
    for kind, written, target in notices:
        shown = plain if kind == Kind.NOTICE else ""
        account, name = known.person(written)
        gather.add(Inbound(kind, sent, account, name, shown, target=target), number)
    if not notices:
        gather.add(Inbound(Kind.NOTICE, sent, "", "", plain), number)


def add_message(gather: Gatherer, known: NamedAccounts, item: Inbound, number: int) -> None:
    """Add a message and remember its sender."""
    known.see(item.name, item.account)
    gather.add(item, number)


def message(sent: int, account: str, name: str, text: str, form: Form) -> Inbound:
    """Message without ids, which most of these tools do not export."""
    return Inbound(Kind.MESSAGE, sent, account, name, text, form=form)
