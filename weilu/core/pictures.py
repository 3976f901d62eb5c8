"""Pictures people upload: made anew from their pixels before they are kept."""

from __future__ import annotations

import secrets
import warnings
from pathlib import Path
from typing import IO

from django.conf import settings
from PIL import Image, ImageOps

from weilu.core.errors import Invalid, NotFound

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
SIDE = 1600
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def keep_picture(folder: str, file: IO[bytes], size: int, *, field: str) -> str:
    """Store a picture in a folder below the media folder and return its name there.

    It is drawn anew, at most 1,600 pixels a side, so that neither place and time of the camera
    nor anything hidden in the file is kept. Raises Invalid (`picture_large`, `picture_unknown`)
    for the field.
    """
    if size > MOST_BYTES:
        raise Invalid("picture_large", field=field)
    picture = _drawn_anew(file, field)
    name = f"{folder}/{secrets.token_hex(16)}.jpg"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "JPEG", quality=82)
    return name


def _drawn_anew(file: IO[bytes], field: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=_FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Invalid("picture_large", field=field)
                upright = ImageOps.exif_transpose(opened)
                small = upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Invalid("picture_unknown", field=field) from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Invalid("picture_large", field=field) from error
    small.thumbnail((SIDE, SIDE))
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    return clean


def forget_picture(name: str) -> None:
    """Delete a picture that nothing holds any more."""
    if name:
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def picture_path(name: str) -> Path:
    """Where a kept picture lies; raises NotFound when it is not there."""
    path = Path(settings.MEDIA_ROOT) / name
    if not name or not path.is_file():
        raise NotFound
    return path
