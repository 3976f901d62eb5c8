"""Parts about what was said and when: trend, hours, words, links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.console import charts, counts
from weilu.console.cells import Kind
from weilu.console.charts import Chart, Role, Series, Words
from weilu.console.communities.asked import View, dates_between, label_of, labels_between
from weilu.console.communities.links import all_of, message_url, search_url
from weilu.console.communities.parts import Door, Field, Part, Sheet
from weilu.console.communities.words import hours_words
from weilu.console.formats import number, percent, short, weekday
from weilu.console.parts import Empty
from weilu.insight.pages.front import Front
from weilu.insight.pages.look import date_of
from weilu.insight.pages.talk import Rise, links, rise
from weilu.insight.rules.rhythm import awake_window
from weilu.insight.themes import WORDS_KEPT


def trend(view: View, front: Front) -> Part:
    """Messages and people per day; days before the history begins say nothing and are left out."""
    scope = view.look.scope
    first = view.begin
    labels = labels_between(first, scope.last_day)
    days = range(first, scope.last_day + 1)
    links_of = [view.on_day(d) for d in days]
    messages_of = front.now.messages_per_day[first - scope.first_day :]
    people_of = front.now.speakers_per_day[first - scope.first_day :]
    messages = charts.line(
        Words(
            "messages",
            _messages_title(messages_of, first),
            _("Messages of those who count, by day of the community's clock (%(zone)s).")
            % {"zone": scope.zone},
            _("Messages"),
        ),
        labels,
        [Series(_("Messages"), messages_of, Role.MESSAGES)],
        links=links_of,
    )
    people = charts.line(
        Words(
            "speakers",
            _people_title(people_of),
            _("Different people with at least one message on the day."),
            _("People"),
        ),
        labels,
        [Series(_("People"), people_of, Role.PEOPLE)],
        links=links_of,
    )
    sheet = Sheet(
        "days",
        _("By day"),
        [
            Field(_("Day"), Kind.DAY),
            Field(_("Messages"), Kind.NUMBER),
            Field(_("People"), Kind.NUMBER),
        ],
        list(
            zip(
                dates_between(first, scope.last_day),
                messages_of,
                people_of,
                strict=True,
            )
        ),
        shown=False,
    )
    return Part("trend", _("Day by day"), charts=[messages, people], sheets=[sheet])


def _messages_title(daily: Sequence[int], first: int) -> str:
    top = max(range(len(daily)), key=lambda at: daily[at])
    if not daily[top]:
        return _("Nobody wrote anything")
    return _("The liveliest day was %(day)s with %(messages)s") % {
        "day": label_of(first + top),
        "messages": counts.messages(daily[top]),
    }


def _people_title(daily: Sequence[int]) -> str:
    mean = sum(daily) / len(daily)
    shown = short(round(mean, 1 if mean < 10 else 0))
    return ngettext(
        "On a usual day %(n)s person speaks",
        "On a usual day %(n)s people speak",
        1 if shown == "1" else 2,
    ) % {"n": shown}


def hours(view: View, front: Front) -> Part:
    """When the community is awake."""
    window = awake_window(front.hours)
    title = (
        _("Most is said %(hours)s: %(share)s of all messages")
        % {"hours": hours_words(window.start_hour, window.end_hour), "share": percent(window.share)}
        if window
        else _("Nobody was awake")
    )
    values = front.hours.tolist()
    chart = charts.heat(
        Words(
            "hours",
            title,
            _(
                "Messages by hour and weekday on the community's clock (%(zone)s). All messages:"
                " staff and bots are in here whatever the filter says."
            )
            % {"zone": view.look.scope.zone},
            _("Messages"),
            wide=True,
        ),
        values,
    )
    cells = [view.rows("messages", weekday=d, hour=h) for d in range(7) for h in range(24)]
    fields = [Field(_("Day"))] + [Field(f"{h:02d}", Kind.NUMBER) for h in range(24)]
    sheet = Sheet(
        "hours",
        _("Hours of the week"),
        fields,
        [[weekday(d), *values[d]] for d in range(7)],
        shown=False,
    )
    return Part(
        "hours",
        _("When people are awake"),
        charts=[with_links(chart, cells)] if window else [],
        sheets=[sheet],
        empty=None if window else not_enough(),
    )


def with_links(chart: Chart, urls: list[str]) -> Chart:
    """A chart whose points open rows."""
    return replace(chart, data={**chart.data, "links": urls})


def not_enough(text: str = "") -> Empty:
    """There is too little to say anything."""
    return Empty(
        _("Not enough data"),
        text or _("Choose a longer period, or import more."),
        icon="hourglass-empty",
    )


def words(view: View) -> Part:
    """Words that rose against the weeks before."""
    found = rise(view.look)
    title = _("What people talk about more than before")
    if not found.has_before:
        return Part(
            "words",
            title,
            empty=not_enough(_("There is nothing before this period to compare with.")),
        )
    if not found.words:
        return Part(
            "words",
            title,
            empty=Empty(
                _("No word rose"), _("People talk about the same things as before."), icon="message"
            ),
        )
    top = found.words[:8]
    chart = charts.bars(
        Words(
            "words",
            _("“%(word)s” rose most") % {"word": top[0].word},
            _(
                "Messages with the word from %(first)s to %(last)s (whole weeks), beside as many"
                " weeks before; only rises that chance does not explain. A week in which only one"
                " person used the word, or %(kept)s others were commoner, counts as none."
            )
            % {
                "first": label_of(found.first_day),
                "last": label_of(found.last_day),
                "kept": WORDS_KEPT,
            },
            _("Messages"),
            wide=True,
        ),
        [w.word for w in top],
        [
            Series(_("Now"), [w.now for w in top], Role.MESSAGES),
            Series(_("Before"), [w.before for w in top], Role.BEFORE),
        ],
        links=[_said_in(view, found, w.word) for w in top],
        across=True,
    )
    sheet = Sheet(
        "words",
        _("Words that rose"),
        [
            Field(_("Word")),
            Field(_("Messages now"), Kind.NUMBER, fact=True),
            Field(_("Before"), Kind.NUMBER, fact=True),
            Field(_("People in one week, at most"), Kind.NUMBER, fact=True),
        ],
        [[w.word, w.now, w.before, w.speakers] for w in found.words],
        {(y, x): _said_in(view, found, w.word) for y, w in enumerate(found.words) for x in (0, 1)},
        is_cut=False,
    )
    return Part("words", title, charts=[chart], sheets=[sheet])


def _said_in(view: View, found: Rise, word: str) -> str:
    """The messages with a word in the weeks in which it rose."""
    groups = view.look.group_ids
    return search_url(
        word,
        str(groups[0]) if len(groups) == 1 else all_of(view.look.place.community.pk),
        days=(date_of(found.first_day), date_of(found.last_day)),
    )


def shared(view: View) -> Part:
    """Links shared."""
    found = links(view.look)
    title = _("Links people shared")
    if not found:
        return Part(
            "links",
            title,
            empty=Empty(_("No links"), _("Nobody shared an address in this period."), icon="link"),
        )
    hosts: dict[str, int] = {}
    for one in found:
        hosts[one.host] = hosts.get(one.host, 0) + one.times
    best = max(hosts, key=lambda host: (hosts[host], host))
    sheet = Sheet(
        "links",
        _("Links"),
        [
            Field(_("Address"), Kind.ADDRESS),
            Field(_("Times"), Kind.NUMBER, fact=True),
            Field(_("Last"), Kind.DAY, fact=True),
        ],
        [[one.url, one.times, date_of(one.last_day)] for one in found],
        {(y, 0): message_url(one.message_id) for y, one in enumerate(found)},
        more=Door(_("All links of the period"), view.rows("links")),
    )
    sentence = ngettext(
        "Most often from %(host)s (%(n)s time). A click opens the message it came in.",
        "Most often from %(host)s (%(n)s times). A click opens the message it came in.",
        hosts[best],
    ) % {"host": best or "–", "n": number(hosts[best])}
    return Part(
        "links",
        title,
        sentence,
        sheets=[sheet],
    )
