"""A profile as the page draws it: words, charts, tiles."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.columns import DAY_MS
from weilu.console import charts, counts
from weilu.console.formats import day as day_words
from weilu.console.formats import number, of_ms, weekday
from weilu.console.members.words import (
    reasons,
    role_badge,
    stage_badge,
    stage_evidence,
    who_said,
)
from weilu.console.parts import Empty, Head, Tile
from weilu.console.places import address
from weilu.insight.pages.look import date_of
from weilu.insight.people.profile import Profile
from weilu.insight.people.record import Record
from weilu.members.models import Member

# So many of those behind a bridge are named on its page.
HEARD = 60


def card(record: Record, found: Profile) -> dict[str, object]:
    """What a profile's template shows at once of the member and what was counted of them."""
    one = record.member
    return {
        "head": Head(one.name, _sentence(found), back=address("members"), back_label=_("Members")),
        "found": found,
        "record": record,
        "member": one,
        "stage": stage_badge(found.stage),
        "evidence": _evidence(found),
        "accounts": [(one, record.bridges.get(one.through_id or 0)) for one in record.identities],
        "heard": record.heard[:HEARD],
        "heard_words": _heard_words(record),
        "role": role_badge(one.nature, is_staff=one.is_staff),
        "nature_reasons": [*reasons(one.nature_reasons), who_said(one.nature_source)],
        "staff_reasons": [*reasons(one.staff_reasons), who_said(one.staff_source)],
        "tiles": _tiles(found),
    }


def _heard_words(record: Record) -> str:
    """How many are heard through a bridge, and what becomes of their words."""
    count = len(record.heard)
    if not count:
        return ""
    people = ngettext("%(n)s person", "%(n)s people", count) % {"n": number(count)}
    if record.member.nature == Member.Nature.RELAY:
        return _(
            "%(people)s write through this account; its messages name them, and count as theirs."
            " If that is wrong, mark it as a person or a bot: everything counts as its own again."
        ) % {"people": people}
    return _(
        "Its messages name %(people)s, but count as its own, because you or a colleague said that"
        " it is no bridge."
    ) % {"people": people}


def _sentence(found: Profile) -> str:
    totals = found.totals
    if totals is None or not totals.messages:
        return _("Has not said anything so far.")
    first = of_ms(totals.first_ms or None)
    groups = ngettext("%(n)s group", "%(n)s groups", totals.groups) % {"n": number(totals.groups)}
    said = ngettext("%(n)s message", "%(n)s messages", totals.messages) % {
        "n": number(totals.messages)
    }
    if first is None:
        return _("%(said)s in %(groups)s.") % {"said": said, "groups": groups}
    day = day_words(first, year=True)
    return _("%(said)s in %(groups)s since %(day)s.") % {
        "said": said,
        "groups": groups,
        "day": day,
    }


def _evidence(found: Profile) -> str:
    totals = found.totals
    first = totals.first_ms if totals else found.today_ms
    last = totals.last_ms if totals else 0
    return stage_evidence(
        found.stage,
        quiet_days=max(0, (found.today_ms - last) // DAY_MS) if last else None,
        seen_days=max(0, (found.today_ms - first) // DAY_MS) if first else None,
    )


def _tiles(found: Profile) -> list[Tile]:
    asking = found.asking
    totals = found.totals
    return [
        Tile(
            _("Messages"),
            number(totals.messages if totals else 0),
            spark=[n for _week, n in found.weeks[-26:]],
            definition=_("Everything they said in all groups, under all their names."),
        ),
        Tile(
            _("Questions asked"),
            number(asking.asked),
            definition=_("Messages that ask something."),
        ),
        Tile(
            _("Of them answered"),
            number(asking.answered),
            definition=_("Questions of theirs somebody answered."),
        ),
        Tile(
            _("Helped others"),
            number(asking.helped),
            definition=_("Questions of others that they answered first."),
        ),
    ]


def weeks_chart(found: Profile) -> charts.Chart:
    """Messages per week, with the finding as title."""
    labels = [_week_words(week) for week, _n in found.weeks]
    values = [n for _week, n in found.weeks]
    words = charts.Words(
        "weeks",
        _weeks_title(values),
        _("Messages per week in all groups, at most the last two years."),
        unit=_("messages"),
    )
    role = charts.Role.MESSAGES
    chart = charts.bars(words, labels, [charts.Series(_("Messages"), values, role)])
    return chart if any(values) else _without(chart, words)


def _weeks_title(values: list[int]) -> str:
    if not any(values):
        return _("Activity")
    lately, before = values[-8:], values[-16:-8]
    if len(before) < 8:
        return _("About %(messages)s a week") % {
            "messages": counts.messages(sum(lately) / max(1, len(lately)))
        }
    now, was = sum(lately) / 8, sum(before) / 8
    if now > was * 1.2:
        return _("Speaks more than two months earlier")
    if now < was * 0.8:
        return _("Speaks less than two months earlier")
    return _("Speaks as much as two months earlier")


def hours_chart(found: Profile) -> charts.Chart:
    """When they speak, hour by weekday."""
    grid = found.hours
    by_hour = grid.sum(axis=0)
    title = _("When they speak")
    if grid.sum():
        best = int(by_hour.argmax())
        busiest = weekday(int(grid.sum(axis=1).argmax()))
        title = _("Mostly around %(hour)s:00, most on %(day)s") % {
            "hour": f"{best:02d}",
            "day": busiest,
        }
    words = charts.Words(
        "hours",
        title,
        _(
            "The last two years of their talk, 2,000 messages at most, by hour and weekday, in the"
            " group's time."
        ),
    )
    chart = charts.heat(words, [[int(n) for n in row] for row in grid])
    return chart if grid.sum() else _without(chart, words)


def _without(chart: charts.Chart, words: charts.Words) -> charts.Chart:
    return charts.Chart(
        chart.kind,
        chart.name,
        words.title,
        words.definition,
        chart.data,
        chart.head,
        chart.rows,
        empty=Empty(_("Nothing said yet"), icon="messages"),
    )


def _week_words(week: int) -> str:
    # Week numbers count sevens of days since 1970-01-01.
    return day_words(date_of(week * 7), year=True)
