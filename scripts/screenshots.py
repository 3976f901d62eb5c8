"""Make the pictures of the README: a throw-away Weilu with the demo community, photographed.

Run it with `.venv/bin/python scripts/screenshots.py [FOLDER]` after `make test` has brought in the
browser's driver. The demo is the same every time but for the day its story ends.
"""

# ruff: noqa: INP001, T201, S603, TID251 - a script: prints, starts commands, reads its environment
from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WEILU = [sys.executable, "-m", "weilu.config.cli"]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LARGEST = 300_000
EXPORT = """[2024-03-01, 20:00:00] 小满: 第一壶水开了，谁来
[2024-03-01, 20:01:10] 阿檐: 我带了桂花
[2024-03-01, 20:03:25] 小满: 周六还在老地方吗？
[2024-03-02, 09:12:00] 白露: 在，七点
"""


@dataclass(frozen=True)
class Picture:
    """A file and the page on it, in a window of a size and a language."""

    name: str
    address: str
    width: int = 1280
    height: int = 860
    language: str = "zh-hans"


# Stands for the address of the demo community.
COMMUNITY = "COMMUNITY"
PICTURES = (
    Picture("today", "/"),
    Picture("community", COMMUNITY, height=1500),
    Picture("community-en", COMMUNITY, height=1100, language="en"),
    Picture("phone", COMMUNITY, width=390, height=844),
    Picture("members", "/members/"),
    Picture("messages", "/messages/?q=试茶"),
)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def weilu(home: Path) -> Iterator[str]:
    """A running Weilu with the demo community; the address of its one-time link."""
    port = str(free_port())
    env = {**os.environ, "WEILU_HOME": str(home), "WEILU_PORT": port}
    subprocess.run([*WEILU, "demo"], cwd=ROOT, env=env, check=True)
    process = subprocess.Popen([*WEILU, "up"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        lines = process.stdout or iter(())
        yield next(m[0] for line in lines if (m := re.search(r"http\S+/start/\S+", line)))
    finally:
        process.terminate()
        process.wait(30)


def photograph(page: Page, path: Path) -> None:
    """Save the visible part as a PNG with at most 256 colours, which is half the size."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1200)  # charts draw themselves in
    page.screenshot(path=path)
    shrink(path)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")
    if path.stat().st_size >= LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST // 1000} kB.")


def shrink(path: Path) -> None:
    """Write a picture again with a palette."""
    from PIL import Image  # noqa: PLC0415 - only when pictures are made

    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def community(page: Page, base: str) -> str:
    """The address of the only community there is."""
    page.goto(f"{base}/communities/")
    links = [a.get_attribute("href") or "" for a in page.locator("a").all()]
    return next(m[0] for href in links if (m := re.match(r"/communities/\d+/", href)))


def take(page: Page, base: str, one: Picture, folder: Path) -> None:
    """One picture."""
    page.set_viewport_size({"width": one.width, "height": one.height})
    page.context.add_cookies([{"name": "weilu_language", "value": one.language, "url": base}])
    page.goto(f"{base}{one.address.replace(COMMUNITY, community(page, base))}")
    photograph(page, folder / f"{one.name}.png")


def preview(page: Page, base: str, folder: Path) -> None:
    """The preview of an import."""
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(f"{base}/imports/")
    export = FilePayload(name="chat.txt", mimeType="text/plain", buffer=EXPORT.encode())
    page.locator("[data-drop] input[type=file]").set_input_files(export)
    page.wait_for_selector("form .facts", timeout=30_000)
    photograph(page, folder / "import.png")


def rules(page: Page, base: str, folder: Path) -> None:
    """The rules of the demo community as members see them."""
    page.goto(f"{base}{community(page, base)}rules/")
    address = page.locator("#rules-link").inner_text()
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(address)
    photograph(page, folder / "rules.png")


def join_link(page: Page, base: str, folder: Path) -> None:
    """The join link of the demo's counter: where it leads, and who came by it."""
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(f"{base}/links/")
    page.get_by_role("link", name="柜台立牌").click()
    page.wait_for_url(re.compile(r"/links/\d+/$"))
    photograph(page, folder / "join.png")


def main(folder: Path) -> None:
    """Make every picture anew."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("WEILU_CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as home,
        weilu(Path(home)) as link,
        sync_playwright() as play,
    ):
        base = link[: link.index("/start/")]
        browser = play.chromium.launch(
            executable_path=chromium, args=ARGUMENTS, env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
        page = context.new_page()
        page.goto(link)
        for one in PICTURES:
            take(page, base, one, folder)
        preview(page, base, folder)
        rules(page, base, folder)
        join_link(page, base, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
