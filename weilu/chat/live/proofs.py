"""Pictures that show a hand task was done: made anew from their pixels before they are kept."""

from __future__ import annotations

import secrets
import warnings
from pathlib import Path
from typing import IO

from django.conf import settings
from PIL import Image, ImageOps

from weilu.chat.models import Outgoing
from weilu.core.errors import Invalid, NotFound

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
SIDE = 1600
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def keep_proof(workspace_id: int, file: IO[bytes], size: int) -> str:
    """Store a picture and return its name below the media folder.

    It is drawn anew, at most 1,600 pixels a side, so that neither place and time of the camera
    nor anything hidden in the file is kept. Raises Invalid (`picture_large`, `picture_unknown`).
    """
    if size > MOST_BYTES:
        raise Invalid("picture_large", field="proof")
    picture = _drawn_anew(file)
    name = f"proofs/{workspace_id}/{secrets.token_hex(16)}.jpg"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "JPEG", quality=82)
    return name


def _drawn_anew(file: IO[bytes]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=_FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Invalid("picture_large", field="proof")
                upright = ImageOps.exif_transpose(opened)
                small = upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Invalid("picture_unknown", field="proof") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Invalid("picture_large", field="proof") from error
    small.thumbnail((SIDE, SIDE))
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    return clean


def forget_proof(name: str) -> None:
    """Delete a picture that no task came to hold."""
    (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def proof_of(one: Outgoing) -> Path:
    """The picture of a task; raises NotFound when it has none."""
    path = Path(settings.MEDIA_ROOT) / one.proof
    if not one.proof or not path.is_file():
        raise NotFound
    return path
