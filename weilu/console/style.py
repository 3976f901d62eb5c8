"""Every part of the console on one page, with made-up values; only there when debugging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from weilu.console import charts, filters
from weilu.console.cells import Kind
from weilu.console.charts import Chart, Node, Series, Words
from weilu.console.formats import day
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.lists import list_page
from weilu.console.parts import Badge, Empty, Head, Progress, Tab, Tile, Tone
from weilu.console.tables import Bulk, Column, Spec, in_memory
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound

START = datetime(2026, 10, 27, tzinfo=UTC)
DAYS = 28


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row of the sample table."""

    pk: int
    name: str
    messages: int
    active: float | None
    answer_s: int | None
    spoke_at: datetime | None
    trend: tuple[float, ...]
    state: Badge


class SampleForm(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(label="Name", help_text="As your members know it.", max_length=20)
    zone = forms.ChoiceField(label="Time zone", choices=[("a", "Shanghai"), ("b", "Berlin")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    bots = forms.BooleanField(label="Count bots", required=False, help_text="Usually not.")


def wave(at: int, size: float = 100) -> float:
    """A value that goes up and down with the week, the same every time."""
    return round(size * (1 + 0.5 * ((at * 7919) % 13) / 13 + (0.6 if at % 7 > 4 else 0)))


def _rows() -> list[SampleRow]:
    words = ("红茶", "Oolong", "茉莉花", "Pu'er", "白毫银针")
    states = (Badge(_("Active"), Tone.GOOD), Badge(_("Cooling"), Tone.WATCH), Badge(_("Silent")))
    long = " with a very long name that goes on and on 非常非常长的名字说个没完"
    return [
        SampleRow(
            pk=at,
            name=f"{words[at % 5]} {at}{long if at == 3 else ''}",
            messages=(at * 7919) % 12000,
            active=None if at % 11 == 0 else (at * 31 % 100) / 100,
            answer_s=None if at % 7 == 0 else at * 97 % 20000,
            spoke_at=START - timedelta(hours=at * 5),
            trend=tuple(wave(at + step, 20) for step in range(12)),
            state=states[at % 3],
        )
        for at in range(1, 301)
    ]


def _spec() -> Spec[SampleRow]:
    return Spec(
        name="sample",
        columns=[
            Column("name", _("Name"), link=lambda row: f"#row-{row.pk}"),
            Column("state", _("State"), Kind.BADGE, fact=True),
            Column("messages", _("Messages"), Kind.NUMBER, fact=True),
            Column("active", _("Active share"), Kind.SHARE, fact=True),
            Column("answer_s", _("First answer"), Kind.SPAN),
            Column("spoke_at", _("Last seen"), Kind.AGO),
            Column("trend", _("Trend"), Kind.SPARK, sort=False),
        ],
        key=lambda row: row.pk,
        sort="-messages",
        empty=Empty(_("Nobody yet"), _("Import a chat history to see who is here.")),
        page_size=12,
        bulk=[
            Bulk(_("Mark as staff"), "#", "id-badge-2"),
            Bulk(_("Remove"), "#", "trash", confirm=_("Remove these people?"), danger=True),
        ],
        search=_("Search names"),
    )


def _tiles() -> list[Tile]:
    spark = [wave(at) for at in range(DAYS)]
    return [
        Tile(
            _("People who spoke"),
            "312",
            now=312,
            before=380,
            good="up",
            spark=spark,
            definition=_("Different people with at least one message, without bots."),
            href="#",
        ),
        Tile(_("Messages"), "1.2 万", now=12000, before=10500, good="up", spark=spark),
        Tile(_("Typical first answer"), "3 min", now=180, before=240, good="down", spark=spark),
        Tile(_("Left"), "18", now=18, before=18, good="down", spark=spark),
    ]


def _charts() -> list[Chart]:
    labels = [day((START + timedelta(days=at)).date(), name=False) for at in range(DAYS)]
    people = Series(_("People"), [wave(at) for at in range(DAYS)])
    before = Series(_("Before"), [wave(at + 3, 110) for at in range(DAYS)], charts.Role.BEFORE)
    joins = Series(_("Joined"), [wave(at, 8) for at in range(12)], charts.Role.JOINS)
    leaves = Series(_("Left"), [wave(at, 4) for at in range(12)], charts.Role.LEAVES)
    nodes = [
        Node(str(at), f"{'茶友' if at % 2 else 'Guest'} {at}", wave(at) / (1 + at), at % 4)
        for at in range(40)
    ]
    edges = [(str(at * 7 % 40), str(at * 3 % 11), 1 + at % 9) for at in range(1, 120)]
    shares = [[1.0, *(0.6 / (at + 1) for at in range(8 - row))] for row in range(8)]
    definition = _("Different people with at least one message, without bots.")
    return [
        charts.line(
            Words(
                "people", "上周 312 人说过话，比前一周少 18 %", definition, _("People"), wide=True
            ),
            labels,
            [people, before],
        ),
        charts.line(
            Words("one", "Evenings are quieter than they were", definition, _("People")),
            labels,
            [people],
        ),
        charts.bars(
            Words("flow", "14 more came than left", definition, _("People")),
            labels[:12],
            [joins, leaves],
        ),
        charts.bars(
            Words("top", "One group writes half of everything", definition, _("Messages")),
            ["围炉茶会 一群", "Tea lovers with a long name", "新人群"],
            [Series(_("Messages"), [9000, 4200, 800], charts.Role.MESSAGES)],
            across=True,
        ),
        charts.heat(
            Words(
                "hours", "This community is awake from 20 to 23 o'clock", definition, _("Messages")
            ),
            [
                [wave(d * 24 + h) * (3 if h > 19 else (0.1 if h < 7 else 1)) for h in range(24)]
                for d in range(7)
            ],
        ),
        charts.lorenz(
            Words("carry", "Ten people write half of the messages", definition),
            [0, 0.05, 0.1, 0.2, 0.5, 1],
            [0, 0.4, 0.55, 0.75, 0.95, 1],
        ),
        charts.cohort(
            Words("stay", "Of ten who come, four are back a week later", definition, _("Weeks")),
            labels[:8],
            [40 + at for at in range(8)],
            shares,
        ),
        charts.graph(
            Words(
                "who", "Three people answer nearly everybody", definition, _("Answers"), wide=True
            ),
            nodes,
            edges,
        ),
    ]


@page()
def style(request: Request) -> HttpResponseBase:
    """The parts page."""
    if request.GET.get("say") and not request.htmx:
        messages.success(request, _("Saved."))
        messages.error(request, _("That did not work"))
    chosen = filters.read(request, last=(START + timedelta(days=DAYS)).date(), groups=[1, 2])
    form = SampleForm({"name": "x" * 30}) if request.GET.get("wrong") else SampleForm()
    context = {
        "head": Head(
            "Weilu parts",
            "上周 312 人说过话，比前一周少 18 %，主要少在晚上。Every part on one page.",
        ),
        "tiles": _tiles(),
        "charts": _charts(),
        "bar": filters.bar(chosen, request, [(1, "围炉茶会 一群"), (2, "Tea lovers")]),
        "tabs": [Tab(_("Overview"), "?", here=True), Tab(_("Members"), "?tab=2", count=1234)],
        "nothing": Empty(
            _("Nothing waits for you"), _("Have a cup of tea."), action=_("Import"), href="#"
        ),
        "progress": Progress(
            _("Importing"), 42, 100, "/style/progress", "4,200 / 10,000", cancel_url="#"
        ),
        "form": form,
        "at": START,
    }
    return list_page(
        request, "console/style.html", _spec(), in_memory(_spec(), _rows()), context, total=300
    )


@page()
def working(request: Request) -> HttpResponse:
    """A bar that is always full."""
    bar = Progress(_("Importing"), 100, 100, "/style/progress", finished=True)
    return render(request, "console/parts/progress.html", {"progress": bar})


@page()
def failing(request: Request, kind: str) -> HttpResponse:
    """Each failure."""
    known = {
        "not_allowed": NotAllowed("x"),
        "not_found": NotFound("x"),
        "conflict": Conflict("taken"),
        "invalid": Invalid("required", field="name"),
    }
    if kind in known:
        raise known[kind]
    raise RuntimeError(kind)
