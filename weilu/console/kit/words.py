"""The items before a launch in words: what, why, and the button that mends it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from weilu.console.formats import number
from weilu.console.places import address
from weilu.core.access import Actor, Right
from weilu.insight.launch import Check, Item, Launch

TITLES: dict[Item, Promise] = {
    Item.CANVAS: gettext_lazy("The plan"),
    Item.FIT: gettext_lazy("The product fits"),
    Item.PLATFORM: gettext_lazy("The platform"),
    Item.RULES: gettext_lazy("Rules in force"),
    Item.STRUCTURE: gettext_lazy("Who does what"),
    Item.KIT: gettext_lazy("The starter kit"),
    Item.GROUP: gettext_lazy("A group"),
    Item.GREETING: gettext_lazy("Newcomers are greeted"),
    Item.SEEDS: gettext_lazy("Seed members are invited"),
    Item.LINK: gettext_lazy("A join link with room"),
}
WHY: dict[Item, Promise] = {
    Item.CANVAS: gettext_lazy("Whoever does not know for whom and what for attracts nobody."),
    Item.FIT: gettext_lazy("Some products give people nothing to talk about; better to know now."),
    Item.PLATFORM: gettext_lazy("Moving a community later costs half of it."),
    Item.RULES: gettext_lazy("Without rules every decision later looks like whim."),
    Item.STRUCTURE: gettext_lazy("What nobody answers for is done by one person, or by nobody."),
    Item.KIT: gettext_lazy("On the first evening there is no time to look for words."),
    Item.GROUP: gettext_lazy("Connect one, or look after one by hand."),
    Item.GREETING: gettext_lazy(
        "Who is not greeted on the first day does not speak on the second."
    ),
    Item.SEEDS: gettext_lazy("A group that is silent when people come in stays silent."),
    Item.LINK: gettext_lazy("People need a door, and you want to know which door brings them."),
}
BUTTONS: dict[Item, Promise] = {
    Item.CANVAS: gettext_lazy("Go on with the plan"),
    Item.FIT: gettext_lazy("Check the product"),
    Item.PLATFORM: gettext_lazy("Choose a platform"),
    Item.RULES: gettext_lazy("Write the rules"),
    Item.STRUCTURE: gettext_lazy("Fill the gaps"),
    Item.KIT: gettext_lazy("Write the kit"),
    Item.GROUP: pgettext_lazy("chat", "Add a group"),
    Item.GREETING: gettext_lazy("Write the greeting"),
    Item.SEEDS: gettext_lazy("Invite people"),
    Item.LINK: gettext_lazy("Make a link"),
}
_PAGES: dict[Item, tuple[str, ...]] = {
    Item.CANVAS: ("blueprint",),
    Item.FIT: ("blueprint_fit", "blueprint"),
    Item.PLATFORM: ("blueprint_platform", "blueprint"),
    Item.RULES: ("community_rules",),
    Item.STRUCTURE: ("community_structure",),
    Item.KIT: ("community_kit",),
    Item.GREETING: ("community_welcome",),
    Item.SEEDS: ("community_seeds",),
}


# Pages that only open for those who look after groups.
_KEEPERS = frozenset({Item.KIT, Item.GREETING, Item.GROUP})


def page_of(item: Item, community_id: int, actor: Actor) -> str:
    """The page that mends an item; "" where it would not open for the actor."""
    if item in _KEEPERS and not actor.may(Right.EDIT_GROUPS):
        return ""
    if item == Item.GROUP:
        name = "connect" if actor.may(Right.CONNECT) else "group_by_hand"
        return f"{address(name)}?community={community_id}"
    if item == Item.LINK:
        return f"{address('join_links')}?community={community_id}"
    found = (address(name, community_id) for name in _PAGES[item])
    return next(filter(None, found), "")


def part_words(one: Check) -> str:
    """How far an item is, where it has parts; "" where it is there or not."""
    if one.want == 1:
        return ""
    return _("%(have)s of %(want)s") % {
        "have": number(min(one.have, one.want)),
        "want": number(one.want),
    }


def launch_title(one: Launch) -> str:
    """How far a community is, for a list."""
    done = len(one.checks) - len(one.missing)
    return _("%(name)s: %(done)s of %(all)s steps to the launch are done") % {
        "name": one.community.name,
        "done": number(done),
        "all": number(len(one.checks)),
    }


def next_words(one: Launch) -> str:
    """The next step and why."""
    if one.missing:
        item = one.missing[0].item
        return _("Next: %(what)s. %(why)s") % {"what": BUTTONS[item], "why": WHY[item]}
    if any(check.is_warned for check in one.checks):
        return _("All steps are done, but the product does not carry a community: look once more.")
    return _("Everything is ready: let your seed members in first.")
