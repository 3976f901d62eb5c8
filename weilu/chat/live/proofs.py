"""Pictures that show a hand task was done."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from weilu.chat.models import Outgoing
from weilu.core.pictures import forget_picture, keep_picture, picture_path


def keep_proof(workspace_id: int, file: IO[bytes], size: int) -> str:
    """Store a picture and return its name below the media folder.

    Raises Invalid (`picture_large`, `picture_unknown`).
    """
    return keep_picture(f"proofs/{workspace_id}", file, size, field="proof")


def forget_proof(name: str) -> None:
    """Delete a picture that no task came to hold."""
    forget_picture(name)


def proof_of(one: Outgoing) -> Path:
    """The picture of a task; raises NotFound when it has none."""
    return picture_path(one.proof)
