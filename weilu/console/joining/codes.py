"""QR codes of join links, as SVG for print and PNG for screens."""

from __future__ import annotations

import io

import segno

# A counter card is read from a metre away and gets scratched.
ERROR_LEVEL = "q"
QUIET = 4
PNG_SCALE = 16


def svg(address: str) -> bytes:
    """A code as SVG, black on white; scales to any size."""
    out = io.BytesIO()
    segno.make(address, error=ERROR_LEVEL, micro=False).save(
        out, kind="svg", border=QUIET, scale=10, light="white", nl=False
    )
    return out.getvalue()


def png(address: str) -> bytes:
    """A code as PNG, about 600 pixels a side."""
    out = io.BytesIO()
    segno.make(address, error=ERROR_LEVEL, micro=False).save(
        out, kind="png", border=QUIET, scale=PNG_SCALE, light="white"
    )
    return out.getvalue()
