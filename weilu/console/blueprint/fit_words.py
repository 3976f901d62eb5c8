"""The questions about a product in words, and what their answers come to (A-4)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weilu.communities.blueprint.rules.fit import Instead, Question, Standard, Verdict
from weilu.console.parts import Tone

STANDARDS: dict[Standard, tuple[Promise, Promise]] = {
    Standard.GROUP: (
        _("It has a group nature"),
        _("People who use it have something to do with each other."),
    ),
    Standard.USE: (
        _("Its use is rich"),
        _("There is something to learn, to combine and to tell."),
    ),
    Standard.CONTENT: (
        _("It carries content"),
        _("It is, or brings, something to read, watch, hear or show."),
    ),
}

# Each question with its answers, worth 0 to 3 points in order.
ASKED: dict[Question, tuple[Promise, tuple[Promise, Promise, Promise, Promise]]] = {
    Question.MEET: (
        _("Would people who use it like to meet others who do?"),
        (
            _("No, why should they"),
            _("Now and then, to ask something"),
            _("Yes, to compare notes"),
            _("They already look for each other"),
        ),
    ),
    Question.SHOW: (
        _("How do people feel about being seen with it?"),
        (
            _("They would rather nobody knew"),
            _("Nobody cares"),
            _("They do not mind"),
            _("They like to show it"),
        ),
    ),
    Question.OFTEN: (
        _("How often does it come up in their life?"),
        (
            _("Once, or every few years"),
            _("A few times a year"),
            _("Every month"),
            _("Every week or day"),
        ),
    ),
    Question.LEARN: (
        _("How much is there to know before one uses it well?"),
        (
            _("Nothing: open and use"),
            _("A page of instructions"),
            _("Experience helps a lot"),
            _("One never stops learning"),
        ),
    ),
    Question.WAYS: (
        _("In how many ways can it be used, combined, made one's own?"),
        (_("One"), _("Two or three"), _("Many"), _("People keep finding new ones")),
    ),
    Question.NEWS: (
        _("Is there news: seasons, versions, results?"),
        (_("It stays as it is"), _("Once a year"), _("Every season"), _("Nearly every week")),
    ),
    Question.CARRIES: (
        _("Is it content itself, such as a course, a story, music, a game?"),
        (
            _("No, just a thing"),
            _("It comes with some, such as recipes"),
            _("Half of its worth is content"),
            _("It is content"),
        ),
    ),
    Question.USEFUL: (
        _("Could you say something useful every week without selling it?"),
        (
            _("After two weeks I would have nothing"),
            _("For a month or two"),
            _("For a year"),
            _("For as long as you like"),
        ),
    ),
    Question.MAKE: (
        _("Do users make something with it that is worth showing?"),
        (
            _("Nothing at all"),
            _("A picture of it, perhaps"),
            _("Results others want to see"),
            _("Works they are proud of"),
        ),
    ),
}

VERDICTS: dict[Verdict, tuple[Promise, Promise, Tone]] = {
    Verdict.FITS: (
        _("A community suits this product."),
        _("People have a reason to gather. Build it on what scored highest."),
        Tone.GOOD,
    ),
    Verdict.NARROW: (
        _("It can work, but only on what carries it."),
        _(
            "Make the community about that one thing, keep it small, and look again in three"
            " months."
        ),
        Tone.WATCH,
    ),
    Verdict.UNFIT: (
        _("Do not build a community for this product."),
        _("People would have nothing to gather for, and a silent group costs you their goodwill."),
        Tone.BAD,
    ),
}

INSTEADS: dict[Instead, tuple[Promise, Promise]] = {
    Instead.PRIVATE_SERVICE: (
        _("Serve them one by one, in private"),
        _(
            "A service account, an adviser with a name, a promise of discretion. Ask after a week"
            " whether it helped. No group, ever."
        ),
    ),
    Instead.CUSTOMER_LIST: (
        _("Keep a list and write at the right moment"),
        _(
            "Note who bought what and when. Write twice a year: before it has to be renewed, and"
            " when there is something for exactly them."
        ),
    ),
    Instead.SERVICE_DESK: (
        _("One good answer instead of a group"),
        _(
            "A page with the ten usual questions, and somebody who answers within the hour."
            " That is all people want of it."
        ),
    ),
    Instead.AROUND_LIFE: (
        _("Gather people around what they do with it"),
        _(
            "Not around tissues but around a tidy home, not around a mattress but around sleeping"
            " well. The product comes up by itself, now and then."
        ),
    ),
    Instead.SHORT_GROUP: (
        _("A group for a month, and then an end"),
        _(
            "Two to four weeks in which buyers learn to use it together, closed with thanks. They"
            " leave as people who know you."
        ),
    ),
    Instead.PARTNER: (
        _("Be a guest in somebody else's community"),
        _(
            "Find three communities whose members use it anyway. Bring samples and knowledge, and"
            " leave the hosting to them."
        ),
    ),
}
