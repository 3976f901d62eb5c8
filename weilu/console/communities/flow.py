"""The part about who came and who left."""

from __future__ import annotations

from django.utils.translation import gettext as _

from weilu.console import charts
from weilu.console.cells import Kind
from weilu.console.charts import Role, Series, Words
from weilu.console.communities.asked import View, dates_between, label_of, labels_between
from weilu.console.communities.parts import Door, Field, Part, Sheet
from weilu.console.communities.talk import not_enough
from weilu.console.communities.words import signed
from weilu.console.formats import number
from weilu.insight.pages.front import Flow, flows_of


def came_and_left(flow: Flow) -> str:
    """How many came and left, and up to when that is settled."""
    said = {"came": number(flow.came), "left": number(flow.left)}
    if flow.open_from is None:
        return _("%(came)s came, %(left)s left") % said
    return _("%(came)s came, %(left)s left up to %(day)s") % {
        **said,
        "day": label_of(flow.open_from - 1),
    }


def _definition(flow: Flow) -> str:
    if flow.open_from is None:
        return _(
            "People who joined or came back, and people who left, by day. Whoever was back"
            " within a week never left; bots are not counted."
        )
    return _(
        "People who joined or came back, and people who left, by day. Whoever was back within a"
        " week never left, so the last seven days are not added up: who left in them may only"
        " have lost the connection. Bots are not counted."
    )


def moves(view: View) -> Part:
    """Real joins and leaves per day."""
    flow, _before = flows_of(view.look)
    title = _("Coming and going")
    if flow is None:
        return Part(
            "moves",
            title,
            empty=not_enough(_("This history does not tell who joined and who left.")),
        )
    scope = view.look.scope
    chart = charts.bars(
        Words(
            "moves",
            _("%(moves)s: %(net)s") % {"moves": came_and_left(flow), "net": signed(flow.net)},
            _definition(flow),
            _("People"),
            wide=True,
        ),
        labels_between(scope.first_day, scope.last_day),
        [
            Series(_("Came"), flow.came_per_day, Role.JOINS),
            Series(_("Left"), flow.left_per_day, Role.LEAVES),
        ],
    )
    sheet = Sheet(
        "moves",
        title,
        [Field(_("Day"), Kind.DAY), Field(_("Came"), Kind.NUMBER), Field(_("Left"), Kind.NUMBER)],
        list(
            zip(
                dates_between(scope.first_day, scope.last_day),
                flow.came_per_day,
                flow.left_per_day,
                strict=True,
            )
        ),
        shown=False,
    )
    doors = [Door(_("Who came"), view.rows("joins")), Door(_("Who left"), view.rows("leaves"))]
    return Part("moves", title, charts=[chart], sheets=[sheet], doors=doors)
