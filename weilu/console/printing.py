"""Pages on paper: a PDF of a page's text, and files to keep."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.utils.http import content_disposition_header

# Put there at set-up.
PAPER = Path(__file__).resolve().parent / "paper"
TYPEFACES = {"Weilu Sans SC": "weilu-sans-sc.ttf", "Weilu Emoji": "weilu-emoji.ttf"}
PDF = "application/pdf"


def as_pdf(text: str, sheets: Sequence[str]) -> bytes | None:
    """A page as a PDF in the look of style sheets; None where the machine cannot make one."""
    try:
        # Not at the top: it loads system libraries that a machine may lack, and is slow to.
        maker = importlib.import_module("weasyprint")
    except OSError:
        return None
    fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    fetcher = importlib.import_module("weasyprint.urls").URLFetcher
    # Our sheets name the typefaces beside us; a page brings all it shows along, so that nothing
    # that people call themselves can have this machine open a file or an address.
    styles = [
        maker.CSS(
            string=sheet, font_config=fonts, url_fetcher=fetcher(allowed_protocols=("data", "file"))
        )
        for sheet in _styles(sheets)
    ]
    page = maker.HTML(string=text, url_fetcher=fetcher(allowed_protocols=("data",)))
    made: bytes = page.write_pdf(stylesheets=styles, font_config=fonts)
    return made


def attached(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(content, content_type=kind)
    # A name may hold what parts folders.
    plain = name.replace("/", "-").replace("\\", "-")
    disposition = content_disposition_header(as_attachment=True, filename=plain)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response


def _styles(sheets: Sequence[str]) -> Iterator[str]:
    """Style sheets by their static names, and typefaces for machines that lack Chinese or emoji."""
    for name in sheets:
        found = finders.find(name)
        if isinstance(found, str):
            yield Path(found).read_text(encoding="utf-8")
    for family, name in TYPEFACES.items():
        if (file := PAPER / name).is_file():
            yield f'@font-face {{ font-family: "{family}"; src: url("{file.as_uri()}"); }}'
