"""Who does what in a community: the posts, their holders, what is missing (A-7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Invalid, NotFound
from weilu.core.models import Seat
from weilu.members.models import Identity
from weilu.team.models import Post
from weilu.team.rules.roles import Layer, Role
from weilu.team.rules.structure import LAYERS, Hats, Held, gaps, hats

DUTY_CHARS = 200
NAME_CHARS = 60
MOST_POSTS = 100


@dataclass(frozen=True, slots=True)
class PostWords:
    """What a post is and who holds it: at most one of the three."""

    role: str
    duty: str = ""
    layer: str = ""
    user_id: int | None = None
    member_id: int | None = None
    somebody: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A post with its holder's name, "" for nobody; `member_id` where a member holds it."""

    post: Post
    name: str
    member_id: int | None

    @property
    def holder(self) -> str:
        """A key that is the same for the same person."""
        if self.post.user_id:
            return f"user {self.post.user_id}"
        return f"member {self.member_id}" if self.member_id else self.name.casefold()


@dataclass(frozen=True, slots=True)
class Structure:
    """The posts of a community by layer, what is missing, who wears several hats."""

    layers: dict[Layer, list[Standing]]
    gaps: tuple[Role, ...]
    hats: tuple[tuple[str, Hats], ...]

    @property
    def posts(self) -> int:
        """How many posts there are."""
        return sum(map(len, self.layers.values()))


def structure_of(viewer: Actor, community: Community) -> Structure:
    """The structure of a community; names of members only for who may see them."""
    viewer.require(Right.SEE_NUMBERS)
    if community.workspace_id != viewer.workspace_id:
        raise NotFound
    rows = Post.objects.filter(community=community).select_related("user", "identity__member")
    order = list(LAYERS)
    standing = sorted(
        (_standing(one, viewer) for one in rows[:MOST_POSTS]),
        key=lambda one: (order.index(Role(one.post.role)), one.post.pk),
    )
    held = [Held(Role(one.post.role), one.holder) for one in standing]
    called = {one.holder: one.name for one in standing}
    return Structure(
        {layer: [one for one in standing if one.post.layer == layer] for layer in Layer},
        gaps(held),
        tuple((called[one.holder], one) for one in hats(held)),
    )


def _standing(one: Post, viewer: Actor) -> Standing:
    if one.user is not None:
        return Standing(one, one.user.username, None)
    if one.identity is not None:
        member = one.identity.member
        return Standing(one, member.name if viewer.may(Right.SEE_MEMBERS) else "…", member.pk)
    return Standing(one, one.somebody, None)


def gaps_of(community_ids: Collection[int]) -> dict[int, tuple[Role, ...]]:
    """Needed roles that nobody holds, of many communities: one statement."""
    held: dict[int, list[Held]] = {pk: [] for pk in community_ids}
    rows = Post.objects.filter(community_id__in=list(held))
    columns = ("community_id", "role", "user_id", "identity_id", "somebody")
    for pk, role, user, identity, somebody in rows.values_list(*columns):
        held[pk].append(Held(Role(role), str(user or identity or somebody or "")))
    return {pk: gaps(found) for pk, found in held.items()}


def save_post(
    actor: Actor, said: PostWords, *, community: Community, pk: int | None = None
) -> Post:
    """Keep a post, new or changed.

    Raises Invalid (`bad_role`, `too_long`, `too_many`), NotFound.
    """
    actor.require(Right.PLAN)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    values = _values(actor, said)
    mine = Post.objects.filter(community=community)
    if pk is None:
        if mine.count() >= MOST_POSTS:
            raise Invalid("too_many", field="role")
        return Post.objects.create(
            workspace_id=actor.workspace_id, community=community, created_at=now(), **values
        )
    if not mine.filter(pk=pk).update(**values):
        raise NotFound
    return mine.get(pk=pk)


def _values(actor: Actor, said: PostWords) -> dict[str, object]:
    """The columns of a post, checked; raises Invalid, NotFound."""
    if said.role not in set(Role) or (said.layer and said.layer not in set(Layer)):
        raise Invalid("bad_role", field="role")
    if len(said.duty) > DUTY_CHARS or len(said.somebody) > NAME_CHARS:
        raise Invalid("too_long", field="duty")
    identity = None
    if said.member_id is not None:
        mine = Identity.objects.filter(member_id=said.member_id, workspace_id=actor.workspace_id)
        identity = mine.order_by("pk").first()
        if identity is None:
            raise NotFound
    seats = Seat.objects.filter(workspace_id=actor.workspace_id, user_id=said.user_id or 0)
    if said.user_id is not None and not seats.exists():
        raise NotFound
    return {
        "role": said.role,
        "layer": said.layer or LAYERS[Role(said.role)].value,
        "duty": said.duty.strip(),
        "user_id": said.user_id,
        "identity": identity if said.user_id is None else None,
        "somebody": "" if said.user_id or identity else said.somebody.strip(),
    }


def drop_post(actor: Actor, *, pk: int) -> int:
    """Take a post out of the structure; returns its community's id. Raises NotFound."""
    actor.require(Right.PLAN)
    one = post(actor, pk)
    one.delete()
    return one.community_id


def post(viewer: Actor, pk: int) -> Post:
    """One post; raises NotFound also when it is another workspace's."""
    viewer.require(Right.SEE_NUMBERS)
    mine = Post.objects.filter(pk=pk, workspace_id=viewer.workspace_id)
    found = mine.select_related("community", "identity__member", "user").first()
    if found is None:
        raise NotFound
    return found


def begin_structure(actor: Actor, *, community: Community, duties: Sequence[PostWords]) -> int:
    """Put up the posts a community needs and has not yet; returns how many were new."""
    actor.require(Right.PLAN)
    there = set(Post.objects.filter(community=community).values_list("role", flat=True))
    fresh = [one for one in duties if one.role not in there]
    for one in fresh:
        save_post(actor, one, community=community)
    return len(fresh)
