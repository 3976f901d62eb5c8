"""The command `weilu`: one module per command in `weilu.config.commands`, listed here.

Only the module of the command that is asked for is imported, after Django is set up for it: so
help and the answers of `check` about a broken installation do not wait for, or fall with, the rest.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from weilu.config.commands import AS_JSON, INTERRUPTED, object_of, ready
from weilu.config.commands.trouble import sentence_for
from weilu.config.speech import gettext, speak_as_terminal
from weilu.config.speech import gettext_noop as _
from weilu.core.garbage import collect_seldom


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, `module:function` below `weilu.config.commands`, one line of help.

    `bare` ones set Django up themselves, or do without.
    """

    name: str
    address: str
    help: str
    bare: bool = False

    def function(self) -> Callable[..., Any]:
        """The function that does it, imported now."""
        if not self.bare:
            ready()
        module, function = self.address.split(":")
        found: Callable[..., Any] = getattr(
            import_module(f"weilu.config.commands.{module}"), function
        )
        return found


# A new command is a module and a line here.
COMMANDS: tuple[Command, ...] = (
    Command(
        "up", "up:up", _("Start Weilu: web server, worker and gateway, until Ctrl-C."), bare=True
    ),
    Command(
        "import",
        "import_files:import_files",
        _("Read chat history from files, folders or zip archives."),
    ),
    Command("numbers", "numbers:numbers", _("The numbers of a group, as its page says them.")),
    Command(
        "retention",
        "retention:retention",
        _("The cohort table of any file of members and times."),
        bare=True,
    ),
    Command("evaluate", "evaluate:evaluate", _("How right a judgement is, on known answers.")),
    Command("findings", "findings:findings", _("What the diagnosis says of a group.")),
    Command("demo", "demo:demo", _("A made-up community to look around in.")),
    Command("export", "export:export", _("Write a group's messages into a file.")),
    Command("rebuild", "rebuild:rebuild", _("Count everything anew from the messages.")),
    Command("bench", "bench:bench", _("How fast it is here, in ratios.")),
    Command("check", "check:check", _("Say what is wrong here and how to mend it."), bare=True),
    Command("link", "link:link", _("A one-time link that signs an owner in.")),
    Command("backup", "backup:backup", _("Write everything into one archive."), bare=True),
    Command("restore", "restore:restore", _("Bring a backup into an empty folder."), bare=True),
    Command("work", "work:work", _("Run one worker more.")),
    Command("gateway", "gateway:gateway", _("Keep connected platforms open.")),
    Command(
        "rotate", "rotate:rotate", _("Encrypt stored tokens and phone numbers with a new key.")
    ),
    Command("migrate", "migrate:migrate", _("Bring the database up to date.")),
)


def stopped() -> int:
    """Say that Ctrl-C ended a command that has nothing to put in order; the exit code."""
    sentence = gettext("Stopped. The same command begins anew.")
    if AS_JSON in sys.argv:
        typer.echo(object_of(sentence))
    else:
        typer.echo(sentence, err=True)
    return INTERRUPTED


class Commands(TyperGroup):
    """All commands; wrong usage is told to a script as everything else is, by an object."""

    def invoke(self, ctx: Any) -> Any:
        """Do it; Ctrl-C ends it with a sentence."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, typer.Abort):
            raise typer.Exit(stopped()) from None

    def main(self, args: Sequence[str] | None = None, *rest: Any, **how: Any) -> Any:
        """Do what the words say and end the process."""
        if AS_JSON not in (sys.argv[1:] if args is None else args):
            return super().main(args, *rest, **how)
        try:
            code = super().main(args, *rest, **{**how, "standalone_mode": False})
        except TyperException as error:
            typer.echo(object_of(error.format_message()))
            code = error.exit_code
        sys.exit(code)


def build(asked: str = "") -> typer.Typer:
    """The application; of all commands only `asked` is real, the others lend it their help."""
    speak_as_terminal()
    app = typer.Typer(
        name="weilu",
        cls=Commands,
        help=gettext("Weilu: see what goes on in your chat groups, and what to do next."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,
    )
    for one in COMMANDS:
        function = one.function() if one.name == asked else _listed
        app.command(one.name, help=gettext(one.help))(function)
    return app


def _listed() -> None:
    """Stand in help for a command that is not asked for."""


def main() -> None:
    """Entry of the installed command; what the machine is short of ends it with a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weilu.config.settings")
    # Whatever is written here holds what people said to one another: for its owner only.
    os.umask(0o077)
    # Loading the program makes much that stays and hardly any garbage.
    gc.disable()
    try:
        app = build(sys.argv[1] if len(sys.argv) > 1 else "")
        collect_seldom()
        app()
    except KeyboardInterrupt:
        # Before there was a command.
        sys.exit(stopped())
    except typer.Exit as ended:
        # A setting is wrong: that was said before there was a command to end.
        sys.exit(ended.exit_code)
    except Exception as error:
        sentence = sentence_for(error)
        if not sentence:
            raise
        if AS_JSON in sys.argv:
            typer.echo(object_of(sentence))
            sys.exit(1)
        sys.exit(sentence)


if __name__ == "__main__":
    main()
