"""A server whose secure connection is none: every connector with an address of its own says so."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from weilu.chat.ports.connectors import Config, Connector
from weilu.chat.ports.sessions import StepState
from weilu.connectors.matrix.connector import MatrixConnector
from weilu.connectors.onebot.connector import OneBotConnector
from weilu.connectors.satori.connector import SatoriConnector
from weilu.connectors.telegram_bot.connector import TelegramConnector
from weilu.core.clock import now
from weilu.core.errors import TryLater

TOKEN = "42:" + "A" * 35


def certificate(folder: Path) -> Path:
    """A certificate nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - day)
        .not_valid_after(now() + day)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    path = folder / "own.pem"
    path.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return path


@asynccontextmanager
async def server(pem: Path | None) -> AsyncIterator[str]:
    """A server with a certificate of its own making, or one that speaks no TLS; its address."""
    tls = None
    if pem is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    one = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"https://localhost:{one.sockets[0].getsockname()[1]}"
    finally:
        one.close()


@pytest.mark.parametrize("speaks_tls", [True, False])
@pytest.mark.parametrize("kind", ["matrix", "telegram", "satori"])
def test_who_is_not_to_be_trusted(kind: str, tmp_path: Path, *, speaks_tls: bool) -> None:
    pem = certificate(tmp_path) if speaks_tls else None

    async def enter() -> None:
        async with server(pem) as address:
            settings = {"homeserver": address, "server": address, "token": TOKEN}
            kinds: dict[str, Connector] = {
                "matrix": MatrixConnector(),
                "telegram": TelegramConnector(),
                "satori": SatoriConnector(),
            }
            async with kinds[kind].open(Config(1, settings)):
                pass

    with pytest.raises(TryLater, match="untrusted"):
        asyncio.run(enter())


def test_the_doctor_of_an_implementation_that_is_called() -> None:
    async def look() -> StepState:
        async with server(None) as address:
            settings = {"account": "10001", "token": "x" * 16, "api": address}
            async with OneBotConnector().open(Config(1, settings)) as session:
                return (await session.examine())[0].state

    assert asyncio.run(look()) == StepState.FAILED
