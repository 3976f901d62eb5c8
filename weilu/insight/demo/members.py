"""What the shop knows of its members: tags, segments, stages, a field, a circle, notes, company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from weilu.core.access import Actor
from weilu.groups.models import Group
from weilu.insight.demo import words
from weilu.insight.demo.made import Made
from weilu.insight.demo.people import Cast, loudest_in
from weilu.insight.people.segments import recount
from weilu.insight.people.starts import QUIET_REGULARS, SILENT_NEWCOMERS
from weilu.members.actions.circles import add_to_circle, save_circle
from weilu.members.actions.facts import add_field, fill_field
from weilu.members.actions.notes import Agreed, give_consent, write_note
from weilu.members.actions.segments import keep_tag, save_segment
from weilu.members.actions.standing import Plan, keep_company, move_to_stage, save_own_stage
from weilu.members.actions.tags import TagWords, put_on, save_tag, save_tag_group
from weilu.members.models import Colour, Company, Consent, Field
from weilu.members.segments.trees import Branch, plain

# A circle, a tag, a field and so on are on so many.
IN_CIRCLE, LIKE_IT, TASTED, FILLED = 12, 26, 40, 16
EVERY_DAYS, ACCOMPANIED, DUE = 14, 6, 2


def know_members(
    actor: Actor, groups: Mapping[str, Group], cast: Cast, made: Made, today: date
) -> None:
    """Write down what the shop knows, and remember what of it stands outside the community."""
    connoisseurs = loudest_in(groups[words.ROCK_TEA_GROUP], cast)
    connoisseurs = [*connoisseurs, *(pk for pk in cast.regulars if pk not in connoisseurs)]
    _tags_and_segments(actor, connoisseurs, cast, made)
    _stages(actor, cast, made)
    field = add_field(actor, name=words.FIELD, kind=Field.Kind.CHOICE, choices=words.TEAS)
    typed = {pk: words.TEAS[n % len(words.TEAS)] for n, pk in enumerate(connoisseurs[:FILLED])}
    fill_field(actor, field_id=field.pk, typed=typed)
    circle = save_circle(actor, name=words.CIRCLE, note=words.CIRCLE_NOTE)
    add_to_circle(actor, circle_id=circle.pk, member_ids=connoisseurs[:IN_CIRCLE])
    made.note(field, circle)
    _notes(actor, cast, made, today)
    _company(actor, cast, made, today)


def _tags_and_segments(actor: Actor, connoisseurs: list[int], cast: Cast, made: Made) -> None:
    group = save_tag_group(actor, name=words.TAG_GROUP, colour=Colour.AMBER)
    made.note(group)
    likes, ask_after, tasted = (
        save_tag(actor, TagWords(name, group.pk, days))
        for name, days in (
            (words.LIKES_ROCK_TEA, None),
            (words.TO_ASK_AFTER, None),
            (words.TASTED, words.TASTED_DAYS),
        )
    )
    made.note(likes, ask_after, tasted)
    put_on(actor, tag_id=likes.pk, member_ids=connoisseurs[:LIKE_IT])
    put_on(actor, tag_id=tasted.pk, member_ids=cast.regulars[:TASTED])
    trees: dict[str, Branch] = {
        words.SILENT_NEWCOMERS: SILENT_NEWCOMERS,
        words.GONE_QUIET: QUIET_REGULARS,
        words.ROCK_TEA_FRIENDS: words.friends_tree(likes.pk),
    }
    for name, tree in trees.items():
        segment = save_segment(actor, name=name, tree=plain(tree))
        made.note(segment)
        recount(actor, segment)
        if name == words.GONE_QUIET:
            keep_tag(actor, segment_id=segment.pk, tag_id=ask_after.pk)


def _stages(actor: Actor, cast: Cast, made: Made) -> None:
    at = 0
    for position, (name, colour, many) in enumerate(words.STAGES):
        stage = save_own_stage(actor, name=name, colour=colour, position=position)
        made.note(stage)
        # The oldest friends stand in the last.
        for pk in cast.regulars[len(cast.regulars) - at - many : len(cast.regulars) - at]:
            move_to_stage(actor, member_id=pk, stage_id=stage.pk)
        at += many


def _notes(actor: Actor, cast: Cast, made: Made, today: date) -> None:
    given_on = today - timedelta(days=40)
    agreed = Agreed(Consent.Purpose.CONTACT, Consent.Way.CHAT, words.AGREED, given_on)
    for pk, text in zip(cast.regulars, words.NOTES, strict=False):
        made.note(write_note(actor, member_id=pk, text=text))
        made.note(give_consent(actor, agreed, member_id=pk, today=today))


def _company(actor: Actor, cast: Cast, made: Made, today: date) -> None:
    """Some are kept company; a few contacts are due today, the others in the days to come."""
    plan = Plan(Company.Mode.PARTNER, actor.user_id, EVERY_DAYS)
    for n, pk in enumerate(cast.regulars[:ACCOMPANIED]):
        later = timedelta(days=0 if n < DUE else n)
        made.note(keep_company(actor, plan, member_id=pk, today=today + later))
