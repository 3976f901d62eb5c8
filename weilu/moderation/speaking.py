"""What is said to somebody when the rules are broken: short, in the group, once (B-6, H-1).

No platform here lets Weilu write to a member alone, so it is said where it happened: what rule it
was, for how long, where to ask for a second look; never what somebody is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.models import Outgoing
from weilu.core.codes import code_of
from weilu.core.marks import fill
from weilu.core.outside import outside
from weilu.members.models import Alias, Identity
from weilu.moderation.models import Policy
from weilu.moderation.rules.contacts import contacts
from weilu.moderation.rules.ladder import Rung, Step

# The purpose of the codes that open the page of an appeal.
APPEAL = "appeal"
NAMES_LOOKED_AT = 5
_AT_ONCE = 300
# Everything after a reminder can be looked at again.
LOOKED_AT_AGAIN = frozenset({Step.WARN, Step.PACKET, Step.MUTE, Step.REMOVE, Step.BAN})


@dataclass(frozen=True, slots=True)
class About:
    """What is spoken about: a message and who wrote it.

    `rule` is the title of the rule, "" for none; `contact` who answers for the rules; `name` what
    they are called, where that is known already.
    """

    message_id: int
    identity_id: int
    rule: str = ""
    contact: str = ""
    name: str = ""


def words_for(policy: Policy, about: About, rung: Rung) -> str:
    """What is said to somebody: the policy's words or ours, names and addresses filled in."""
    own = {
        Step.REMIND: policy.reminder,
        Step.WARN: policy.warning,
        Step.PACKET: policy.packet,
        Step.MUTE: policy.muting,
        Step.REMOVE: policy.removing,
        Step.BAN: policy.removing,
    }
    appeal = outside("appeal", code_of(APPEAL, about.message_id))
    text = own[rung.step]
    if not text:
        text = words_of(rung, recalls=policy.recalls)
        where = _where(appeal, about.contact) if rung.step in LOOKED_AT_AGAIN else ""
        if where:
            text = _("%(said)s %(where)s") % {"said": text, "where": where}
    return fill(
        text,
        {
            "{name}": lambda: about.name or name_of(about.identity_id),
            "{rule}": lambda: rule_words(about.rule),
            "{time}": lambda: time_words(rung.minutes) if rung.minutes else "",
            "{rules}": lambda: outside("rules", policy.community.code),
            "{appeal}": lambda: appeal,
            "{contact}": lambda: about.contact,
        },
    )


def _where(appeal: str, contact: str) -> str:
    """Where to ask for a second look: the page, or without one the person who answers for it."""
    if appeal:
        return _("If this was a mistake, say so here: {appeal}")
    return _("If this was a mistake, tell {contact}.") if contact else ""


def words_of(rung: Rung, *, recalls: bool) -> str:
    """What is said when the policy has no words of its own, in the language in force."""
    if rung.step == Step.REMIND and recalls:
        return _("{name}, please keep to {rule}. We have taken the message away.")
    if rung.step == Step.BAN and rung.minutes:
        return _("{name}, this is against {rule}. You leave our groups for {time}.")
    return {
        Step.REMIND: _("{name}, please keep to {rule}."),
        Step.WARN: _("{name}, this is against {rule}. The next time has consequences."),
        Step.PACKET: _("{name}, this is against {rule}: a red packet for everyone, or you leave."),
        Step.MUTE: _("{name}, this is against {rule}. You cannot write here for {time}."),
        Step.REMOVE: _("{name}, this is against {rule}. You leave this group."),
        Step.BAN: _("{name}, this is against {rule}. You leave our groups."),
    }[rung.step]


def rule_words(title: str) -> str:
    """A rule by its title in a sentence; the rules as a whole without one."""
    return _("our rule “%(rule)s”") % {"rule": title} if title else _("the rules of the group")


def time_words(minutes: int) -> str:
    """How long, in whole days, hours or minutes."""
    if minutes >= 1440:
        days = minutes // 1440
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if minutes >= 60:
        hours = minutes // 60
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def name_of(identity_id: int) -> str:
    """What somebody is called in a word to them; never an address they took for a name.

    Then it is what they were called before, or nobody in particular.
    """
    shown = Identity.objects.filter(pk=identity_id).values_list("name", flat=True).first() or ""
    older = Alias.objects.filter(identity_id=identity_id).order_by("-first_ms", "-pk")
    names = [shown, *older.values_list("name", flat=True)[:NAMES_LOOKED_AT]]
    leading = {one.text for one in contacts(names)}
    return next(
        (name for n, name in enumerate(names) if name and n not in leading), _("Dear friend")
    )


def order_key(message_id: int, what: str, *place: int) -> str:
    """The key under which an order about a message is written once, or once for each place."""
    return "-".join(["mod", str(message_id), what, *map(str, place)])


@dataclass(frozen=True)
class Words:
    """When the words about earlier steps left; asked once for all, when somebody goes on at once.

    What this batch leads to has not left.
    """

    workspace_id: int
    message_ids: Sequence[int]

    @cached_property
    def left(self) -> dict[str, datetime]:
        """By the key of the order."""
        keys = [order_key(pk, "word") for pk in self.message_ids]
        found: dict[str, datetime] = {}
        for at in range(0, len(keys), _AT_ONCE):
            sent = Outgoing.objects.filter(
                workspace_id=self.workspace_id,
                key__in=keys[at : at + _AT_ONCE],
                state=Outgoing.State.SENT,
            )
            rows = sent.values_list("key", "ended_at")
            found |= {key: ended_at for key, ended_at in rows if ended_at is not None}
        return found
