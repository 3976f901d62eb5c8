"""A real Chromium, and a visitor who notices everything a page does wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test.utils import override_settings
from django.utils.translation import trans_real
from playwright.sync_api import Browser, sync_playwright

from weilu.config import catalogue

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, of the path in WEILU_CHROMIUM or as the system has it.

    One for each file: what comes after it may want an event loop of its own.
    """
    path = os.environ.get("WEILU_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"  # noqa: TID251 - a test
    # Playwright keeps an event loop in this thread, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # noqa: TID251 - a test
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]  # noqa: TID251 - a test


@pytest.fixture(autouse=True, scope="session")
def _chinese() -> None:
    """Chinese as the catalogue stands now, not as it was compiled last."""
    if catalogue.compile_all():
        trans_real._translations.clear()  # type: ignore[attr-defined]  # no public way to reload


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path) -> Iterator[None]:
    """What is uploaded goes away with the test."""
    with override_settings(MEDIA_ROOT=tmp_path / "uploads"):
        yield
