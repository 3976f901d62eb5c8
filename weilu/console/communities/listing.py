"""What all lists behind numbers share: the page around them, names put in after paging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from django.http import HttpResponseBase

from weilu.console.communities.asked import View
from weilu.console.lists import list_page
from weilu.console.parts import Head
from weilu.console.tables import Ask, Source, Spec
from weilu.insight.pages import people

R = TypeVar("R")


def answer(
    view: View, head: Head, spec: Spec[R], source: Source[R], total: int | None = None
) -> HttpResponseBase:
    """The page of a list below the community."""
    below = replace(head, back=view.url("community"), back_label=view.place.community.name)
    context = {"head": below, "bar": view.bar()}
    return list_page(view.request, "communities/rows.html", spec, source, context, total=total)


def named(rows: Sequence[R], member: Callable[[R], int], put: Callable[[R, str], R]) -> list[R]:
    """Rows with the names of their members: for one page of them."""
    called = people.names_of(sorted({member(r) for r in rows}))
    return [put(r, called.get(member(r), "")) for r in rows]


def paged(source: Source[R], finish: Callable[[Sequence[R]], list[R]]) -> Source[R]:
    """A source whose rows are finished (names, texts) after they were chosen."""

    def fetch(ask: Ask) -> Sequence[R]:
        return finish(source(ask))

    return fetch
