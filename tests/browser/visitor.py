"""A visitor of pages: goes, drops, waits for the worker, and looks for faults at every stop."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Download, Page, Response, Route

from weilu.core.worker import drain

GRAVE = {"serious", "critical"}
DROP = """([data, name]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const moved = new DataTransfer();
  moved.items.add(new File([bytes], name));
  for (const type of ['dragover', 'drop'])
    document.querySelector('[data-drop]').dispatchEvent(
      new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: moved}));
}"""
WIDER = """() => {
  const root = document.documentElement, width = root.clientWidth;
  if (root.scrollWidth <= width) return '';
  const far = [...document.body.querySelectorAll('*')].filter(
    one => one.getBoundingClientRect().right > width);
  return `${root.scrollWidth - width} px wider than the window: `
    + far.slice(0, 12).map(one => one.tagName + '.' + one.className).join(', ');
}"""


@dataclass
class Visitor:
    """A page in a language at a width, and what went wrong on it.

    Only a strict one asks axe, which takes longer than all the rest.
    """

    page: Page
    base: str
    is_strict: bool = True
    faults: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open an address of the server."""
        self.page.goto(f"{self.base}{address}")

    def look(self, name: str, *, is_whole: bool = False) -> None:
        """Note what is wrong with the page as it stands: axe's grave findings, overflow.

        `is_whole`: the page fetches nothing more that would have to be waited for.
        """
        if not is_whole:
            self.page.wait_for_load_state("networkidle")
        found = Axe().run(self.page).response["violations"] if self.is_strict else []
        for one in found:
            if one["impact"] in GRAVE:
                where = [node["target"] for node in one["nodes"][:3]]
                self.faults.append(f"{name}: {one['id']} ({one['impact']}) at {where}")
        if wider := self.page.evaluate(WIDER):
            self.faults.append(f"{name}: {wider}")

    def height(self) -> int:
        """How long the page is, in px."""
        return int(self.page.evaluate("document.documentElement.scrollHeight"))

    def drop(self, path: Path) -> None:
        """Drag a file onto the page's drop area; waits for the page that follows."""
        data = base64.b64encode(path.read_bytes()).decode()
        self.page.evaluate(DROP, [data, path.name])
        self.page.wait_for_url(re.compile(r"/imports/\d+/"))

    def work(self) -> None:
        """Let the worker do all that waits, then load the page again."""
        drain()
        self.page.reload()

    def download(self, selector: str) -> Download:
        """Click what downloads a file; the file."""
        with self.page.expect_download() as waiting:
            self.page.locator(selector).first.click()
        return waiting.value


def visitor(
    browser: Browser, base: str, *, locale: str, width: int, agent: str | None = None
) -> Visitor:
    """A new visitor with a browser profile of their own; `agent`: what it calls itself."""
    page = browser.new_page(
        locale=locale,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        user_agent=agent,
    )
    one = Visitor(page, base)

    def spoke(message: ConsoleMessage) -> None:
        # A question that a newer one replaced is taken back; htmx tells of it as of an error.
        # Where the server fails, its answer says so below.
        if message.text.startswith(("htmx:sendAbort", "htmx:afterRequest")):
            return
        if message.type in {"error", "warning"}:
            one.faults.append(f"console {message.type}: {message.text} on {page.url}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            one.faults.append(f"{response.status} from {response.url}")

    page.on("console", spoke)
    page.on("pageerror", lambda error: one.faults.append(f"script: {error} on {page.url}"))
    page.on("response", answered)

    def refuse(route: Route) -> None:
        one.faults.append(f"foreign: {route.request.url}")
        route.abort()

    # Nothing may be fetched from elsewhere.
    page.route(lambda address: not address.startswith((base, "data:", "blob:")), refuse)
    return one
