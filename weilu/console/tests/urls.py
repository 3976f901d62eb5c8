"""Pages that only tests have: one for each failure, and a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse, HttpResponseBase
from django.urls import include, path

from weilu.config import urls
from weilu.console.cells import Kind
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.lists import list_page
from weilu.console.parts import Empty, Head
from weilu.console.tables import Column, Spec, in_memory
from weilu.core.access import Right
from weilu.core.errors import Conflict, GivenUp, Invalid, NotAllowed, NotFound, TryLater

FAILURES = {
    "not_allowed": NotAllowed("x"),
    "not_found": NotFound("x"),
    "conflict": Conflict("taken"),
    "invalid": Invalid("required", field="name"),
    "later": TryLater("busy", after=timedelta(minutes=1)),
    "given_up": GivenUp("odd_code"),
}


@dataclass(frozen=True, slots=True)
class Tea:
    pk: int
    name: str
    cups: int | None


SPEC = Spec[Tea](
    name="teas",
    columns=[
        Column("name", "Tea", link=lambda tea: f"/tea/{tea.pk}"),
        Column("cups", "Cups", Kind.NUMBER, fact=True),
    ],
    key=lambda tea: tea.pk,
    sort="-cups",
    empty=Empty("No tea"),
    page_size=4,
)
TEAS = [Tea(at, f"Tea {at:02d}", None if at == 10 else at % 3) for at in range(1, 11)]


@page()
def failing(request: Request, kind: str) -> HttpResponse:
    if kind == "crash":
        raise RuntimeError(kind)
    raise FAILURES[kind]


@page(Right.EDIT_WORKSPACE)
def owners_only(request: Request) -> HttpResponse:
    return HttpResponse(f"{request.actor.role} {request.actor.workspace_id}")


@page()
def teas(request: Request) -> HttpResponseBase:
    head = {"head": Head("Teas", "Ten of them.")}
    return list_page(request, "console/list.html", SPEC, in_memory(SPEC, TEAS), head, total=10)


urlpatterns = [
    path("failing/<str:kind>", failing),
    path("owners", owners_only),
    path("teas", teas),
    path("", include(urls)),
]
handler404 = urls.handler404
handler500 = urls.handler500
