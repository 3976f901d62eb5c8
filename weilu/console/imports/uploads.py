"""Files from a browser, streamed to where they stay: nothing is held in memory or copied twice."""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

NAME_CHARS = 120
# Folders within folders, the file itself included.
PLACE_PARTS = 8
_SEPARATORS = ("/", "\\")


def safe_name(name: str) -> str:
    """A file name that stays in its folder: the last part of a path, without control characters.

    Letters of every script, spaces and signs stay: names of chat exports tell the group.
    """
    for separator in _SEPARATORS:
        name = name.rsplit(separator, 1)[-1]
    kept = "".join(c for c in name if not unicodedata.category(c).startswith("C")).strip()
    stem, dot, ending = kept.lstrip(".").rpartition(".")
    if len(kept) > NAME_CHARS and dot and len(ending) <= 10:
        return f"{stem[: NAME_CHARS - len(ending) - 1]}.{ending}"
    return kept.lstrip(".")[:NAME_CHARS] or "file"


class FolderUpload(FileUploadHandler):
    """Writes every uploaded file into one new folder below `base`, under a safe, unused name."""

    chunk_size = 1024 * 1024

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.folder = base / f"arriving-{secrets.token_hex(8)}"
        self.paths: list[Path] = []

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Open the next file."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # handed through
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self._free(safe_name(self.file_name or ""))
        self.out = self.path.open("wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what has come; nobody after this handler sees it."""
        self.out.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """Close the file and keep where it lies."""
        self.out.close()
        self.paths.append(self.path)
        return UploadedFile(file=self.path.open("rb"), name=self.path.name, size=file_size)

    def upload_interrupted(self) -> None:
        """Close what was being written; the folder goes with the failed upload."""
        if hasattr(self, "out"):
            self.out.close()

    def arrange(self, told: str) -> None:
        """Put the files of a dropped folder where they stood in it; `paths` are then its tops.

        `told` are their paths in the order they came, as a JSON list; anything else changes
        nothing. Exports of several files belong together by their folders, which also tell groups.
        """
        try:
            places = json.loads(told or "[]")
        except ValueError:
            return
        if not isinstance(places, list) or len(places) != len(self.paths):
            return
        put = [self._put(*one) for one in zip(self.paths, map(str, places), strict=True)]
        tops = (self.folder / one.relative_to(self.folder).parts[0] for one in put)
        self.paths = list(dict.fromkeys(tops))

    def _put(self, path: Path, place: str) -> Path:
        """Where a file lies after it was moved to its place; where it was, if that is taken."""
        parts = [safe_name(one) for one in re.split(r"[/\\]", place) if one.strip(".")]
        target = self.folder.joinpath(*parts[-PLACE_PARTS:])
        if len(parts) < 2 or target.exists():
            return path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            return path.rename(target)
        except OSError:
            return path

    def _free(self, name: str) -> Path:
        path, number = self.folder / name, 1
        while path.exists():
            number += 1
            path = self.folder / f"{number}-{name}"
        return path
