"""The commands of `weilu`, one module each; `cli.COMMANDS` lists them.

Django is set up before a module is imported, unless its line in `COMMANDS` says `bare`.
"""

from __future__ import annotations

import json
import sys
from typing import NoReturn

import typer
from pydantic import ValidationError

from weilu.config.options import Options, load
from weilu.config.speech import spoken

# How a command ends: 1 where Weilu or the machine is in trouble, 2 where what was asked for cannot
# be done (a name, a file or an option is wrong) and nothing was.
IN_TROUBLE, NOTHING_DONE = 1, 2
# By Ctrl-C, as shells have it.
INTERRUPTED = 130
# What a script says to get its answer, and its error too, as one object on standard output.
AS_JSON = "--json"


def options() -> Options:
    """The settings; ends the command with a sentence when one of them is wrong."""
    try:
        return load()
    except ValidationError as error:
        wrong = [
            f"WEILU_{'_'.join(str(part) for part in one['loc']).upper()}: {one['msg']}"
            for one in error.errors()
        ]
        fail("\n".join(wrong), as_json=AS_JSON in sys.argv)


def ready() -> Options:
    """Set Django up for this command, in the terminal's language; the settings it runs with."""
    import django  # noqa: PLC0415 - slow, and not every command needs it

    found = options()
    django.setup()
    from django.utils.translation import activate  # noqa: PLC0415 - as above

    activate(spoken())
    return found


def fail(sentence: str, *, as_json: bool = False) -> NoReturn:
    """End the command with a sentence, for scripts as an object: Weilu is in trouble here."""
    _end(sentence, as_json, IN_TROUBLE)


def refuse(sentence: str, *, as_json: bool = False) -> NoReturn:
    """End the command with a sentence, for scripts as an object: what was asked is impossible."""
    _end(sentence, as_json, NOTHING_DONE)


def _end(sentence: str, as_json: bool, code: int) -> NoReturn:  # noqa: FBT001 - handed through
    if as_json:
        typer.echo(object_of(sentence))
    else:
        typer.echo(sentence, err=True)
    raise typer.Exit(code)


def object_of(sentence: str) -> str:
    """What went wrong, for scripts."""
    return json.dumps({"error": sentence}, ensure_ascii=False)
