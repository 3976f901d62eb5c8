"""What `weilu import` does: in this process, no worker needed (K-4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import typer

from weilu.chat.imports.actions import (
    answer,
    cancel_import,
    checked_day,
    checked_zone,
    create_import,
    set_format,
    start_import,
)
from weilu.chat.imports.look import NOTHING_READ, look
from weilu.chat.models import Import, ImportBundle
from weilu.chat.ports import FORMATS, DayOrder, Question
from weilu.communities.models import Community
from weilu.config.commands import INTERRUPTED
from weilu.config.commands.brought import result
from weilu.config.commands.naming import which_one
from weilu.config.commands.running import ask, bar, end, prepare
from weilu.config.commands.waiting import is_underway, work
from weilu.config.speech import gettext as _
from weilu.config.speech import gettext_noop
from weilu.console.imports.preview import must_look_again, title_of
from weilu.console.imports.words import problem_sentence
from weilu.core.access import Actor, system
from weilu.core.clock import now
from weilu.core.errors import Invalid, WeiluError
from weilu.core.models import Job, Workspace
from weilu.core.people import home_workspace
from weilu.core.worker import drain
from weilu.groups.actions import ensure_group
from weilu.groups.models import Group

_SHOWN = 10


class NothingRead(Exception):
    """Files of which nothing could be read; its words say why, `run` is the import that failed."""

    def __init__(self, sentence: str, run: Import) -> None:
        super().__init__(sentence)
        self.run = run


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line said."""

    group: str
    zone: str
    first_day: str
    community: str
    asks: bool
    quiet: bool


def bring(paths: list[Path], forced: str, wish: Wish, *, as_json: bool) -> None:
    """Read files in and print what came of it; ends the command when nothing could be read."""
    prepare()
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        end(_("There is no file %(path)s.") % {"path": missing}, as_json=as_json)
    # Waiting at a pipe or a device for its end may take for ever.
    strange = next((path for path in paths if not (path.is_file() or path.is_dir())), None)
    if strange is not None:
        end(_("%(path)s is neither a file nor a folder.") % {"path": strange}, as_json=as_json)
    actor = system(home_workspace().pk)
    try:
        run = _import(actor, paths, forced, wish)
    except NothingRead as error:
        end(str(error), as_json=as_json, told=result(error.run))
    except WeiluError as error:
        end(_sentence(error), as_json=as_json)
    except OSError as error:
        told = {"path": error.filename, "reason": error.strerror}
        end(_("Cannot read %(path)s: %(reason)s.") % told, as_json=as_json)
    # A question is ended by Ctrl-C with a sign of its own.
    except (KeyboardInterrupt, typer.Abort):
        _stopped(actor, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(result(run), ensure_ascii=False))
    else:
        _show(result(run), _unread(run))


def _stopped(actor: Actor, *, as_json: bool) -> NoReturn:
    """Take back what is half read, leave what is all in; ends the command."""
    run = Import.objects.filter(workspace_id=actor.workspace_id, by=None).order_by("-pk").first()
    if run is not None and run.state == Import.State.DONE and is_underway(run):
        sentence = _(
            "Stopped. The files are read in; who answers whom, themes and findings are worked out"
            " by the next weilu up, weilu work or weilu import."
        )
        end(sentence, as_json=as_json, code=INTERRUPTED, told=result(run))
    _take_back(actor, run)
    sentence = _("Stopped. What was read of these files was taken back.")
    end(sentence, as_json=as_json, code=INTERRUPTED)


def _take_back(actor: Actor, run: Import | None) -> None:
    """Cancel what this process was importing; the worker does what a second Ctrl-C prevents."""
    going = {Import.State.UPLOADED, Import.State.LOOKING, Import.State.READY, Import.State.RUNNING}
    if run is None or run.state not in going:
        return
    cancel_import(actor, run=run)
    # It was this process that read; nobody holds the job now.
    Job.objects.filter(name="run_import", key=str(run.pk)).update(lease="", leased_until=None)
    drain()


_SENTENCES = {
    "unknown_zone": gettext_noop(
        "Nobody knows this time zone; write it like Asia/Shanghai or UTC."
    ),
    "group_name_missing": gettext_noop(
        "The files do not say which group they are of; name it with --group."
    ),
    "nothing_to_import": gettext_noop("Nothing in these files could be read as chat history."),
    "unknown_day": gettext_noop("This is no day; write it like 2024-01-31."),
    "columns_missing": gettext_noop(
        "The columns of this table are not clear; map them on the import page."
    ),
}


def _sentence(error: WeiluError) -> str:
    code = error.code if isinstance(error, Invalid) else str(error)
    if code == "unknown_format":
        known = ", ".join(sorted(FORMATS.formats))
        return _("There is no such format; known are %(known)s.") % {"known": known}
    return _(_SENTENCES.get(code, code))


def _import(actor: Actor, paths: list[Path], forced: str, wish: Wish) -> Import:
    """Look, settle what is open, read in, run what follows."""
    workspace = Workspace.objects.get(pk=actor.workspace_id)
    zone = checked_zone(wish.zone) if wish.zone else ""
    where = _existing_community(actor, wish)
    run = create_import(
        actor, paths=[p.resolve() for p in paths], zone=zone or workspace.time_zone, community=where
    )
    if forced:
        set_format(actor, run=run, name=forced)
    bundles = _look(run, wish)
    Import.objects.filter(pk=run.pk).update(state=Import.State.READY)
    if not any(map(_promises, bundles)):
        _give_up(run, bundles)
    bundles, zone = _settle(actor, run, bundles, wish, zone or workspace.time_zone)
    where = where or _new_community(actor, bundles, wish, zone)
    if wish.group:
        _put_into(actor, where, bundles, wish.group)
    start_import(actor, run=run, community=where)
    if not work(run, quiet=wish.quiet):
        typer.echo(
            _("Who answers whom, themes and findings could not be worked out; it is tried again."),
            err=True,
        )
    bundles = list(ImportBundle.objects.filter(run=run).order_by("position"))
    if not any(b.state == ImportBundle.State.DONE for b in bundles):
        _give_up(run, bundles)
    return run


def _promises(one: ImportBundle) -> bool:
    """Whether an export holds anything; of a table nobody has told the columns of, who knows."""
    holds = bool(one.found.get("chats")) or Question.COLUMNS in one.asks
    return one.state == ImportBundle.State.READY and holds


def _look(run: Import, wish: Wish) -> list[ImportBundle]:
    """The exports in the files, in reading order, as they read with what is answered so far."""
    with bar(_("Looking"), quiet=wish.quiet) as moved:
        look(run, lambda done: _moved(moved, done))
    return list(ImportBundle.objects.filter(run=run).order_by("position"))


def _moved(bar: dict[str, float], done: float) -> bool:
    bar["done"] = done
    return True


def _give_up(run: Import, bundles: list[ImportBundle]) -> None:
    """End an import with nothing to read; raises NothingRead that says why."""
    problems = [*run.problems, *(p for b in bundles for p in b.problems)]
    Import.objects.filter(pk=run.pk).update(
        state=Import.State.FAILED, finished_at=now(), error=NOTHING_READ
    )
    places = " ".join(problem_sentence(p) for p in problems[:3])
    nothing = _("Nothing in these files could be read as chat history.")
    run.refresh_from_db()
    raise NothingRead(f"{nothing} {places}".strip(), run)


def _existing_community(actor: Actor, wish: Wish) -> Community | None:
    """The named community, that of the named group, or the one last brought history to."""
    mine = Community.objects.filter(workspace_id=actor.workspace_id, is_demo=False)
    if wish.community:
        return mine.filter(name=wish.community).first()
    if wish.group:
        group = _group_named(actor, wish.group)
        if group is not None:
            return group.community
    last = (
        Import.objects.filter(workspace_id=actor.workspace_id, community__is_demo=False)
        .order_by("-pk")
        .select_related("community")
        .first()
    )
    return last.community if last else mine.order_by("pk").first()


def _group_named(actor: Actor, name: str, platform: str = "") -> Group | None:
    """A group by name, one of the platform before others.

    `id:12` is the group of this number. Raises Invalid when there is none of it, or when the
    platform has several of the name; without a platform the oldest is taken.
    """
    if name.startswith("id:") and name[3:].isdecimal():
        mine = Group.objects.filter(workspace_id=actor.workspace_id).select_related("community")
        found = mine.filter(pk=int(name[3:])).first()
        if found is None:
            raise Invalid(_("There is no group %(name)s.") % {"name": name}, field="group")
        return found
    named = Group.objects.filter(workspace_id=actor.workspace_id, name=name).select_related(
        "community"
    )
    groups = list(named.order_by("pk"))
    here = [g for g in groups if g.platform == platform] or groups
    if len(here) > 1 and platform:
        raise Invalid(which_one(name, here), field="group")
    return here[0] if here else None


def _new_community(actor: Actor, bundles: list[ImportBundle], wish: Wish, zone: str) -> Community:
    """A community named as wished, or after the first group."""
    names = [c["group"] or c["name"] for b in bundles for c in b.chats]
    name = wish.community or wish.group or next((n for n in names if n), "") or bundles[0].label
    return Community.objects.get_or_create(
        workspace_id=actor.workspace_id, name=name[:120], defaults={"time_zone": zone}
    )[0]


def _settle(
    actor: Actor, run: Import, bundles: list[ImportBundle], wish: Wish, zone: str
) -> tuple[list[ImportBundle], str]:
    """Ask what only a person knows, where somebody is there; the exports as answered, the zone."""
    ready = [b for b in bundles if b.state == ImportBundle.State.READY]
    if wish.asks and not wish.zone and any(Question.ZONE in b.asks for b in ready):
        zone = checked_zone(ask(_("Time zone of the times in the files"), zone))
    said: dict[int, dict[str, Any]] = {}
    for one in ready:
        # A table nobody can ask about stays out; the others are read.
        is_unclear = Question.COLUMNS in one.asks and not one.chats
        if is_unclear and len(ready) == 1:
            raise Invalid("columns_missing", field="columns")
        said[one.pk] = {
            "skip": is_unclear,
            "day_order": _day_order(one, wish),
            "first_day": _first_day(one, wish),
            "groups": _group_names(one, wish),
        }
    answer(actor, run=run, zone=zone, bundles=said)
    if must_look_again(ready, said):
        by_place = {one.position: said[one.pk] for one in ready}
        again = _look(run, wish)
        said = {b.pk: by_place[b.position] for b in again if b.position in by_place}
        answer(actor, run=run, zone=zone, bundles=said)
    return list(ImportBundle.objects.filter(run=run).order_by("position")), zone


def _day_order(one: ImportBundle, wish: Wish) -> str:
    if Question.DAY_ORDER not in one.asks:
        return ""
    guess = str(one.guesses.get("day_order") or DayOrder.DMY)
    if not wish.asks:
        return guess
    return ask(
        _("Order of day and month in %(file)s (dmy, mdy, ymd)") % {"file": title_of(one)}, guess
    )


def _first_day(one: ImportBundle, wish: Wish) -> str:
    """The day on which a file without dates begins: as wished, as asked or as guessed."""
    if Question.FIRST_DAY not in one.asks:
        return ""
    if wish.first_day:
        return checked_day(wish.first_day)
    told = {"file": title_of(one), "day": str(one.guesses["first_day"])}
    if wish.asks:
        return ask(_("Day of the first message in %(file)s (YYYY-MM-DD)") % told, told["day"])
    typer.echo(
        _("%(file)s has no dates: taken to begin on %(day)s; say another day with --first-day.")
        % told,
        err=True,
    )
    return told["day"]


def _group_names(one: ImportBundle, wish: Wish) -> dict[int, str]:
    """A name for each of the bundle's groups that has none."""
    if wish.group:
        return dict.fromkeys(range(len(one.chats)), wish.group)
    names: dict[int, str] = {}
    for k, chat in enumerate(one.chats):
        if not chat["name"]:
            guess = chat["group"] or one.label
            question = _("Name of the group in %(file)s") % {"file": title_of(one)}
            names[k] = ask(question, guess) if wish.asks else guess
    return names


def _put_into(actor: Actor, where: Community, bundles: list[ImportBundle], name: str) -> None:
    """Let every chat of the import go into the group of this name, made when there is none."""
    chats = [c for b in bundles for c in b.chats if b.state == ImportBundle.State.READY]
    if not chats:
        return
    first = chats[0]
    group = _group_named(actor, name, first["platform"])
    if group is None:
        key = first["key"] if len(chats) == 1 and not _is_taken(actor, first) else ""
        group = ensure_group(
            actor, community=where, platform=first["platform"], external_key=key, name=name
        )
    for one in bundles:
        one.chats = [{**c, "group_id": group.pk} for c in one.chats]
        one.save(update_fields=["chats"])


def _is_taken(actor: Actor, chat: dict[str, Any]) -> bool:
    """Whether another group has the chat's key already."""
    return Group.objects.filter(
        workspace_id=actor.workspace_id, platform=chat["platform"], external_key=chat["key"]
    ).exists()


def _unread(run: Import) -> list[str]:
    """What could not be read, as sentences: whole files first, then places; at most ten."""
    bundles = ImportBundle.objects.filter(run=run).order_by("position")
    problems = [*run.problems, *(p for b in bundles for p in b.problems)]
    unclear = [b for b in bundles if b.state == ImportBundle.State.SKIPPED]
    # Named first: where strings in strings are read as code, its name would pass for words to say.
    why = _SENTENCES["columns_missing"]
    left_out = [f"{title_of(b)}: {_(why)}" for b in unclear]
    return [*left_out, *(problem_sentence(p) for p in problems)][:_SHOWN]


def _show(told: dict[str, Any], unread: list[str]) -> None:
    """Say what came of it; what could not be read goes to stderr."""
    shown = {k: f"{v:,}" if isinstance(v, int) else v or "–" for k, v in told.items()}
    typer.echo(
        _(
            "Messages: %(messages)s. People: %(people)s. Groups: %(groups)s."
            " From %(first)s to %(last)s."
        )
        % shown
    )
    typer.echo(
        _(
            "Joined: %(joins)s. Left: %(leaves)s. Known already: %(duplicates)s."
            " Places that could not be read: %(unreadable)s."
        )
        % shown
    )
    for sentence in unread:
        typer.echo(sentence, err=True)
