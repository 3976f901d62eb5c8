"""A person says which rule a message breaks: what Weilu cannot tell has consequences, too (B-6)."""

from __future__ import annotations

from django.db import transaction

from weilu.chat.models import Message
from weilu.chat.ports import Kind
from weilu.communities.rulebook import current, rules_in
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, NotFound
from weilu.groups.models import Participation
from weilu.members.models import Identity
from weilu.moderation.enforcing import Offence, enforce
from weilu.moderation.models import Policy
from weilu.moderation.rules.crowd import SETTLED_MESSAGES

# What a violation of a rule that only people can tell is kept as.
TOLD = "told"


def rules_to_break(viewer: Actor, message_id: int) -> list[str]:
    """The titles of the rules in force where a message was said, in order.

    Empty where nothing would follow: the group is not connected, or the policy is off.
    """
    if not viewer.may(Right.MODERATE):
        return []
    one = _message(viewer, message_id)
    if one is None or _policy(one) is None:
        return []
    book = current(one.group.community)
    return [rule.title for rule in rules_in(book)] if book else []


def break_rule(actor: Actor, *, message_id: int, number: int) -> None:
    """A message breaks rule `number` (from 0) of the rules in force: what is due follows, once.

    Raises NotFound for a message or rule that is not there, Conflict (`policy_off`, `already`).
    """
    actor.require(Right.MODERATE)
    one = _message(actor, message_id)
    book = current(one.group.community) if one is not None else None
    rules = rules_in(book) if book else []
    if one is None or not 0 <= number < len(rules):
        raise NotFound
    policy = _policy(one)
    if policy is None:
        raise Conflict("policy_off")
    said = Participation.objects.filter(group_id=one.group_id, identity_id=one.identity_id)
    messages = said.values_list("messages", flat=True).first() or 0
    member = Identity.objects.values_list("member_id", flat=True).get(pk=one.identity_id)
    offence = Offence(
        message_id=one.pk,
        group_id=one.group_id,
        identity_id=one.identity_id,
        member_id=member,
        sent_ms=one.sent_ms,
        kind=rules[number].kind or TOLD,
        is_settled=messages > SETTLED_MESSAGES,
        rule=rules[number].title,
    )
    with transaction.atomic():
        if not enforce(policy, [offence], actor.user_id):
            raise Conflict("already")


def _message(viewer: Actor, message_id: int) -> Message | None:
    """A message of the workspace in a connected group, written by somebody."""
    rows = Message.objects.filter(
        pk=message_id,
        workspace_id=viewer.workspace_id,
        kind=int(Kind.MESSAGE),
        group__connection__isnull=False,
        identity_id__gt=0,
    )
    return rows.select_related("group__community").first()


def _policy(one: Message) -> Policy | None:
    rows = Policy.objects.filter(community_id=one.group.community_id, is_on=True)
    return rows.select_related("community").first()
