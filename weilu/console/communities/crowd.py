"""Parts about people: retention, newcomers, who carries the talk, the silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.console import charts, counts
from weilu.console.cells import Kind
from weilu.console.charts import Role, Series, Words
from weilu.console.communities.asked import View, label_of
from weilu.console.communities.links import member_url
from weilu.console.communities.parts import Door, Field, Part, Sheet, Switch
from weilu.console.communities.talk import not_enough
from weilu.console.formats import change_words, day, number, of_ms, percent
from weilu.console.parts import Empty
from weilu.insight.pages.look import date_of
from weilu.insight.pages.people import BACK_WITHIN, Wanted, carriers, cohorts, newcomers, present
from weilu.insight.rules.retention import Cohort, CohortTable, Period, retention_curve

SILENT_SHOWN = 10
# In the first days of a record everybody speaks for the first time.
LEAST_HISTORY = 14


def retention(view: View) -> Part:
    """Of those who began together, how many spoke again week after week."""
    by = Period.MONTH if view.request.GET.get("by") == "month" else Period.WEEK
    return retention_by(view, by)


def retention_by(view: View, by: Period) -> Part:
    """The cohort table by week or by month."""
    table = cohorts(view.look, by)
    title = _("Who stays")
    switches = [
        Switch(_("By week"), view.url("community_part", "retention", by="week"), by is Period.WEEK),
        Switch(
            _("By month"), view.url("community_part", "retention", by="month"), by is Period.MONTH
        ),
    ]
    if len(table.cohorts) < 2 or len(table.cohorts[0].counts) < 2:
        return Part("retention", title, switches=switches, empty=not_enough())
    names = [_cohort_name(c.start, by) for c in table.cohorts]
    shares = [[n / c.size for n in c.counts] for c in table.cohorts]
    unit = _("weeks later") if by is Period.WEEK else _("months later")
    chart = charts.cohort(
        Words(
            "retention",
            _curve_title(table, by, view.place.oldest or 0),
            _cohort_definition(by),
            unit,
            wide=True,
        ),
        names,
        [c.size for c in table.cohorts],
        shares,
    )
    return Part(
        "retention", title, charts=[chart], sheets=[_cohort_sheet(table, by)], switches=switches
    )


def _cohort_definition(by: Period) -> str:
    if by is Period.WEEK:
        return _(
            "Rows: people by the week of their first message. Cells: how many in a hundred"
            " of them spoke in each later week. The last column may not be over yet."
        )
    return _(
        "Rows: people by the month of their first message. Cells: how many in a hundred"
        " of them spoke in each later month. The last column may not be over yet."
    )


def _cohort_name(start: int, by: Period) -> str:
    if by is Period.WEEK:
        return label_of(start)
    return f"{date_of(start):%Y-%m}"


def _curve_title(table: CohortTable, by: Period, oldest: int) -> str:
    """How many come back; who spoke at the beginning of the record need not have been new."""
    new = [c for c in table.cohorts if c.start >= oldest + LEAST_HISTORY]
    words = (
        _("%(share)s of newcomers speak again the week after")
        if by is Period.WEEK
        else _("%(share)s of newcomers speak again the month after")
    )
    share = _share_after(table, new)
    if share is None:
        share = _share_after(table, table.cohorts[:1])
        words = (
            _("%(share)s of those who spoke first spoke again the week after")
            if by is Period.WEEK
            else _("%(share)s of those who spoke first spoke again the month after")
        )
    if share is None:
        return _("It is too early to say who comes back")
    return words % {"share": percent(share)}


def _share_after(table: CohortTable, cohorts: Sequence[Cohort]) -> float | None:
    """Of some cohorts, how many spoke again a period later; None: too early to say."""
    curve = retention_curve(replace(table, cohorts=tuple(cohorts)))
    return curve[1].share if len(curve) > 1 else None


def _cohort_sheet(table: CohortTable, by: Period) -> Sheet:
    width = max(len(c.counts) for c in table.cohorts)
    fields = [Field(_("Started"), Kind.DAY), Field(_("People"), Kind.NUMBER)]
    fields += [Field(str(at), Kind.NUMBER) for at in range(width)]
    rows = [
        [date_of(c.start), c.size, *c.counts, *([None] * (width - len(c.counts)))]
        for c in table.cohorts
    ]
    title = _("Who stays, by week") if by is Period.WEEK else _("Who stays, by month")
    return Sheet("retention", title, fields, rows, shown=False)


def fresh(view: View) -> Part:
    """Newcomers and whether they came back."""
    found = newcomers(view.look)
    one = found.fresh
    count, back = len(one.newcomers), len(one.returned)
    title = _("Newcomers")
    oldest = view.place.oldest or 0
    if oldest > view.look.scope.first_day - LEAST_HISTORY:
        return Part(
            "newcomers",
            title,
            empty=not_enough(
                _("Everybody is new at the beginning of a record. Choose a later period.")
            ),
        )
    weeks = found.weeks
    doors = [
        Door(
            ngettext("%(n)s newcomer", "%(n)s newcomers", count) % {"n": number(count)},
            view.rows("newcomers"),
        ),
        Door(_("%(n)s of them spoke on a second day") % {"n": number(back)}, view.rows("returned")),
    ]
    sentence = (
        _(
            "%(people)s spoke for the first time (%(before)s in the period before: "
            "%(change)s); %(share)s of them spoke on another day too."
        )
        % {
            "people": counts.people(count),
            "before": number(len(one.newcomers_before)),
            "change": change_words(count, len(one.newcomers_before)),
            "share": percent(back / count if count else None),
        }
        if count
        else _("Nobody spoke for the first time in this period.")
    )
    sheet = Sheet(
        "newcomers",
        title,
        [
            Field(_("Seven days from"), Kind.DAY),
            Field(_("Newcomers"), Kind.NUMBER),
            Field(_("Came back"), Kind.NUMBER),
        ],
        [[date_of(w.start), w.newcomers, w.returned] for w in weeks],
        shown=False,
    )
    if not weeks:
        return Part("newcomers", title, sentence, sheets=[sheet], doors=doors)
    settled = [w for w in weeks if w.settled]
    total = sum(w.newcomers for w in settled)
    share = sum(w.returned for w in settled) / total if total else None
    chart = charts.bars(
        Words(
            "newcomers",
            _("%(share)s of newcomers come back within two weeks") % {"share": percent(share)}
            if share is not None
            else _("It is too early to say who comes back"),
            _(
                "People with their first message in the seven days, and those of them who spoke"
                " again on another day within %(n)s days. The last two weeks are not settled."
            )
            % {"n": BACK_WITHIN},
            _("People"),
            wide=True,
        ),
        [label_of(w.start) for w in weeks],
        [
            Series(_("Newcomers"), [w.newcomers for w in weeks], Role.JOINS),
            Series(_("Came back"), [w.returned for w in weeks], Role.PEOPLE),
        ],
    )
    return Part("newcomers", title, sentence, charts=[chart], sheets=[sheet], doors=doors)


def carried(view: View) -> Part:
    """Who carries the talk."""
    found = carriers(view.look)
    title = _("Who carries the talk")
    if found.spread.people < 2:
        return Part("carriers", title, empty=not_enough())
    factor = found.spread.bus_factor
    chart = charts.lorenz(
        Words(
            "carriers",
            ngettext(
                "%(n)s person writes half of everything",
                "%(n)s people write half of everything",
                factor,
            )
            % {"n": number(factor)},
            _(
                "People from the most active on, and the share of all messages they wrote. The"
                " dashed line is everybody writing the same."
            ),
            wide=True,
        ),
        [p for p, _v in found.curve],
        [v for _p, v in found.curve],
    )
    total = found.spread.messages
    sheet = Sheet(
        "carriers",
        _("The most active"),
        [
            Field(_("Name")),
            Field(_("Messages"), Kind.NUMBER, fact=True),
            Field(_("Share"), Kind.SHARE, fact=True),
        ],
        [[name, n, n / total] for _m, name, n in found.top],
        {(y, 0): member_url(m) for y, (m, _name, _n) in enumerate(found.top)},
        more=Door(_("Everybody who spoke"), view.rows("speakers")),
    )
    curve = Sheet(
        "spread",
        _("How the talk is spread"),
        [
            Field(_("The most active"), Kind.SHARE),
            Field(_("wrote of all messages"), Kind.SHARE),
        ],
        found.curve,
        shown=False,
    )
    sentence = _("The busiest tenth wrote %(share)s; the busiest person %(one)s.") % {
        "share": percent(found.spread.top_tenth_share),
        "one": percent(found.spread.top_one_share),
    }
    return Part(
        "carriers",
        title,
        sentence,
        charts=[chart],
        sheets=[sheet, curve],
    )


def silent(view: View) -> Part:
    """People who are there and say nothing."""
    rows = present(
        view.look, Wanted(sort="seen_ms", descending=True, limit=SILENT_SHOWN, silent=True)
    )
    title = _("Silent members")
    if not rows:
        return Part(
            "silent",
            title,
            empty=Empty(
                _("Nobody is silent"),
                _("Everybody who is there has said something in the last 60 days."),
                icon="mood-smile",
            ),
        )
    sheet = Sheet(
        "silent",
        title,
        [
            Field(_("Name")),
            Field(_("First seen"), Kind.MOMENT),
            Field(_("Joined"), Kind.MOMENT, fact=True),
            Field(_("Last spoke"), Kind.MOMENT, fact=True),
            Field(_("Messages"), Kind.NUMBER),
        ],
        [
            [
                r.name,
                of_ms(r.seen_ms),
                of_ms(r.joined_ms or None),
                of_ms(r.spoke_ms or None),
                r.messages,
            ]
            for r in rows
        ],
        {(y, 0): member_url(r.member_id) for y, r in enumerate(rows)},
        more=Door(_("All silent members"), view.rows("silent")),
    )
    sentence = _(
        "Never spoke, or not in the 60 days to %(day)s. The newest faces first: they are the"
        " easiest to win."
    ) % {"day": day(date_of(view.place.newest or 0), year=True)}
    return Part(
        "silent",
        title,
        sentence,
        sheets=[sheet],
        doors=[Door(_("Everybody who is there"), view.rows("present"))],
    )
