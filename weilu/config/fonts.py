"""Two typefaces for what goes on paper, made at set-up: Chinese and emoji.

A server without them would print boxes, and people's names are full of emoji. The Chinese one comes
from npm in a hundred small variable fonts, as browsers want it; paper wants one plain file. Text on
screen uses the fonts of the device: nothing of this is sent to a browser.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

WEIGHT = 400
# Tables of features that a plain running text does without, and that do not merge.
UNUSED = ("GSUB", "GPOS", "GDEF", "STAT", "BASE", "vhea", "vmtx", "VORG")


def merge(slices: Sequence[Path], target: Path) -> None:
    """Write the regular weight of all slices into one TrueType file, about 4.5 MB; takes 10 s."""
    # Only needed at set-up, and slow to load.
    from fontTools.merge import Merger  # noqa: PLC0415

    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        plain = [Path(folder) / f"{index}.ttf" for index in range(len(slices))]
        for source, path in zip(slices, plain, strict=True):
            path.write_bytes(_plain(source))
        merged = Merger().merge([str(path) for path in plain])
        merged.save(target)


def unpack(source: Path, target: Path) -> None:
    """Write a packed web font as a TrueType file."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - see merge

    font = TTFont(source)
    font.flavor = None
    font.save(target)


def _plain(source: Path) -> bytes:
    """One slice in its regular weight, unpacked."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - see merge
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415 - see merge

    font = instantiateVariableFont(TTFont(source), {"wght": WEIGHT}, inplace=True)
    for table in UNUSED:
        if table in font:
            del font[table]
    font.flavor = None
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()
