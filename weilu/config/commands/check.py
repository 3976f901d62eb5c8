"""`weilu check`: what is wrong with this installation, in plain words, and how to mend it."""

from __future__ import annotations

import json
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

import typer

from weilu.config.commands import options
from weilu.config.commands.folder import RESTORING, runner
from weilu.config.options import Options
from weilu.config.speech import gettext as _
from weilu.config.speech import gettext_noop, ngettext

LOW_DISK_GB = 2.0
LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one look found; `mend` is empty when all is well."""

    name: str
    found: str
    mend: str = ""


def check(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("One JSON object for scripts."))
    ] = False,
) -> None:
    """Look the installation over; exit code 1 when something is wrong."""
    found = options()
    answers = list(look(found))
    wrong = [a for a in answers if a.mend]
    if as_json:
        typer.echo(json.dumps({"ok": not wrong, "answers": [asdict(a) for a in answers]}))
    else:
        for one in answers:
            typer.echo(f"{'✗' if one.mend else '✓'} {_(one.name)}: {one.found}")
            if one.mend:
                typer.echo(f"    → {one.mend}")
        typer.echo(_("%(count)s to mend.") % {"count": len(wrong)} if wrong else _("All is well."))
    raise typer.Exit(1 if wrong else 0)


def look(found: Options) -> Iterator[Answer]:
    """Every look in order; those into the database only when it can be reached."""
    yield python()
    yield folder(found)
    yield disk(found)
    yield key(found)
    yield address(found)
    yield running(found)
    try:
        import django  # noqa: PLC0415 - after the looks that need nothing

        django.setup()
        yield database()
        tables_made = tables()
    except Exception as error:
        mend = _("Is WEILU_DATABASE right and the server running?") if found.database else ""
        yield Answer(
            gettext_noop("database"),
            _("cannot be opened: %(error)s") % {"error": error},
            mend or _("See the folder above."),
        )
        return
    yield tables_made
    yield static_files(found)
    yield catalogues()
    if not tables_made.mend:
        for one in (clock, log_delivered, jobs_done, failures_waiting):
            yield one()


def python() -> Answer:
    """The running Python."""
    version = ".".join(str(n) for n in sys.version_info[:3])
    mend = (
        "" if sys.version_info >= (3, 11) else _("Install Python 3.11 or newer, then make install.")
    )
    return Answer(gettext_noop("python"), version, mend)


def folder(found: Options) -> Answer:
    """The data folder: there, writable, closed to others."""
    base = found.base
    if not base.is_dir():
        return Answer(
            gettext_noop("data folder"),
            _("%(folder)s is not there") % {"folder": base},
            _("weilu up makes it."),
        )
    try:
        probe = base / ".check"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Answer(
            gettext_noop("data folder"),
            f"{base}: {error.strerror}",
            _("chown it to you: %(folder)s") % {"folder": base},
        )
    if (base / RESTORING).exists():
        return Answer(
            gettext_noop("data folder"),
            _("a restore into %(folder)s was broken off") % {"folder": base},
            "weilu restore ARCHIVE",
        )
    if stat.S_IMODE(base.stat().st_mode) & 0o077:
        return Answer(
            gettext_noop("data folder"),
            _("%(folder)s is open to other users") % {"folder": base},
            f"chmod 700 {base}",
        )
    return Answer(gettext_noop("data folder"), _("%(folder)s is writable") % {"folder": base})


def disk(found: Options) -> Answer:
    """Free space where the data folder is."""
    place = next(p for p in (found.base, *found.base.parents) if p.exists())
    free = shutil.disk_usage(place).free / 1e9
    mend = _("Make room: imports and backups need some.") if free < LOW_DISK_GB else ""
    return Answer(gettext_noop("disk"), _("%(free)s GB free") % {"free": f"{free:.1f}"}, mend)


def key(found: Options) -> Answer:
    """The signing key: there and readable by its owner only."""
    path = found.secret_file
    if not path.is_file():
        return Answer(gettext_noop("secret key"), _("not made yet"), _("weilu up makes it."))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Answer(
            gettext_noop("secret key"), _("can be read by other users"), f"chmod 600 {path}"
        )
    return Answer(gettext_noop("secret key"), _("readable by its owner only"))


def address(found: Options) -> Answer:
    """Whether the settings of the way in fit together."""
    where = found.public_url or f"http://{found.host}:{found.port}"
    return Answer(gettext_noop("address"), where, next(_unfit(found), ""))


def _unfit(found: Options) -> Iterator[str]:
    """What does not fit in the settings of the way in, the worst first."""
    public = urlsplit(found.public_url)
    hosts = {host.strip() for host in found.allowed_hosts.split(",")}
    is_open = bool(found.public_url) or not _is_own(found.host)
    if found.debug and is_open:
        yield _("Take WEILU_DEBUG away: error pages show your data to whoever calls.")
    if public.scheme == "https" and not found.secure:
        yield _("WEILU_SECURE=true, or cookies go out unprotected.")
    if found.secure and not found.trusted_proxies:
        yield _(
            "WEILU_TRUSTED_PROXIES=1 for the proxy that does https: without it every page leads"
            " back to itself, for ever."
        )
    if public.hostname and public.hostname not in hosts and "*" not in hosts:
        yield _("Add %(host)s to WEILU_ALLOWED_HOSTS: no page opens under it.") % {
            "host": public.hostname
        }
    if "*" in hosts and is_open:
        yield _("Name the hosts in WEILU_ALLOWED_HOSTS: with * others can pass for this one.")


def _is_own(host: str) -> bool:
    """Whether only this machine can call at an address."""
    return host == "localhost" or host.startswith("127.") or host == "::1"


def running(found: Options) -> Answer:
    """Whether Weilu runs with the data folder; it need not, to be in order."""
    other = runner(found)
    if other is None:
        return Answer(gettext_noop("running"), _("no weilu up with this data folder"))
    return Answer(
        gettext_noop("running"),
        _("%(address)s, process %(process)s") % {"address": other[0], "process": other[1]},
    )


def database() -> Answer:
    """Whether the database answers, and which it is. Raises what the driver raises."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    version = "SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version"
    with connection.cursor() as cursor:
        cursor.execute(version)
        row = cursor.fetchone()
    return Answer(
        gettext_noop("database"),
        _("%(name)s %(version)s answers")
        % {
            "name": connection.display_name,
            "version": row[0] if row else "?",
        },
    )


def tables() -> Answer:
    """Whether every migration has been applied."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return Answer(
            gettext_noop("tables"),
            ngettext("%(count)s change to make", "%(count)s changes to make", len(missing))
            % {"count": len(missing)},
            "weilu migrate",
        )
    return Answer(gettext_noop("tables"), _("up to date"))


def static_files(found: Options) -> Answer:
    """Whether scripts and styles have been collected."""
    if not (found.base / "static" / "staticfiles.json").is_file():
        return Answer(
            gettext_noop("static files"), _("not collected"), _("make install, then weilu up")
        )
    return Answer(gettext_noop("static files"), _("collected"))


def catalogues() -> Answer:
    """Whether the interface's languages have been compiled."""
    from django.conf import settings  # noqa: PLC0415 - after django.setup()

    compiled = [p for folder in settings.LOCALE_PATHS for p in folder.rglob("*.mo")]
    if not compiled:
        return Answer(
            gettext_noop("languages"),
            _("not compiled: the interface is in English only"),
            "make install",
        )
    return Answer(gettext_noop("languages"), _("%(count)s compiled") % {"count": len(compiled)})


def clock() -> Answer:
    """Whether the clock has gone back behind what was stored already."""
    from weilu.core.clock import now  # noqa: PLC0415 - after django.setup()
    from weilu.core.models import LogRow  # noqa: PLC0415

    moment = now()
    newest = LogRow.objects.order_by("-pk").values_list("at", flat=True).first()
    shown = f"{moment:%Y-%m-%d %H:%M} UTC"
    mend = ""
    if newest is not None and newest > moment + LATE:
        mend = _(
            "What was stored last is of %(newest)s UTC: set the clock of this machine. What was"
            " planned by the wrong one may come late."
        ) % {"newest": f"{newest:%Y-%m-%d %H:%M}"}
    return Answer(gettext_noop("clock"), shown, mend)


def log_delivered() -> Answer:
    """Whether events are delivered in time."""
    from weilu.core.clock import now  # noqa: PLC0415 - after django.setup()
    from weilu.core.models import LogRow  # noqa: PLC0415

    late = LogRow.objects.filter(done_at=None, at__lt=now() - LATE).count()
    return _worker(gettext_noop("events"), late)


def jobs_done() -> Answer:
    """Whether due jobs are done in time."""
    from weilu.core.clock import now  # noqa: PLC0415 - after django.setup()
    from weilu.core.models import Job  # noqa: PLC0415

    wrong = Job.objects.filter(state="due", done_at__gt=now() + LATE).count()
    if wrong:
        return Answer(
            gettext_noop("jobs"),
            ngettext(
                "%(count)s was planned by a clock that stood wrong",
                "%(count)s were planned by a clock that stood wrong",
                wrong,
            )
            % {"count": wrong},
            _("Stop weilu up and start it again."),
        )
    late = Job.objects.filter(state="due", lease="", due_at__lt=now() - LATE).count()
    return _worker(gettext_noop("jobs"), late)


def _worker(name: str, late: int) -> Answer:
    minutes = int(LATE.total_seconds() // 60)
    if late:
        mend = _("No worker seems to run: weilu up, or weilu work.")
        return Answer(
            name,
            ngettext(
                "%(count)s waits for more than %(minutes)s minutes",
                "%(count)s wait for more than %(minutes)s minutes",
                late,
            )
            % {"count": late, "minutes": minutes},
            mend,
        )
    return Answer(name, _("none is late"))


def failures_waiting() -> Answer:
    """What failed and waits for a person."""
    from weilu.core.models import Delivery, Job  # noqa: PLC0415 - after django.setup()

    looks: list[tuple[str, Callable[[], int]]] = [
        (_("parked reactions"), Delivery.objects.filter(state="parked").count),
        (_("failed jobs"), Job.objects.filter(state="failed").count),
    ]
    found = [f"{count} {name}" for name, counted in looks if (count := counted())]
    if found:
        return Answer(
            gettext_noop("failures"), ", ".join(found), _("See “Failed tasks” in the console.")
        )
    return Answer(gettext_noop("failures"), _("none"))
