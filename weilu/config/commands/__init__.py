"""The commands of `weilu`, one module each; `cli.COMMANDS` lists them.

Django is set up before a module is imported, unless its line in `COMMANDS` says `bare`.
"""

from __future__ import annotations

from typing import NoReturn

import typer
from pydantic import ValidationError

from weilu.config.options import Options, load


def options() -> Options:
    """The settings; ends the command with a sentence when one of them is wrong."""
    try:
        return load()
    except ValidationError as error:
        for one in error.errors():
            name = "WEILU_" + "_".join(str(part) for part in one["loc"]).upper()
            typer.echo(f"{name}: {one['msg']}", err=True)
        raise typer.Exit(1) from error


def ready() -> Options:
    """Set Django up for this command; the settings it runs with."""
    import django  # noqa: PLC0415 - slow, and not every command needs it

    found = options()
    django.setup()
    return found


def fail(sentence: str) -> NoReturn:
    """End the command with a sentence on stderr and exit code 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
