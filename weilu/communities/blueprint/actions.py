"""Writes to a community's plan: its steps, its versions, the answers to the questionnaires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import IntegrityError, transaction

from weilu.communities.actions import NAME_CHARS, rename_community
from weilu.communities.blueprint.models import Canvas, CanvasVersion, FitCheck, PlatformPlan
from weilu.communities.blueprint.queries import kept_sheet, sheet_in
from weilu.communities.blueprint.rules import fit
from weilu.communities.blueprint.rules.canvas import (
    FIELDS,
    LINE_CHARS,
    MOST_THEMES,
    TEXT_CHARS,
    Kind,
    Sheet,
    Step,
    Tier,
    Value,
    filled,
    mark_of,
    plain,
)
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.communities import (
    CommunityPlanned,
    FitJudged,
    PlanKept,
    PlatformChosen,
    ThemesChanged,
)

NOTE_CHARS = 200
PLATFORM_CHARS = 20
_MOST_CHARS = {"voice": LINE_CHARS, "name": NAME_CHARS}
_CHOICES = {"kind": frozenset(Kind), "tier": frozenset(Tier)}


def plan_community(actor: Actor, *, name: str, time_zone: str) -> Community:
    """Begin a community that has no groups yet; announces CommunityPlanned.

    Raises Invalid without a name, Conflict `community_name_taken` when there is one of that name.
    """
    actor.require(Right.PLAN)
    short = name.strip()[:NAME_CHARS].strip()
    if not short:
        raise Invalid("community_name_missing", field="name")
    try:
        with transaction.atomic():
            made = Community.objects.create(
                workspace_id=actor.workspace_id, name=short, time_zone=time_zone
            )
            announce(CommunityPlanned(workspace_id=actor.workspace_id, community_id=made.pk))
    except IntegrityError as error:
        raise Conflict("community_name_taken") from error
    return made


def save_step(
    actor: Actor, *, community: Community, step: Step, said: Mapping[str, object], seen: str
) -> Sheet:
    """Keep what one step says; the sheet as it is now.

    `said` holds the step's fields. `seen` is `mark_of` the step the writer started from. Raises
    Conflict `changed_meanwhile` when somebody else wrote the step since, Invalid (`too_long`,
    `bad_choice`; the name's own), NotFound. Announces ThemesChanged when the themes are others.
    """
    _may(actor, community)
    kept = _checked(step, said)
    with transaction.atomic():
        row = _locked(actor, community)
        before = sheet_in(row, _name(community))
        after = replace(before, **kept)  # type: ignore[arg-type]  # checked field by field
        if after == before:
            return before
        if mark_of(before, step) != seen and row.touched.get(step) not in {None, actor.user_id}:
            raise Conflict("changed_meanwhile")
        if step is Step.NAME:
            rename_community(actor, community=community, name=after.name)
        _write(actor, row, {step: kept})
        if after.themes != before.themes:
            announce(ThemesChanged(workspace_id=actor.workspace_id, community_id=community.pk))
    return after


def begin_with(
    actor: Actor, *, community: Community, trade: str, start: Sheet, anew: bool = False
) -> Sheet:
    """Take a plan to begin with: into what is still empty, or `anew` over everything but the name.

    Anew, what was written is first kept as a version. Announces ThemesChanged and PlanKept as due.
    """
    _may(actor, community)
    with transaction.atomic():
        row = _locked(actor, community)
        before = sheet_in(row, _name(community))
        if anew and any(step is not Step.NAME for step in filled(before)):
            _keep(actor, community, before, "")
        taken: dict[Step, Mapping[str, object]] = {
            step: {name: getattr(start, name) for name in names}
            for step, names in FIELDS.items()
            if step is not Step.NAME and (anew or not any(getattr(before, n) for n in names))
        }
        _write(actor, row, taken, trade=trade)
        after = sheet_in(row, before.name)
        if after.themes != before.themes:
            announce(ThemesChanged(workspace_id=actor.workspace_id, community_id=community.pk))
    return after


def keep_plan(actor: Actor, *, community: Community, note: str = "") -> CanvasVersion:
    """Keep the sheet as the plan from today; the same as the newest version makes no other.

    Announces PlanKept. Raises Invalid `plan_empty` while nothing but the name is written.
    """
    _may(actor, community)
    if len(note.strip()) > NOTE_CHARS:
        raise Invalid("too_long", field="note")
    with transaction.atomic():
        row = _locked(actor, community)
        sheet = sheet_in(row, _name(community))
        if not any(step is not Step.NAME for step in filled(sheet)):
            raise Invalid("plan_empty", field="note")
        return _keep(actor, community, sheet, note.strip())


def take_version(actor: Actor, *, community: Community, version: int) -> CanvasVersion:
    """Go back to a kept plan, the name apart; what was written is kept as a version first.

    The plan of that day is then in force again, as a new version. Announces PlanKept and
    ThemesChanged as due. Raises NotFound without that version, Conflict `plan_is_that` when the
    sheet says the same already.
    """
    _may(actor, community)
    with transaction.atomic():
        row = _locked(actor, community)
        before = sheet_in(row, _name(community))
        found = CanvasVersion.objects.filter(community=community, version=version).first()
        if found is None:
            raise NotFound
        wanted = replace(kept_sheet(found), name=before.name)
        if wanted == before:
            raise Conflict("plan_is_that")
        if any(step is not Step.NAME for step in filled(before)):
            _keep(actor, community, before, "")
        said: dict[Step, Mapping[str, object]] = {
            step: {name: getattr(wanted, name) for name in names}
            for step, names in FIELDS.items()
            if step is not Step.NAME
        }
        _write(actor, row, said)
        made = _keep(actor, community, wanted, "")
        if wanted.themes != before.themes:
            announce(ThemesChanged(workspace_id=actor.workspace_id, community_id=community.pk))
    return made


def _keep(actor: Actor, community: Community, sheet: Sheet, note: str) -> CanvasVersion:
    newest = CanvasVersion.objects.filter(community=community).order_by("-version").first()
    if newest is not None and kept_sheet(newest) == sheet:
        return newest
    made = CanvasVersion.objects.create(
        community=community,
        workspace_id=actor.workspace_id,
        version=(newest.version if newest else 0) + 1,
        sheet=plain(sheet),
        note=note,
        by_id=actor.user_id,
        at=now(),
    )
    announce(
        PlanKept(workspace_id=actor.workspace_id, community_id=community.pk, version=made.version)
    )
    return made


def judge_fit(actor: Actor, *, community: Community, answers: Mapping[str, int]) -> fit.Fit:
    """Keep the answers about the product; what comes of them. Announces FitJudged.

    Raises Invalid `answer_all` while a question is open.
    """
    _may(actor, community)
    if not fit.is_complete(answers):
        raise Invalid("answer_all", field="")
    given = {question.value: answers[question] for question in fit.ALL_QUESTIONS}
    result = fit.judge(given)
    with transaction.atomic():
        FitCheck.objects.update_or_create(
            community=community,
            defaults={
                "workspace_id": actor.workspace_id,
                "answers": given,
                "points": result.points,
                "most": result.most,
                "verdict": result.verdict,
                "by_id": actor.user_id,
                "at": now(),
            },
        )
        announce(
            FitJudged(
                workspace_id=actor.workspace_id,
                community_id=community.pk,
                verdict=result.verdict.value,
            )
        )
    return result


def save_platform_answers(
    actor: Actor, *, community: Community, answers: Mapping[str, object]
) -> None:
    """Keep what is asked of a platform; what was chosen stays."""
    _may(actor, community)
    PlatformPlan.objects.update_or_create(
        community=community,
        defaults={
            "workspace_id": actor.workspace_id,
            "answers": dict(answers),
            "by_id": actor.user_id,
            "at": now(),
        },
    )


def choose_platform(actor: Actor, *, community: Community, platform: str) -> None:
    """Say where the community is to live, "" for not yet; announces PlatformChosen on a change."""
    _may(actor, community)
    if len(platform) > PLATFORM_CHARS:
        raise Invalid("bad_choice", field="platform")
    with transaction.atomic():
        row, _is_new = PlatformPlan.objects.get_or_create(
            community=community,
            defaults={"workspace_id": actor.workspace_id, "at": now(), "by_id": actor.user_id},
        )
        mine = PlatformPlan.objects.filter(pk=row.pk).exclude(chosen=platform)
        if mine.update(chosen=platform, by_id=actor.user_id, at=now()):
            announce(
                PlatformChosen(
                    workspace_id=actor.workspace_id,
                    community_id=community.pk,
                    platform=platform,
                )
            )


def _may(actor: Actor, community: Community) -> None:
    actor.require(Right.PLAN)
    if community.workspace_id != actor.workspace_id:
        raise NotFound


def _locked(actor: Actor, community: Community) -> Canvas:
    """The row of the canvas, held until the transaction ends; made when there is none."""
    Canvas.objects.get_or_create(
        community=community,
        defaults={"workspace_id": actor.workspace_id, "changed_at": now()},
    )
    return Canvas.objects.select_for_update().get(community=community)


def _name(community: Community) -> str:
    """The name as it is by now."""
    return Community.objects.values_list("name", flat=True).get(pk=community.pk)


def _write(
    actor: Actor, row: Canvas, said: Mapping[Step, Mapping[str, object]], *, trade: str = ""
) -> None:
    """Put the fields of steps into the row, and who did."""
    for step, fields in said.items():
        row.touched[step.value] = actor.user_id
        for name, value in fields.items():
            if name != "name":
                setattr(row, name, value)
    row.trade = trade or row.trade
    row.changed_at = now()
    row.changed_by_id = actor.user_id
    row.save()


def _checked(step: Step, said: Mapping[str, object]) -> dict[str, object]:
    """The fields of a step, trimmed; a field that was not sent is left as it is."""
    kept: dict[str, object] = {}
    for name in FIELDS[step]:
        if name in said:
            kept[name] = _promises(said[name]) if name == "promises" else _text(name, said[name])
    return kept


def _text(name: str, value: object) -> str:
    text = str(value).replace("\r\n", "\n").strip()
    if name in _CHOICES and text and text not in _CHOICES[name]:
        raise Invalid("bad_choice", field=name)
    if len(text) > _MOST_CHARS.get(name, TEXT_CHARS):
        raise Invalid("too_long", field=name)
    if name == "themes" and len([line for line in text.splitlines() if line.strip()]) > MOST_THEMES:
        raise Invalid("too_many_themes", field=name)
    return text


def _promises(value: object) -> dict[str, str]:
    """Values given, in the order of the handbook, each with how."""
    if not isinstance(value, Mapping) or set(value) - set(Value):
        raise Invalid("bad_choice", field="promises")
    kept = {one.value: str(value[one]).strip() for one in Value if one in value}
    if any(len(how) > LINE_CHARS for how in kept.values()):
        raise Invalid("too_long", field="promises")
    return kept
