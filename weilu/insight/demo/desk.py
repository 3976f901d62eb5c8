"""Lays the demo's desk, once: what a shop has planned, hung up, noted and is about to do."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.db import transaction

from weilu.communities.blueprint.actions import (
    choose_platform,
    judge_fit,
    save_platform_answers,
)
from weilu.communities.kit.pieces import drafts_of, save_kit
from weilu.communities.models import Community
from weilu.core.access import Actor, Role, system
from weilu.core.clock import now
from weilu.core.errors import Conflict
from weilu.core.models import Seat
from weilu.groups.models import Group
from weilu.insight.demo import words
from weilu.insight.demo.made import Made
from weilu.insight.demo.members import know_members
from weilu.insight.demo.people import Cast, cast_of
from weilu.insight.demo.sending import send_and_hear
from weilu.insight.demo.visits import hang_up_links
from weilu.insight.models import DemoDesk
from weilu.insight.people.seeding import candidates
from weilu.moderation.policies import Wish as Policy
from weilu.moderation.policies import set_policy
from weilu.moderation.rules.ladder import USUAL, stored
from weilu.service.companions import name_companion
from weilu.service.greetings import Wish as Greeting
from weilu.service.greetings import set_greeting
from weilu.team.models import Seed
from weilu.team.rules.roles import Role as Post
from weilu.team.seeds import add_seeds, seeds_of, set_state
from weilu.team.structure import PostWords, save_post

# How far it is with the first of the invitation list.
INVITED = (Seed.State.IN, Seed.State.IN, Seed.State.AGREED, Seed.State.INVITED, Seed.State.NO)
SEEDS, COMPANIONS = 12, 2


def lay_desk(community: Community) -> bool:
    """Lay the desk of a demo whose people are known; False when it is laid or there is nobody.

    All or nothing, so twice is once. Where something of one of its names is there already, it
    stays empty: the house is in use. It stays unlaid where a group of the story is called
    otherwise by now, or gone.
    """
    cast = cast_of(community)
    groups = {one.name: one for one in Group.objects.filter(community=community)}
    if not (community.is_demo and groups.keys() >= set(words.GROUPS)):
        return False
    if len(cast.regulars) < SEEDS:
        return False
    with transaction.atomic():
        desk, is_new = DemoDesk.objects.get_or_create(
            community=community, defaults={"workspace_id": community.workspace_id}
        )
        if not is_new:
            return False
        try:
            with transaction.atomic():
                desk.made = _laid(community, groups, cast).ids
        except Conflict:
            return False
        desk.save(update_fields=["made"])
    return True


def _laid(community: Community, groups: Mapping[str, Group], cast: Cast) -> Made:
    """Lay everything; what of it stands outside the community. Raises Conflict."""
    actor, made = _shopkeeper(community.workspace_id), Made()
    _plan(actor, community)
    _staff(actor, community, cast)
    _seed(actor, community, cast)
    here = now().astimezone(ZoneInfo(community.time_zone)).date()
    know_members(actor, groups, cast, made, here)
    hang_up_links(actor, community, groups[words.NEWCOMERS_GROUP])
    send_and_hear(actor, community, groups)
    return made


def _shopkeeper(workspace_id: int) -> Actor:
    """The first owner of the workspace; Weilu itself where nobody has signed in yet."""
    seats = Seat.objects.filter(workspace_id=workspace_id, role=Role.OWNER.value)
    user_id = seats.order_by("pk").values_list("user_id", flat=True).first()
    return Actor(workspace_id, Role.OWNER, user_id) if user_id else system(workspace_id)


def _plan(actor: Actor, community: Community) -> None:
    """What was asked before the doors opened, and what was written for it."""
    judge_fit(actor, community=community, answers=words.FIT)
    save_platform_answers(actor, community=community, answers=words.PLATFORM)
    choose_platform(actor, community=community, platform="wechat")
    save_kit(actor, community=community, texts=drafts_of(actor, community, "zh"))
    policy = Policy(is_on=True, ladder=stored(USUAL), window_days=30, recalls=True)
    set_policy(actor, community=community, wish=policy)
    greeting = Greeting(is_on=True, text=words.GREETING, label=words.GREETER)
    set_greeting(actor, community=community, group=None, wish=greeting)


def _staff(actor: Actor, community: Community, cast: Cast) -> None:
    """Who does what, and who keeps newcomers company."""
    holders = {
        **dict.fromkeys((Post.LEAD, Post.SOUL), cast.staff.get(words.OWNER)),
        **dict.fromkeys((Post.STEWARD, Post.SERVICE), cast.staff.get(words.CLERK)),
        Post.EXPERT: cast.regulars[0],
    }
    for role, duty in words.DUTIES.items():
        said = PostWords(role.value, duty, member_id=holders.get(role))
        save_post(actor, said, community=community)
    for member_id in cast.regulars[1 : 1 + COMPANIONS]:
        name_companion(actor, community=community, member_id=member_id)


def _seed(actor: Actor, community: Community, cast: Cast) -> None:
    """The invitation list, with answers of the first on it."""
    best = candidates(actor, most=SEEDS, among=cast.everybody)
    add_seeds(actor, community=community, reasons={one.member_id: one.reasons for one in best})
    for row, state in zip(seeds_of(actor, community), INVITED, strict=False):
        set_state(actor, pks=[row.seed.pk], state=state)
