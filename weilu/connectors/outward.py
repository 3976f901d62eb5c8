"""A client that only talks to public addresses, unless the installation allows private ones.

A name is looked up once and the connection goes to what was looked at, so that a name cannot turn
into an address inside between the look and the call. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from weilu.core.errors import GivenUp, TryLater

_TIMEOUT = ClientTimeout(total=20, sock_connect=8)
_A_WHILE = timedelta(seconds=60)
_FINE, _TOO_MANY, _BROKEN = 200, 429, 500


class PrivateAddress(OSError):
    """A name or address that leads inside."""


class _Public(AbstractResolver):
    """Looks names up and lets only public addresses through."""

    def __init__(self) -> None:
        self.inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of a name; raises PrivateAddress when one is not."""
        found = await self.inner.resolve(host, port, family)
        if not all(is_public(one["host"]) for one in found):
            raise PrivateAddress(host)
        return found

    async def close(self) -> None:
        """Nothing to give back."""
        await self.inner.close()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's; also those wrapped in IPv6."""
    try:
        one = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if any(one in net for net in _WRAPPING):
            return is_public(str(ipaddress.IPv4Address(int(one) & 0xFFFF_FFFF)))
        if one in _OWN_NAT64:
            return False
    return one.is_global and not one.is_multicast


# An address of IPv4 in the last four bytes: translated (RFC 6052), and as it was written once.
_WRAPPING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# Translated by a network's own rules (RFC 8215): never the internet's.
_OWN_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")


def checked(address: str, *, allows_private: bool) -> str:
    """The address; raises GivenUp `bad_setting` when orders may not be posted there."""
    try:
        parts = urlsplit(address)
        _port = parts.port
        # As the client calls it, which reads `①②⑦.⓪.⓪.①` and `127。0。0。1` as 127.0.0.1.
        host = URL(address).raw_host or ""
    except ValueError:
        raise GivenUp("bad_setting") from None
    schemes = {"http", "https"} if allows_private else {"https"}
    if parts.scheme not in schemes or not host or parts.username or parts.password:
        raise GivenUp("bad_setting")
    if not allows_private and _is_literal(host) and not is_public(host):
        raise GivenUp("bad_setting")
    return address


def _is_literal(host: str) -> bool:
    """Whether it is an address and not a name: also `2130706433` and `0x7f.1`, as systems read."""
    try:
        ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        return last.isdecimal() or last.lower().startswith("0x")
    return True


def client(*, allows_private: bool) -> ClientSession:
    """A client that keeps to `checked` addresses; to be closed."""
    resolver = ThreadedResolver() if allows_private else _Public()
    return ClientSession(
        connector=TCPConnector(resolver=resolver, limit=8), timeout=_TIMEOUT, trust_env=False
    )


async def fetched(address: str, most: int, *, allows_private: bool) -> bytes:
    """The file at an address somebody else named; raises TryLater or GivenUp.

    GivenUp `too_long` above `most` bytes, `bad_setting` for an address that leads inside.
    """
    secure = address if allows_private else re.sub(r"^http://", "https://", address)
    url = checked(secure, allows_private=allows_private)
    try:
        async with (
            client(allows_private=allows_private) as http,
            http.get(url, allow_redirects=False) as answer,
        ):
            if answer.status >= _BROKEN or answer.status == _TOO_MANY:
                raise TryLater("platform_down", after=_A_WHILE)
            if answer.status != _FINE:
                raise GivenUp("gone")
            return await bounded(answer, most)
    except PrivateAddress as error:
        raise GivenUp("bad_setting") from error
    except (ClientError, TimeoutError) as error:
        if isinstance(error.__cause__, PrivateAddress):
            raise GivenUp("bad_setting") from error
        raise TryLater("unreachable", after=_A_WHILE) from error


async def bounded(answer: ClientResponse, most: int) -> bytes:
    """The body of an answer; raises GivenUp `too_long` as soon as it is more than `most` bytes.

    TryLater `timeout` for one that breaks off.
    """
    if (answer.content_length or 0) > most:
        raise GivenUp("too_long")
    found = bytearray()
    try:
        async for some in answer.content.iter_chunked(1 << 16):
            found += some
            if len(found) > most:
                raise GivenUp("too_long")
    except (ClientError, TimeoutError):
        raise TryLater("timeout", after=_A_WHILE) from None
    return bytes(found)
