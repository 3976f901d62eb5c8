"""The evidence of findings in sentences: numbers first, judgement later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from weilu.console import counts
from weilu.console.formats import duration, listed, number, percent
from weilu.insight.checks.base import Unit

Lazy = str | Promise

Noun = Callable[[float], str]
NOUNS: dict[str, Noun] = {
    Unit.MESSAGES: counts.messages,
    Unit.PEOPLE: counts.people,
    Unit.QUESTIONS: counts.questions,
}
PER_WEEK: dict[str, Noun] = {
    "messages_per_week": counts.messages,
    "net_per_week": counts.people,
}

# What stands in the way of a finding: evidence of trouble.
TROUBLE: dict[str, Lazy] = {
    "growth": _("In %(move_days)s %(joins)s came and %(leaves)s left."),
    "activity_fall": _(
        "%(n_messages)s in the last 28 days, %(messages_before)s in the 28 days before"
        " (%(fall)s less). %(n_speakers)s spoke, %(speakers_before)s before."
    ),
    "zombie": _("Nothing for %(silent_days)s; %(n_messages_per_week)s a week lately."),
    "one_sided": _(
        "%(official_share)s of the messages come from staff and bots; members wrote"
        " %(member_messages)s."
    ),
    "carried_by_few": _(
        "Half of everything comes from %(bus_factor)s of %(speakers)s speakers; the busiest alone"
        " writes %(top_one_share)s."
    ),
    "newcomers_lost": _(
        "%(n_newcomers)s spoke for the first time; %(returned)s of them spoke again"
        " (%(returned_share)s)."
    ),
    "questions_unanswered": _(
        "%(n_questions)s in the last 28 days, %(unanswered)s without an answer"
        " (%(unanswered_share)s)."
    ),
    "drifting_hours": _(
        "The middle of the day's talk moved from %(centre_hour_before)s to %(centre_hour)s."
    ),
    "key_member_lost": _(
        "%(person)s wrote %(n_messages_before)s in the 28 days before"
        " (%(share_before)s of all) and has said nothing for %(silent_days)s."
    ),
    "too_large_to_serve": _(
        "%(members)s members and %(staff)s staff: %(members_per_staff)s members for each."
    ),
    "outgrowing_service": _(
        "%(n_net_per_week)s more a week: in eight weeks %(per_staff_soon)s members for each of the"
        " staff, of whom there are %(staff)s. %(answered_share)s of the questions get an answer."
    ),
    "one_admin": _("The busiest of the staff writes %(top_staff_share)s of all staff messages."),
    "more_is_better": _(
        "%(members)s members now, %(members_before)s before; but only %(active_share)s speak,"
        " %(active_share_before)s before."
    ),
    "not_a_community": _(
        "Of %(n_member_messages)s by members, so many answer another member: %(member_answers)s"
        " (%(answer_share)s)."
    ),
    "useful_daily": _(
        "Staff posted on %(staff_post_days)s of %(days)s; %(answered_share)s of the posts"
        " got an answer."
    ),
    "selling_at_once": _(
        "Offers among the staff messages of the first two weeks: %(early_offers)s of"
        " %(early_staff_messages)s (%(offer_share)s)."
    ),
    "unfit_product": _(
        "The product comes up in %(product_messages)s of %(n_member_messages)s by members."
    ),
    "off_theme": _(
        "In four weeks nobody spoke of %(silent_themes)s of the plan's %(themes)s themes:"
        " %(silent_names)s. Much is said about %(other_words)s instead."
    ),
}

# Another sentence where numbers are missing, or are what they are; the first that fits is taken.
VARIANTS: tuple[tuple[str, Callable[[Mapping[str, str]], bool], Lazy], ...] = (
    (
        "growth",
        lambda said: "joins" not in said,
        _(
            "%(n_newcomers)s spoke for the first time in the last 28 days,"
            " %(newcomers_before)s in the 28 days before."
        ),
    ),
    (
        "one_admin",
        lambda said: said.get("staff") == "1",
        _("One person alone does the work: all %(staff_messages)s staff messages."),
    ),
    (
        "zombie",
        lambda said: "silent_days" in said and said["silent_days"] == duration(0),
        _("%(n_messages_per_week)s a week lately."),
    ),
    (
        "off_theme",
        lambda said: said.get("silent_themes") == "0",
        _("In four weeks members spoke of all %(themes)s themes of the plan."),
    ),
    (
        "off_theme",
        lambda said: not said.get("other_words"),
        _(
            "In four weeks nobody spoke of %(silent_themes)s of the plan's %(themes)s themes:"
            " %(silent_names)s."
        ),
    ),
    (
        "unfit_product",
        lambda said: "product_messages" not in said,
        _("The product scored %(fit_points)s of %(fit_most)s points in its check."),
    ),
    (
        "unfit_product",
        lambda said: "fit_points" in said,
        _(
            "The product comes up in %(product_messages)s of %(n_member_messages)s by members;"
            " it scored %(fit_points)s of %(fit_most)s points in its check."
        ),
    ),
)


def evidence_words(check: str, body: Mapping[str, Any]) -> str:
    """The evidence sentence, in the form that the numbers at hand allow."""
    found = body["evidence"]
    values = {e["key"]: value_words(e["value"], e["unit"]) for e in found}
    values |= {f"n_{e['key']}": _counted(e) for e in found if not isinstance(e["value"], str)}
    said = next((str(words) for of, when, words in VARIANTS if of == check and when(values)), "")
    try:
        return (said or str(TROUBLE.get(check, ""))) % values
    except KeyError:
        # Evidence that a source does not have leaves its number out of the sentence.
        return gettext("; ").join(f"{e['key']}: {values[e['key']]}" for e in found)


def _counted(one: Mapping[str, Any]) -> str:
    """A number with what it counts, which sentences call by `n_` and the key."""
    noun = NOUNS.get(one["unit"]) or PER_WEEK.get(one["key"])
    return noun(one["value"]) if noun else value_words(one["value"], one["unit"])


def value_words(value: float | str, unit: str) -> str:
    """A value of evidence as a person reads it."""
    if isinstance(value, str):
        return listed(value.split("\n"))
    by_unit = {
        Unit.SHARE: lambda: percent(value),
        Unit.SECONDS: lambda: duration(value),
        Unit.HOURS: lambda: duration(value * 3600),
        Unit.DAYS: lambda: duration(value * 86400),
        Unit.HOUR_OF_DAY: lambda: f"{int(value) % 24:02d}:{int(value % 1 * 60):02d}",
        Unit.RATIO: lambda: number(value, digits=0 if value >= 10 else 1),
        Unit.PER_WEEK: lambda: number(value, digits=0),
    }
    show = by_unit.get(Unit(unit))
    return show() if show else number(value)
