"""Conditions of segments in words: what they are called, what they ask for, what they say."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from weilu.console import counts
from weilu.console.joining.forms import SOURCES
from weilu.console.members.standing_words import MODES, TIERS
from weilu.console.members.words import PURPOSES, STAGES
from weilu.console.members.worth_words import LEVELS
from weilu.members.segments.registry import CONDITIONS, Option, Param, text_of
from weilu.members.segments.trees import Leaf, Node

CONDITION_WORDS: dict[str, Promise] = {
    "tag": gettext_lazy("Tag"),
    "stage": gettext_lazy("Stage"),
    "spoke": gettext_lazy("Spoke lately"),
    "quiet": gettext_lazy("Quiet for"),
    "newcomer": gettext_lazy("First seen lately"),
    "first_seen": gettext_lazy("First seen between"),
    "group": gettext_lazy("Group"),
    "left": gettext_lazy("Left every group"),
    "messages": gettext_lazy("Messages ever"),
    "field_text": gettext_lazy("Own field: text or choice"),
    "field_number": gettext_lazy("Own field: number"),
    "field_day": gettext_lazy("Own field: day"),
    "field_yes": gettext_lazy("Own field: yes or no"),
    "consent": gettext_lazy("Consent"),
    "note": gettext_lazy("Note"),
    "role": gettext_lazy("Role"),
    "name": gettext_lazy("Name"),
    "platform": gettext_lazy("Platform"),
    "source": gettext_lazy("Source"),
    "join_link": gettext_lazy("Came by a join link"),
    "join_source": gettext_lazy("Came by links of a source"),
    "goodwill": gettext_lazy("Goodwill"),
    "level": gettext_lazy("Level"),
    "mover": gettext_lazy("KOC or true fan"),
    "prizes": gettext_lazy("Only comes for prizes"),
    "circle": gettext_lazy("Circle"),
    "tier": gettext_lazy("Tier"),
    "own_stage": gettext_lazy("Own stage"),
    "company": gettext_lazy("Keeping company"),
    "guide": gettext_lazy("Kept company by"),
    "customer": gettext_lazy("Customer on a list"),
}

# What they are about, as the builder offers them.
KINDS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("What you noted"),
        ("tag", "own_stage", "company", "guide", "consent", "note", "customer"),
    ),
    (
        gettext_lazy("What they do"),
        ("stage", "spoke", "quiet", "newcomer", "first_seen", "messages", "group", "left"),
    ),
    (
        gettext_lazy("What they bring"),
        ("goodwill", "level", "mover", "tier", "circle", "prizes"),
    ),
    (
        gettext_lazy("Who they are and how they came"),
        ("name", "role", "platform", "source", "join_link", "join_source"),
    ),
    (
        gettext_lazy("Own fields"),
        ("field_text", "field_number", "field_day", "field_yes"),
    ),
)

PARAM_WORDS: dict[str, Promise] = {
    "tag": gettext_lazy("One of these tags"),
    "stage": gettext_lazy("One of these stages"),
    "times": gettext_lazy("At least so many times"),
    "days": gettext_lazy("In so many days"),
    "group": gettext_lazy("Group"),
    "when": gettext_lazy("When"),
    "from": pgettext_lazy("bound", "From"),
    "to": pgettext_lazy("bound", "To"),
    "field": gettext_lazy("Field"),
    "words": gettext_lazy("Holds these words"),
    "answer": gettext_lazy("Answer"),
    "purpose": gettext_lazy("Agreed to"),
    "role": gettext_lazy("One of these"),
    "platform": gettext_lazy("One of these"),
    "source": gettext_lazy("First brought by"),
    "link": gettext_lazy("By one of these links"),
    "place": gettext_lazy("Where they met the link"),
    "level": gettext_lazy("One of these levels"),
    "mover": gettext_lazy("Which"),
    "circle": gettext_lazy("One of these circles"),
    "tier": gettext_lazy("One of these tiers"),
    "own_stage": gettext_lazy("One of these stages"),
    "mode": gettext_lazy("One of these ways"),
    "guide": gettext_lazy("One of these guides"),
}

# What a value is called in one condition only.
OWN_PARAM_WORDS: dict[tuple[str, str], Promise] = {
    ("quiet", "days"): gettext_lazy("For so many days"),
}

_OPTIONS: dict[str, dict[str, str | Promise]] = {
    "stage": {stage.value: word for stage, (word, _tone) in STAGES.items()},
    "purpose": dict(PURPOSES),
    "role": {
        "person": gettext_lazy("Ordinary members"),
        "staff": gettext_lazy("Staff"),
        "bot": gettext_lazy("Bots"),
        "relay": gettext_lazy("Bridges"),
    },
    "when": {
        "now": gettext_lazy("is in it now"),
        "ever": gettext_lazy("was ever in it"),
    },
    "answer": {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")},
    "source": {"0": gettext_lazy("seen live, in no export")},
    "place": dict(SOURCES),
    "tier": dict(TIERS),
    "mode": dict(MODES),
    "guide": {"0": gettext_lazy("nobody in particular")},
    "level": {one.name.lower(): word for one, word in LEVELS.items()},
    "mover": {"koc": gettext_lazy("KOC"), "fan": gettext_lazy("True fans")},
}

_COUNTED = {"times": counts.times, "days": counts.days}

_SAID: dict[str, Promise] = {
    "tag": gettext_lazy("has a tag: %(tag)s"),
    "stage": gettext_lazy("stage: %(stage)s"),
    "spoke": gettext_lazy("spoke at least %(times)s in %(days)s (%(group)s)"),
    "quiet": gettext_lazy("silent for %(days)s"),
    "newcomer": gettext_lazy("first seen in the last %(days)s"),
    "first_seen": gettext_lazy("first seen: %(range)s"),
    "group": gettext_lazy("%(when)s: %(group)s"),
    "left": gettext_lazy("left every group"),
    "messages": gettext_lazy("messages: %(range)s"),
    "field_text": gettext_lazy("%(field)s holds “%(words)s”"),
    "field_number": gettext_lazy("%(field)s: %(range)s"),
    "field_day": gettext_lazy("%(field)s: %(range)s"),
    "field_yes": gettext_lazy("%(field)s: %(answer)s"),
    "consent": gettext_lazy("agreed: %(purpose)s"),
    "note": gettext_lazy("a note holds “%(words)s”"),
    "role": gettext_lazy("role: %(role)s"),
    "name": gettext_lazy("a name holds “%(words)s”"),
    "platform": gettext_lazy("on %(platform)s"),
    "source": gettext_lazy("first brought by %(source)s"),
    "join_link": gettext_lazy("came by the join link %(link)s"),
    "join_source": gettext_lazy("came by a join link: %(place)s"),
    "goodwill": gettext_lazy("goodwill: %(range)s"),
    "level": gettext_lazy("level: %(level)s"),
    "mover": gettext_lazy("is one of the %(mover)s"),
    "prizes": gettext_lazy("looks as if they only come for prizes"),
    "circle": gettext_lazy("in the circle %(circle)s"),
    "tier": gettext_lazy("tier: %(tier)s"),
    "own_stage": gettext_lazy("own stage: %(own_stage)s"),
    "company": gettext_lazy("kept company: %(mode)s"),
    "guide": gettext_lazy("kept company by %(guide)s"),
    "customer": gettext_lazy("is on a list of customers"),
}


def param_word(kind: str, name: str) -> str:
    """What a condition calls a value it asks for."""
    own = OWN_PARAM_WORDS.get((kind, name))
    return str(PARAM_WORDS.get(name, name) if own is None else own)


def option_word(param: str, option: Option) -> str:
    """An option to choose, in words."""
    return option.name or str(_OPTIONS.get(param, {}).get(option.value, option.value))


def _value_words(param: Param, leaf: Leaf, workspace_id: int) -> str:
    value = leaf.values.get(param.name, "")
    chosen = value if isinstance(value, list) else [value] if value else []
    if param.options is None:
        counted = _COUNTED.get(param.name)
        typed = chosen[0] if chosen else ""
        return counted(int(typed)) if counted and typed.isdecimal() else typed or "…"
    known: Mapping[str, str] = {
        one.value: option_word(param.name, one) for one in param.options(workspace_id)
    }
    if not chosen and param.name == "group":
        return _("all groups")
    return pgettext("values", ", ").join(known.get(one, _("gone")) for one in chosen)


def _range_words(leaf: Leaf, *, is_day: bool) -> str:
    """From where to where, of which either may be open."""
    held = {name: text_of(leaf.values, name) for name in ("from", "to")}
    if held["from"] and held["to"]:
        return _("%(from)s to %(to)s") % held
    if held["from"]:
        return (_("since %(from)s") if is_day else _("at least %(from)s")) % held
    if held["to"]:
        return (_("until %(to)s") if is_day else _("at most %(to)s")) % held
    return _("any")


def leaf_words(leaf: Leaf, workspace_id: int) -> str:
    """What a condition says, in words."""
    condition = CONDITIONS.get(leaf.kind)
    if condition is None or leaf.kind not in _SAID:
        return leaf.kind
    values = {one.name: _value_words(one, leaf, workspace_id) for one in condition.params}
    values["range"] = _range_words(leaf, is_day=leaf.kind in {"first_seen", "field_day"})
    said = str(_SAID[leaf.kind]) % values
    return _("not: %(said)s") % {"said": said} if leaf.negated else said


def tree_words(node: Node, workspace_id: int, *, inside: bool = False) -> str:
    """A tree in one sentence, with brackets where it branches."""
    if isinstance(node, Leaf):
        return leaf_words(node, workspace_id)
    if not node.of:
        return _("everybody")
    parts = [tree_words(one, workspace_id, inside=True) for one in node.of]
    said = (_(" and ") if node.every else _(" or ")).join(parts)
    if node.negated:
        return _("not: (%(said)s)") % {"said": said}
    return _("(%(said)s)") % {"said": said} if inside and len(parts) > 1 else said
