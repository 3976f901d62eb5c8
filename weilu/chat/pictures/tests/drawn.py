"""Pictures with codes in them, for tests."""

from __future__ import annotations

from io import BytesIO

import segno
from PIL import Image


def drawn(text: str, kind: str = "PNG", side: int = 600) -> bytes:
    """A picture with a code that says this."""
    code = BytesIO()
    segno.make(text, micro=False).save(code, kind="png", scale=6)
    whole = Image.new("RGB", (side, side), (240, 220, 200))
    with Image.open(code) as opened:
        whole.paste(opened.convert("RGB"), (60, 80))
    out = BytesIO()
    whole.save(out, kind)
    return out.getvalue()
