"""The plan in words: what each step asks, how to answer it, what choices mean."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from weilu.communities.blueprint.rules.canvas import Kind, Step, Tier, Value

TITLES: dict[Step, Promise] = {
    Step.POSITIONING: _("What it is for"),
    Step.AUDIENCE: _("Who it is for"),
    Step.NEEDS: _("Needs and worries"),
    Step.VALUES: _("What members get"),
    Step.TYPE: _("What holds it together"),
    Step.TIER: _("Whom it is made for"),
    Step.THEME: _("What is talked about"),
    Step.NAME: pgettext_lazy("community", "Name"),
    Step.TONE: _("Voice and tone"),
}

HELPS: dict[Step, Promise] = {
    Step.POSITIONING: _(
        "One sentence is enough. Whoever reads it knows whether this is a place for them."
    ),
    Step.AUDIENCE: _("Think of one person you know, and write down what makes them one of yours."),
    Step.NEEDS: _("Write what they would say themselves, in their words and not in yours."),
    Step.VALUES: _(
        "Choose two or three and keep them. Who promises everything is believed nothing."
    ),
    Step.TYPE: _(
        "This decides what to expect: how fast it fills, how close people get, how soon they buy."
    ),
    Step.TIER: _("For one product there may be several communities, each with its own tone."),
    Step.THEME: _(
        "Weilu compares these with what is really talked about, and tells you when it drifts."
    ),
    Step.NAME: _("Short, easy to say, and it tells what the place is about."),
    Step.TONE: _("Everybody who writes for the community writes like this. It is shown to them."),
}

LABELS: dict[str, Promise] = {
    "purpose": _("This community is for…"),
    "goal": _("In a year it has worked if…"),
    "audience": _("Members are…"),
    "not_for": _("It is not for…"),
    "needs": _("They want…"),
    "pains": _("They are tired of…"),
    "promises": _("What members get"),
    "kind": _("What holds it together"),
    "tier": _("Whom it is made for"),
    "themes": _("Themes, one on each line"),
    "name": _("What the community is called"),
    "voice": _("Who speaks for it"),
    "tone": _("How it speaks"),
}

FIELD_HELPS: dict[str, Promise] = {
    "purpose": _("For whom, what they get, and why here rather than elsewhere."),
    "goal": _("Something you can count."),
    "audience": _("Age, what they do, when they think of you, when they have time."),
    "not_for": _("Saying no to some makes the place better for the others."),
    "needs": _("What they would thank you for."),
    "pains": _("What annoys them elsewhere, what they fear when they buy."),
    "themes": _(
        "After a colon stand words by which a theme is known in the talk, for example"
        " “Sun care: sunscreen, SPF, sunburn”. Four to six themes are plenty."
    ),
    "name": _("Members see it; groups are best named after it, with a number."),
    "voice": _("A person with a name is read; a brand is muted."),
    "tone": _("How you would talk across the counter. What you never say, too."),
}

VALUES: dict[Value, tuple[Promise, Promise]] = {
    Value.RELATIONSHIP: (
        pgettext_lazy("value", "People"),
        _("They meet others like them and find friends."),
    ),
    Value.RESOURCE: (_("Things and chances"), _("They get at what others do not.")),
    Value.INFORMATION: (_("Knowledge"), _("They learn what helps them.")),
    Value.SOCIAL: (_("Company"), _("They have a good time together.")),
    Value.REPUTATION: (_("Standing"), _("What they do well is seen and counts.")),
    Value.TRUST: (_("Trust"), _("They can rely on what is said here.")),
}

KINDS: dict[Kind, tuple[Promise, Promise]] = {
    Kind.PRODUCT: (
        _("A product community"),
        _("People who like the same product. Closer to buying; it needs news of the product."),
    ),
    Kind.INTEREST: (
        _("An interest community"),
        _("People who like the same thing to do. Easier to fill, looser, and slower to buy."),
    ),
}

TIERS: dict[Tier, tuple[Promise, Promise]] = {
    Tier.UPPER: (
        _("Upper tier"),
        _("They look for quality, taste and standing. Few people, much care, no discounts."),
    ),
    Tier.MIDDLE: (
        _("Middle tier"),
        _("They are informed, compare value for money, and their opinion carries others."),
    ),
    Tier.BASE: (
        _("Base tier"),
        _("They follow what others use. Clear offers, simple words, quick answers."),
    ),
}


def choice_word(name: str, value: str) -> str:
    """A choice of the sheet in words; "" for none."""
    if name == "kind" and value:
        return str(KINDS[Kind(value)][0])
    if name == "tier" and value:
        return str(TIERS[Tier(value)][0])
    return value
