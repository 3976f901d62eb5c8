"""`weilu evaluate`: how right a judgement is, on hand-made answers (H-2, B-5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import ready, refuse
from weilu.config.speech import gettext as _


def evaluate(  # noqa: PLR0913, PLR0917 - the options of the command
    what: Annotated[
        str, typer.Argument(help=_("What to evaluate: replies, moderation or prizes."))
    ],
    path: Annotated[
        Path | None,
        typer.Argument(
            help=_(
                "Replies: a folder of X.raw.txt and X.annotation.txt. Moderation: messages as"
                " JSON lines, or one CSV label,text. Prizes: nothing, the talk is made up."
            )
        ),
    ] = None,
    labels: Annotated[
        Path | None, typer.Argument(help=_("Moderation: a CSV id,label beside the messages."))
    ] = None,
    decisions: Annotated[
        int, typer.Option(min=0, help=_("Moderation: how many decisions to learn from first."))
    ] = 0,
    meaning: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help=_("Moderation: what a label means, like 1=abuse; several times.")
        ),
    ] = None,
    every: Annotated[
        str,
        typer.Option(help=_("Moderation: what every message of the file is: normal, ad, abuse.")),
    ] = "",
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help=_("Print one JSON object and nothing else."))
    ] = False,
) -> None:
    """Print how right a judgement is: who answers whom, junk in messages, who is for prizes."""
    if what not in {"replies", "moderation", "prizes"} or (path is None and what != "prizes"):
        refuse(
            _(
                "What can be evaluated: weilu evaluate replies FOLDER, weilu evaluate moderation"
                " FILE, weilu evaluate prizes."
            ),
            as_json=as_json,
        )
    ready()
    calls = partial(_moderation, labels, decisions, meaning or [], every)
    scores = _scores(what, path, calls, as_json=as_json)
    typer.echo(json.dumps(scores) if as_json else "\n".join(_lines(scores)))


def _scores(
    what: str,
    path: Path | None,
    moderation: Callable[[Path], dict[str, object]],
    *,
    as_json: bool,
) -> dict[str, object]:
    """The figures, or an end with a sentence."""
    if path is None:
        return _prizes()
    try:
        return _replies(path) if what == "replies" else moderation(path)
    except OSError as error:
        told = {"path": error.filename, "reason": error.strerror}
        refuse(_("Cannot read %(path)s: %(reason)s.") % told, as_json=as_json)
    except ValueError as error:
        refuse(f"{path}: {error}." if what == "replies" else f"{error}.", as_json=as_json)
    return {}


def _prizes() -> dict[str, object]:
    from weilu.insight.worth.trial import try_out  # noqa: PLC0415 - after ready()

    return asdict(try_out(members=20_000))


def _replies(folder: Path) -> dict[str, object]:
    from weilu.chat.replies.evaluate import evaluate as score  # noqa: PLC0415 - after ready()

    return asdict(score(folder))


def _moderation(
    labels: Path | None, decisions: int, meaning: list[str], every: str, messages: Path
) -> dict[str, object]:
    from weilu.moderation.evaluate import Calling, as_values, evaluate_files  # noqa: PLC0415 - heavy

    calling = Calling.of(meaning, every)
    return dict(as_values(evaluate_files(messages, labels, decisions, calling)))


def _lines(scores: dict[str, object], before: str = "") -> list[str]:
    """One line a figure, `ad precision: 0.9412`."""
    lines: list[str] = []
    for name, value in scores.items():
        if isinstance(value, dict):
            lines += _lines(value, f"{before}{name} ")
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else str(value)
            lines.append(f"{before}{name}: {shown}")
    return lines
