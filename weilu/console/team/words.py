"""Layers, roles and evidence in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from weilu.console.formats import number
from weilu.console.parts import Tone
from weilu.team.models import Seed
from weilu.team.rules.roles import Layer, Role
from weilu.team.rules.seeding import Evidence

LAYERS: dict[Layer, Promise] = {
    Layer.MANAGEMENT: _("Management"),
    Layer.OPERATIONS: _("Operations"),
    Layer.TECHNICAL: _("Technical"),
}

ROLES: dict[Role, Promise] = {
    Role.LEAD: _("Lead"),
    Role.SOUL: _("Soul of the group"),
    Role.STEWARD: _("Steward"),
    Role.CONTENT: _("Content"),
    Role.SERVICE: pgettext_lazy("role", "Service"),
    Role.EXPERT: _("Domain expert"),
    Role.TALENT: _("Talent"),
    Role.FAN_MANAGER: _("Part-time fan manager"),
    Role.ANALYST: _("Numbers"),
    Role.TOOLS: _("Tools and accounts"),
}

# What each does, to begin with.
DUTIES: dict[Role, Promise] = {
    Role.LEAD: _("Answers for the community: goals, rules, money, people."),
    Role.SOUL: _("The person others come for: sets the tone, speaks from the heart."),
    Role.STEWARD: _("There every day: greets, keeps order, takes care that nobody is alone."),
    Role.CONTENT: _("Plans what is said when, finds topics, writes them up."),
    Role.SERVICE: _("Answers questions, takes complaints out of the crowd, closes them."),
    Role.EXPERT: _("Knows the subject better than we do; a talk or an answer each week."),
    Role.TALENT: _("Draws, films, jokes or sings: brings life."),
    Role.FAN_MANAGER: _("A member who helps for an hour a day, and is thanked for it."),
    Role.ANALYST: _("Reads the numbers once a week and says what to change."),
    Role.TOOLS: _("Accounts, bots, backups; knows what to do when something fails."),
}

WHY: dict[Role, Promise] = {
    Role.LEAD: _("Nobody answers for it when something goes wrong."),
    Role.SOUL: _("People join a person, not a group."),
    Role.STEWARD: _("Who comes at night finds nobody."),
    Role.CONTENT: _("After two weeks nobody knows what to say."),
    Role.SERVICE: _("Questions wait, and then nobody asks any more."),
    Role.ANALYST: _("Trouble is seen when people have left."),
}

STATES: dict[str, tuple[Promise, Tone]] = {
    Seed.State.TO_INVITE: (_("to be invited"), Tone.CALM),
    Seed.State.INVITED: (pgettext_lazy("seed", "invited"), Tone.CALM),
    Seed.State.AGREED: (_("has agreed"), Tone.GOOD),
    Seed.State.IN: (_("is in"), Tone.GOOD),
    Seed.State.NO: (_("does not want to"), Tone.WATCH),
}


def reason(kind: Evidence, n: int) -> str:
    """What speaks for somebody, in words."""
    words = {
        Evidence.DAYS: ngettext("spoke on %(n)s day", "spoke on %(n)s days", n),
        Evidence.ANSWERS: ngettext(
            "answered %(n)s question first", "answered %(n)s questions first", n
        ),
        Evidence.PARTNERS: ngettext("answered %(n)s person", "answered %(n)s different people", n),
        Evidence.REPLIES: ngettext(
            "was answered by %(n)s person", "was answered by %(n)s people", n
        ),
        Evidence.GROUPS: ngettext("is in %(n)s group", "is in %(n)s groups", n),
        Evidence.THANKS: ngettext("was thanked by %(n)s person", "was thanked by %(n)s people", n),
        Evidence.BOUGHT: gettext("bought more than %(n)s %% of the other customers"),
    }
    return words[kind] % {"n": number(n)}
