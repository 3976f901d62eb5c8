"""What the codes in a picture say. Run as a module it reads one picture from standard input.

A process of its own opens each picture, without Django: whatever a file does to a decoder, it
has only so much time, memory and nothing to take along.
"""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from io import BytesIO

MOST_PIXELS = 40_000_000
SIDE = 2_000
MOST_CODES = 8
CODE_CHARS = 2_000
MEMORY = 1 << 30
CPU_S = 8
WALL_S = 15.0
KINDS = "QRCode,MicroQRCode,DataMatrix,Aztec"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


async def codes_in(data: bytes) -> list[str]:
    """What the codes in a picture say, in another process; [] for what is no picture.

    Raises TimeoutError when it takes too long.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(WALL_S):
            said, _nothing = await process.communicate(data)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    try:
        found = json.loads(said)
    except ValueError:
        return []
    return [str(one) for one in found]


def read_codes(data: bytes) -> list[str]:
    """What the codes in a picture say, each once, the first eight; [] for what is no picture."""
    import zxingcpp  # noqa: PLC0415 - only the process that reads needs it
    from PIL import Image, ImageOps  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return []
                opened.draft("L", (SIDE, SIDE))
                # What is see-through is white, as chat programs show it.
                flat = Image.new("RGB", opened.size, "white")
                seen = opened.convert("RGBA")
                flat.paste(seen, mask=seen)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombWarning):
        return []
    picture = ImageOps.exif_transpose(flat).convert("L")
    picture.thumbnail((SIDE, SIDE))
    wanted = zxingcpp.barcode_formats_from_str(KINDS)
    found = zxingcpp.read_barcodes(picture, formats=wanted, try_invert=True)
    texts = [one.text.strip()[:CODE_CHARS] for one in found]
    return list(dict.fromkeys(text for text in texts if text))[:MOST_CODES]


def main() -> None:
    """Read a picture from standard input and write what its codes say as JSON."""
    import resource  # noqa: PLC0415 - not there on Windows

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    sys.stdout.write(json.dumps(read_codes(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
