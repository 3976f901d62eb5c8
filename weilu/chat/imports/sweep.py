"""After an import was taken back: groups, people and names that nothing else has brought go too.

What has no trace of anything left is what nobody brings any more; so the work looks at what there
is, not at what was once done, and may be killed anywhere and run any number of times. What an
operator said of somebody (marks, merges, decided suggestions) and whatever rows of other packages
point at keep a person or a group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, ForeignKey, Model, OuterRef, Q, QuerySet

from weilu.chat.imports.run import UNNAMED
from weilu.chat.imports.undo import is_anyone_reading
from weilu.chat.models import Batch, Import, ImportBundle, Message, StageDebt
from weilu.communities.models import Community
from weilu.core.changes import EVERYTHING, note_change
from weilu.groups.models import Group, Participation
from weilu.members.models import Alias, Erasure, Identity, Member, Merge, Suggestion
from weilu.members.rules.names import fold_name

_AT_ONCE = 500
# Packages whose rows about groups and people are worked out from messages.
_DERIVED = frozenset({"chat", "members", "groups", "insight", "service"})
# But what people of the team wrote of a member is nobody's to throw away.
_WRITTEN = frozenset(
    {
        "members.tagging", "members.note", "members.fact", "members.consent",
        "members.prizeverdict", "members.circlemember",
        "members.tierword", "members.staying", "members.company", "members.contact",
        "members.customer",
    }
)  # fmt: skip
# Elsewhere: how far a package has looked through a group.
_BOOKKEEPING = frozenset({"moderation.check"})

# Removes some of a workspace's; whether there may be more.
Step = Callable[[int], bool]


def sweep(workspace_id: int) -> bool:
    """Remove what has been left behind; False when it has to wait for what is being read in."""
    steps = (_sweep_identities, _sweep_members, _sweep_groups, _sweep_names, _sweep_communities)
    return all(_to_the_end(step, workspace_id) for step in steps)


def _to_the_end(step: Step, workspace_id: int) -> bool:
    """Take a step until it finds nothing, each time in a transaction that keeps readers out."""
    while True:
        with transaction.atomic():
            if is_anyone_reading(workspace_id) or _is_uncounted(workspace_id):
                return False
            if not step(workspace_id):
                return True
            note_change(workspace_id, EVERYTHING)


def _is_uncounted(workspace_id: int) -> bool:
    """Whether participations may still lack somebody whose messages are stored."""
    uncounted = Batch.objects.filter(workspace_id=workspace_id, staged=False)
    owed = StageDebt.objects.filter(batch__workspace_id=workspace_id)
    return uncounted.exists() or owed.exists()


def _spoken_of(workspace_id: int) -> set[int]:
    """Members an operator said something about."""
    operator = Member.Source.OPERATOR
    marked = Member.objects.filter(
        Q(nature_source=operator) | Q(staff_source=operator), workspace_id=workspace_id
    )
    merged = Merge.objects.filter(workspace_id=workspace_id).filter(
        Q(source=operator) | Q(undone_at__isnull=False)
    )
    decided = Suggestion.objects.filter(workspace_id=workspace_id, state=Suggestion.State.REJECTED)
    pairs = [*merged.values_list("kept_id", "absorbed_id")]
    pairs += decided.values_list("first_id", "second_id")
    # Somebody on the way out is needed until the last trace is found.
    leaving = Erasure.objects.filter(workspace_id=workspace_id, member__isnull=False)
    pairs += leaving.values_list("member_id", "member_id")
    return {*marked.values_list("pk", flat=True), *(pk for pair in pairs for pk in pair)}


def _is_derived(model: type[Model]) -> bool:
    """Whether a model's rows say nothing of their own about groups and people."""
    name = model._meta.label_lower
    return (model._meta.app_label in _DERIVED and name not in _WRITTEN) or name in _BOOKKEEPING


def _pointed_at(model: type[Model], ids: Collection[int]) -> set[int]:
    """Those of the ids that rows of packages other than the derived ones point at."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if not isinstance(field, ForeignKey) or _is_derived(field.model):
            continue
        rows = field.model._default_manager.filter(**{f"{field.name}__in": ids})
        found.update(rows.values_list(field.attname, flat=True))
    return found


def _free(rows: QuerySet[Model], kept: set[int]) -> list[int]:
    """The first ids of rows that nobody keeps."""
    free: list[int] = []
    last = 0
    while not free:
        some = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
        if not some:
            return []
        last = some[-1]
        free = sorted(set(some) - kept - _pointed_at(rows.model, some))
    return free


def _sweep_identities(workspace_id: int) -> bool:
    """Remove a run of identities that did nothing anywhere, with their names."""
    seen = Participation.objects.filter(identity_id=OuterRef("pk"))
    kept = _spoken_of(workspace_id)
    heard = Identity.objects.filter(workspace_id=workspace_id, through=OuterRef("pk"))
    rows = Identity.objects.filter(~Exists(seen), ~Exists(heard), workspace_id=workspace_id)
    free = _free(rows.exclude(member_id__in=kept) if kept else rows, kept)
    Alias.objects.filter(identity_id__in=free)._raw_delete(using="default")
    Identity.objects.filter(pk__in=free)._raw_delete(using="default")
    return bool(free)


def _sweep_members(workspace_id: int) -> bool:
    """Remove a run of members who stand for nobody; who was merged into them goes first."""
    own = Identity.objects.filter(pk=OuterRef("pk"))
    theirs = Identity.objects.filter(member_id=OuterRef("pk"))
    absorbed = Member.objects.filter(merged_into_id=OuterRef("pk"))
    rows = Member.objects.filter(
        ~Exists(own), ~Exists(theirs), ~Exists(absorbed), workspace_id=workspace_id
    )
    free = _free(rows, _spoken_of(workspace_id))
    Member.objects.filter(pk__in=free).delete()
    return bool(free)


def _live_bundles(workspace_id: int) -> Iterable[tuple[int, list[int]]]:
    """Id and groups of every bundle whose import was not taken back."""
    rows = ImportBundle.objects.filter(run__workspace_id=workspace_id).exclude(
        run__state=Import.State.CANCELLED
    )
    for pk, answers in rows.values_list("pk", "answers"):
        yield pk, answers.get("group_ids", [])


def _brought_groups(workspace_id: int) -> list[int]:
    """Groups that imports taken back have made: they are of them, and are not older than they.

    An import that was stopped has not said which groups it met: they bear what its file calls them.
    """
    gone = ImportBundle.objects.filter(
        run__workspace_id=workspace_id, run__state=Import.State.CANCELLED
    )
    begun: dict[object, datetime] = {}
    for answers, chats, created_at in gone.values_list("answers", "chats", "run__created_at"):
        marks: list[object] = list(answers.get("group_ids", []))
        for chat in chats:
            names = {chat["name"], chat["key"], chat.get("group", "")} - {""} or {UNNAMED}
            marks += [(chat["platform"], one) for one in names]
        for mark in marks:
            begun[mark] = min(begun.get(mark, created_at), created_at)
    made = Group.objects.filter(workspace_id=workspace_id, connection=None)
    rows = made.values_list("pk", "platform", "external_key", "name", "created_at")
    return [
        pk
        for pk, platform, key, name, created_at in rows.iterator()
        if any(
            mark in begun and created_at >= begun[mark]
            for mark in (pk, (platform, key), (platform, name))
        )
    ]


def _sweep_groups(workspace_id: int) -> bool:
    """Remove the groups where nothing ever happened and that no other import is of.

    A group that somebody added by hand, or that a connection is in, has nothing in it at first.
    """
    seen = Participation.objects.filter(group_id=OuterRef("pk"))
    kept = {group for _, groups in _live_bundles(workspace_id) for group in groups}
    made = Group.objects.filter(pk__in=_brought_groups(workspace_id))
    free = _free(made.filter(~Exists(seen)), kept)
    # What nobody in particular said (a notice) is in no participation.
    empty = [pk for pk in free if not Message.objects.filter(group_id=pk).exists()]
    Group.objects.filter(pk__in=empty).delete()
    return bool(empty)


def _sweep_names(workspace_id: int) -> bool:
    """Remove names that an import taken back was the first to bring, of people who are still there.

    A later import into one of their groups may have brought the name too; then it stays.
    """
    gone = ImportBundle.objects.filter(
        run__workspace_id=workspace_id, run__state=Import.State.CANCELLED
    )
    latest: dict[int, int] = defaultdict(int)
    for bundle, groups in _live_bundles(workspace_id):
        for group in groups:
            latest[group] = max(latest[group], bundle)
    rows = Alias.objects.filter(
        workspace_id=workspace_id, source_id__in=list(gone.values_list("pk", flat=True))
    )
    doubtful = list(rows.order_by("pk").values_list("pk", "identity_id", "source_id"))
    for at in range(0, len(doubtful), _AT_ONCE):
        _forget_names(doubtful[at : at + _AT_ONCE], latest)
    return False


def _forget_names(some: list[tuple[int, int, int]], latest: dict[int, int]) -> None:
    """Remove the aliases (id, identity, source) that no later import into a group may hold."""
    groups: dict[int, list[int]] = defaultdict(list)
    places = Participation.objects.filter(identity_id__in={who for _, who, _ in some})
    for who, group in places.values_list("identity_id", "group_id"):
        groups[who].append(group)
    loose = {
        pk: who
        for pk, who, source in some
        if groups[who] and all(latest.get(group, 0) < source for group in groups[who])
    }
    rest = Alias.objects.filter(identity_id__in=set(loose.values())).exclude(pk__in=loose)
    # The newest name is the one shown; somebody is never left without any.
    names = dict(rest.order_by("first_ms", "pk").values_list("identity_id", "name"))
    Alias.objects.filter(pk__in=[pk for pk, who in loose.items() if who in names]).delete()
    Identity.objects.bulk_update([Identity(id=k, name=v) for k, v in names.items()], ["name"])
    people = [Member(id=k, name=v, name_folded=fold_name(v)[:200]) for k, v in names.items()]
    Member.objects.bulk_update(people, ["name", "name_folded"])


def _sweep_communities(workspace_id: int) -> bool:
    """Remove communities that were made for an import and hold nothing now."""
    of = Import.objects.filter(community_id=OuterRef("pk"))
    rows = Community.objects.filter(
        ~Exists(Group.objects.filter(community_id=OuterRef("pk"))),
        ~Exists(of.exclude(state=Import.State.CANCELLED)),
        Exists(of.filter(created_at__lte=OuterRef("created_at"))),
        workspace_id=workspace_id,
    )
    Community.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()
    return False
