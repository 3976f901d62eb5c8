"""Every setting, from the environment (`WEILU_…`) or the file `weilu.env` in the data folder."""

from __future__ import annotations

import secrets
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from weilu.core.private import write_private


class _Home(BaseSettings):
    """Where the data folder is; read first, because the settings file lies in it."""

    model_config = SettingsConfigDict(env_prefix="WEILU_", extra="ignore")
    home: Path = Path("weilu-home")


class Options(BaseSettings):
    """The settings; each can be given as an environment variable with the prefix `WEILU_`."""

    model_config = SettingsConfigDict(env_prefix="WEILU_", extra="ignore")

    home: Path = Field(
        default=Path("weilu-home"), description="Data folder: database, uploads, secret key."
    )
    database: str = Field(
        default="",
        description="PostgreSQL address, postgresql://user:password@host/name; empty: SQLite.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web server listens on.")
    port: int = Field(default=8420, ge=1, le=65535, description="Port of the web server.")
    bots_host: str = Field(
        default="127.0.0.1", description="Address at which NapCat and other OneBots connect."
    )
    bots_port: int = Field(default=8421, ge=1, le=65535, description="Port of that address.")
    live_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port of the live board's stream; 0: two after the web server's.",
    )
    allowed_hosts: str = Field(
        default="localhost,127.0.0.1,[::1]",
        description="Host names under which Weilu is reached, separated by commas.",
    )
    public_url: str = Field(
        default="", description="Address people use, if it differs: https://weilu.example.org."
    )
    secure: bool = Field(
        default=False, description="Set when reached over https: cookies only go over https."
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="How many proxies of your own stand in front."
    )
    debug: bool = Field(default=False, description="Show errors in full; never on the internet.")
    upload_max_gb: float = Field(
        default=20, gt=0, description="Largest upload of one import, in gigabytes."
    )
    web_workers: int = Field(default=1, ge=1, le=64, description="Web server processes.")
    webhooks_private: bool = Field(
        default=False, description="Let webhooks post to http and to addresses in your own network."
    )
    mirror_from: int = Field(
        default=100_000,
        ge=0,
        description="Members of a workspace from which on segments are answered from memory;"
        " 0: never.",
    )
    mirror_mb: int = Field(
        default=512,
        ge=16,
        description="Memory that each process may take for that, in megabytes; a million members"
        " take 20, and 8 for each number and 0.13 for each tag that segments ask for.",
    )
    language: str = Field(
        default="zh-hans",
        description="Language when a browser names none; where it is set, also that of the"
        " commands.",
    )

    @cached_property
    def base(self) -> Path:
        """The data folder, absolute."""
        return self.home.expanduser().resolve()

    @property
    def stream_port(self) -> int:
        """Port of the process that keeps streams."""
        return self.live_port or self.port + 2

    @property
    def vault_file(self) -> Path:
        """File of the keys that tokens are encrypted with, newest first, one a line."""
        return self.base / "vault.keys"

    @property
    def secret_file(self) -> Path:
        """File of the signing key."""
        return self.base / "secret.key"

    def secret_key(self) -> str:
        """The signing key, made on first use, readable by its owner only."""
        self.base.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            return self.secret_file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            write_private(self.secret_file, secrets.token_urlsafe(64))
            return self.secret_file.read_text(encoding="ascii").strip()


def data_folder() -> Path:
    """The data folder, absolute; known also where nothing in it can be read."""
    return _Home().home.expanduser().resolve()


def load() -> Options:
    """Read the settings; raises pydantic's ValidationError naming the setting that is wrong.

    Raises OSError when the settings file or its folder may not be read.
    """
    return Options(_env_file=_Home().home.expanduser() / "weilu.env")  # type: ignore[call-arg]  # pydantic-settings runtime argument
