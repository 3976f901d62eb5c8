"""What commands share: a data folder that is ready, questions on a terminal, error ends."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from weilu.config.commands import NOTHING_DONE, options
from weilu.config.migrating import bring_up_to_date


def prepare() -> None:
    """Bring the database up to date; makes it when the data folder is new."""
    bring_up_to_date(options())


@contextmanager
def bar(title: str, *, quiet: bool) -> Iterator[dict[str, float]]:
    """A progress bar on stderr that shows `done` of the dict it yields; none without a terminal."""
    moved = {"done": 0.0}
    if quiet:
        yield moved
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=hidden) as bar:
        task = bar.add_task(title, total=1.0)
        stop = threading.Event()

        def paint() -> None:
            while not stop.wait(0.1):
                bar.update(task, completed=moved["done"])

        painter = threading.Thread(target=paint, daemon=True)
        painter.start()
        try:
            yield moved
        finally:
            stop.set()
            painter.join()
            bar.update(task, completed=moved["done"])


def is_asking(*silenced: bool) -> bool:
    """Whether a person is there to be asked: on a terminal, and nothing forbids it."""
    return sys.stdin.isatty() and not any(silenced)


def ask(question: str, guess: str) -> str:
    """A person's answer; the guess when they just press enter."""
    return str(typer.prompt(question, default=guess)).strip()


def end(
    sentence: str,
    *,
    as_json: bool,
    code: int = NOTHING_DONE,
    told: Mapping[str, object] | None = None,
) -> NoReturn:
    """End with a sentence, for scripts as an object beside what was `told`, and an exit code."""
    if as_json:
        typer.echo(json.dumps({**(told or {}), "error": sentence}, ensure_ascii=False))
    else:
        typer.echo(sentence, err=True)
    raise typer.Exit(code)
