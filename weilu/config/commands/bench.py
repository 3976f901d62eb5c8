"""`weilu bench`: how fast the installation is, in ratios taken in one run."""

from __future__ import annotations

import sys
from importlib import import_module, util
from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import ready

BENCHES = (
    "accept", "grow", "import", "memory", "pages", "history", "search", "segments", "members",
    "goodwill", "groups", "join-link", "judge", "live",
)  # fmt: skip
_MODULES = {"import": "imports", "join-link": "join_link"}


def bench(
    name: Annotated[str, typer.Argument(help="Which one; without a known name they are listed.")],
    count: Annotated[
        int, typer.Option(help="Messages (grow: millions, live: seconds); 0: as documented.")
    ] = 0,
    rounds: Annotated[int, typer.Option(help="Interleaved rounds (accept only).")] = 3,
    database: Annotated[str, typer.Option(help="A PostgreSQL address; it is emptied.")] = "",
) -> None:
    """Measure; never fails on time, prints ratios."""
    if name not in BENCHES:
        typer.echo(f"There is no benchmark {name}; there are {', '.join(BENCHES)}.", err=True)
        raise typer.Exit(2)
    ready()
    root = str(Path(__file__).resolve().parents[3])
    if root not in sys.path:
        sys.path.insert(0, root)
    module = f"bench.{_MODULES.get(name, name)}"
    if not (Path(root) / "bench").is_dir() or util.find_spec(module) is None:
        typer.echo(
            f"The benchmark {name} lies in bench/ of the source, not in the package.", err=True
        )
        raise typer.Exit(2)
    run = import_module(module).run
    wished: dict[str, object] = {"count": count} if count else {}
    if name == "accept":
        wished["rounds"] = rounds
    if name in {"accept", "grow", "search", "segments", "members", "groups", "live"}:
        wished["address"] = database
    run(**wished)
