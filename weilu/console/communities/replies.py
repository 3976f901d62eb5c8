"""Parts about questions, answers, and who answers whom."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.utils.translation import gettext as _

from weilu.console import charts, counts
from weilu.console.cells import Kind
from weilu.console.charts import Node, Role, Series, Words
from weilu.console.communities.asked import View, label_of
from weilu.console.communities.links import member_url, message_url
from weilu.console.communities.parts import Door, Field, Part, Sheet
from weilu.console.communities.svg import PLACE_WIDE
from weilu.console.communities.talk import not_enough
from weilu.console.formats import duration, number, of_ms, percent
from weilu.console.parts import Empty
from weilu.insight.pages.people import names_of
from weilu.insight.pages.replies import Asking, asking, who_answers_whom
from weilu.insight.rules.graph import Edge, Picture

PAIRS_SHOWN = 10
TEXT_CHARS = 160


def asked(view: View) -> Part:
    """Questions: how many, answered or not, how fast, by whom."""
    found = asking(view.look)
    title = _("Questions")
    if not found.asked:
        return Part(
            "questions",
            title,
            empty=Empty(
                _("No questions"), _("Nobody asked anything in this period."), icon="help-circle"
            ),
        )
    doors = [
        Door(_("All questions"), view.rows("questions")),
        Door(_("Answered"), view.rows("questions", state="answered")),
    ]
    return Part(
        "questions",
        title,
        _how_many(found),
        charts=_charts(found),
        sheets=[*_answerers(found), *_unanswered(view, found)],
        doors=doors,
    )


def _how_many(found: Asking) -> str:
    """How many were asked and answered, and how soon."""
    words = {
        "asked": counts.questions(found.asked),
        "open": number(found.asked - found.answered),
        "share": percent(found.answered / found.asked),
        "median": duration(found.median_s),
    }
    if found.median_s is None:
        return _("%(asked)s, and nobody answered.") % words
    if round(found.median_s) == 0:
        return (
            _(
                "%(asked)s, %(open)s without an answer (%(share)s answered). Half of"
                " the first answers come in less than a minute."
            )
            % words
        )
    return (
        _(
            "%(asked)s, %(open)s without an answer (%(share)s answered). Half of"
            " the first answers come within %(median)s."
        )
        % words
    )


def _charts(found: Asking) -> list[charts.Chart]:
    if len(found.weeks) < 2:
        return []
    worst = max(found.weeks, key=lambda w: w.asked - w.answered)
    title = (
        _("Most questions stayed open in the week from %(day)s") % {"day": label_of(worst.start)}
        if worst.asked > worst.answered
        else _("Every question was answered")
    )
    return [
        charts.bars(
            Words(
                "questions",
                title,
                _(
                    "Messages that ask something, by seven days, and those that got an answer from"
                    " somebody else within hours. Found by rules, not by people: some are missed."
                ),
                _("Questions"),
                wide=True,
            ),
            [label_of(w.start) for w in found.weeks],
            [
                Series(_("Answered"), [w.answered for w in found.weeks], Role.ANSWERS),
                Series(
                    _("Without an answer"),
                    [w.asked - w.answered for w in found.weeks],
                    Role.QUESTIONS,
                ),
            ],
            stacked=True,
        )
    ]


def _answerers(found: Asking) -> list[Sheet]:
    if not found.by:
        return []
    return [
        Sheet(
            "answerers",
            _("Who answers first"),
            [
                Field(_("Name")),
                Field(_("First answers"), Kind.NUMBER, fact=True),
                Field(_("Typical time"), Kind.SPAN, fact=True),
            ],
            [[a.name, a.answers, a.median_s] for a in found.by],
            {(y, 0): member_url(a.member_id) for y, a in enumerate(found.by)},
        )
    ]


def _unanswered(view: View, found: Asking) -> list[Sheet]:
    if not found.unanswered:
        return []
    rows = found.unanswered
    links = {(y, 0): message_url(r.id) for y, r in enumerate(rows)}
    links |= {(y, 1): member_url(r.member_id) for y, r in enumerate(rows)}
    return [
        Sheet(
            "unanswered",
            _("The newest without an answer"),
            [
                Field(_("Question")),
                Field(_("Who"), fact=True),
                Field(_("When"), Kind.MOMENT, fact=True),
            ],
            [[r.text[:TEXT_CHARS] or "…", r.name, of_ms(r.asked_ms)] for r in rows],
            links,
            more=Door(
                _("All %(n)s unanswered") % {"n": number(found.asked - found.answered)},
                view.rows("questions", state="open"),
            ),
        )
    ]


def exchange(view: View) -> Part:
    """Who answers whom, as a picture."""
    found = who_answers_whom(view.look)
    title = _("Who answers whom")
    if len(found.nodes) < 3:
        return Part("exchange", title, empty=not_enough())
    called = names_of([n.person for n in found.nodes])
    chart = charts.graph(
        Words(
            "exchange",
            _picture_title(found),
            _(
                "Each dot is a person, larger with more answers given and received; lines join"
                " those who answer each other; colours are circles that talk among themselves."
                " Whole calendar months that the period touches. A click opens the person."
            ),
            _("Answers"),
            wide=True,
        ),
        [
            Node(
                str(n.person),
                called.get(n.person, ""),
                n.given + n.received,
                n.circle,
                member_url(n.person),
                _("answered %(given)s, was answered %(received)s")
                % {"given": number(n.given), "received": number(n.received)},
            )
            for n in found.nodes
        ],
        [(str(e.answerer), str(e.asker), e.count + e.returned) for e in found.edges],
    )
    chart = _placed(chart, found)
    sheet = _pairs_sheet(view, found.edges, called)
    return Part("exchange", title, _sentence(found), charts=[chart], sheets=[sheet])


def _placed(chart: charts.Chart, found: Picture) -> charts.Chart:
    """The chart with everybody in the place the picture gives, twice as wide as high."""
    drawn = cast("list[dict[str, object]]", chart.data["nodes"])
    nodes = [
        {**node, "x": round(n.x * PLACE_WIDE, 4), "y": n.y}
        for node, n in zip(drawn, found.nodes, strict=True)
    ]
    return replace(chart, data={**chart.data, "nodes": nodes, "placed": True})


def _picture_title(found: Picture) -> str:
    circles = len(
        {n.circle for n in found.nodes if sum(m.circle == n.circle for m in found.nodes) > 2}
    )
    if circles < 2:
        return _("One circle: everybody talks with everybody")
    return _("%(n)s circles talk among themselves") % {"n": number(circles)}


def _sentence(found: Picture) -> str:
    if found.reciprocity is None:
        return ""
    return _("%(answers)s answers between %(people)s people; %(share)s of them go both ways.") % {
        "answers": number(found.answers),
        "people": number(found.people),
        "share": percent(found.reciprocity),
    }


def _pairs_sheet(view: View, edges: tuple[Edge, ...], called: dict[int, str]) -> Sheet:
    top = edges[:PAIRS_SHOWN]
    links = {(y, 0): member_url(e.answerer) for y, e in enumerate(top)}
    links |= {(y, 1): member_url(e.asker) for y, e in enumerate(top)}
    links |= {
        (y, 2): view.rows("pair", answering=e.answerer, answered=e.asker) for y, e in enumerate(top)
    }
    links |= {
        (y, 3): view.rows("pair", answering=e.asker, answered=e.answerer) for y, e in enumerate(top)
    }
    return Sheet(
        "pairs",
        _("The closest pairs"),
        [
            Field(_("One person")),
            Field(_("Other"), fact=True),
            Field(_("Gave answers"), Kind.NUMBER, fact=True),
            Field(_("Got answers"), Kind.NUMBER, fact=True),
        ],
        [[called.get(e.answerer, ""), called.get(e.asker, ""), e.count, e.returned] for e in top],
        links,
    )
