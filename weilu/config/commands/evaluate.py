"""`weilu evaluate`: how right a judgement is, on hand-made answers (H-2)."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import fail, ready


def evaluate(
    what: Annotated[str, typer.Argument(help="What to evaluate: replies.")],
    folder: Annotated[Path, typer.Argument(help="Folder of X.raw.txt and X.annotation.txt.")],
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Print precision, recall and F1 of who answers whom over hand-made links."""
    ready()
    from weilu.chat.replies.evaluate import evaluate as score  # noqa: PLC0415 - after ready()

    if what != "replies":
        fail("Only replies can be evaluated: weilu evaluate replies FOLDER.")
    try:
        scores = asdict(score(folder))
    except OSError as error:
        fail(f"Cannot read {error.filename}: {error.strerror}.")
    except ValueError as error:
        fail(f"{folder}: {error}.")
    if as_json:
        typer.echo(json.dumps(scores))
        return
    for name, value in scores.items():
        typer.echo(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
