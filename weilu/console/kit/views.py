"""The starter kit: write each piece, then put it where it belongs with one click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from weilu.communities.kit.drafts import Piece
from weilu.communities.kit.models import KitPiece
from weilu.communities.kit.pieces import MOST_CHARS, TEXT_CHARS, drafts_of, kit_of, save_kit
from weilu.communities.models import Community
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.kit.steps import launch_step
from weilu.console.kit.words import BUTTONS, page_of
from weilu.console.parts import Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.groups.joining.saving import links_of
from weilu.groups.queries import groups_of
from weilu.insight.launch import Item
from weilu.insight.scope import community as one_community
from weilu.service.starting import NEEDS_GROUP, Place, use_piece

SENTENCES.update(
    {
        "piece_empty": gettext_lazy("Write it first, then use it."),
        "group_missing": gettext_lazy("Choose the group it is for."),
        "link_missing": gettext_lazy("Choose the join link it is for."),
        "sent_already": gettext_lazy("These words are in the outbox of this group already."),
    }
)
TITLES: dict[Piece, Promise] = {
    Piece.NAME: gettext_lazy("Name of the group"),
    Piece.INTRO: gettext_lazy("Intro"),
    Piece.WELCOME: gettext_lazy("Welcome words"),
    Piece.ANNOUNCEMENT: gettext_lazy("First notice"),
    Piece.OPENING_1: gettext_lazy("Opening, first evening"),
    Piece.OPENING_2: gettext_lazy("Opening, second evening"),
    Piece.OPENING_3: gettext_lazy("Opening, third evening"),
}
HELP: dict[Piece, Promise] = {
    Piece.NAME: gettext_lazy("One pattern for all groups: members know at once where they are."),
    Piece.INTRO: gettext_lazy("What visitors of a join link read before they come in."),
    Piece.WELCOME: gettext_lazy("{names}, {rules}, {group} and {community} are filled in."),
    Piece.ANNOUNCEMENT: gettext_lazy("Set as the group's notice on the first day."),
    Piece.OPENING_1: gettext_lazy("Easy to answer: everybody has something to say."),
    Piece.OPENING_2: gettext_lazy("Concrete: a story of one's own, yours first."),
    Piece.OPENING_3: gettext_lazy("Asks for something you will act upon."),
}
USE: dict[Piece, Promise] = {
    Piece.NAME: gettext_lazy("Name the group so"),
    Piece.INTRO: gettext_lazy("Put on the join link"),
    Piece.WELCOME: gettext_lazy("Greet with it"),
    Piece.ANNOUNCEMENT: gettext_lazy("Set as notice"),
}
SEND: Promise = gettext_lazy("Put into the outbox")


@dataclass(frozen=True, slots=True)
class Card:
    """A piece ready to draw; `is_draft`: nobody wrote it yet, the words are a draft."""

    name: str
    title: str
    help: str
    text: str
    most: int
    rows: int
    use: str
    needs: str
    used_at: object
    is_draft: bool
    error: str = ""


@page(Right.EDIT_GROUPS)
def kit(request: Request, pk: int) -> HttpResponse:
    """The kit as one form; a button beside each piece puts it to use."""
    community = one_community(request.actor, pk)
    error, field, typed = "", "", dict[Piece, str]()
    if request.method == "POST":
        typed = {one: request.POST.get(one.value, "") for one in Piece if one.value in request.POST}
        try:
            words = _do(request, community, typed)
        except (Invalid, Conflict) as problem:
            error, field = sentence(str(problem)), getattr(problem, "field", "") or _asked(request)
        else:
            messages.success(request, words)
            return redirect("community_kit", pk)
    held = kit_of(request.actor, community)
    drafts = drafts_of(request.actor, community, get_language() or "")
    cards = [
        _card(one, held.get(one), typed, drafts, error if field == one else "") for one in Piece
    ]
    context = {
        "head": Head(
            _("Starter kit"),
            _sentence(cards),
            reverse("community_launch", args=[pk]),
            _("Before the launch"),
        ),
        "cards": cards,
        "is_refused": bool(error),
        "error": "" if any(card.error for card in cards) else error,
        "groups": [one for one in groups_of(request.actor, pk) if one.ends_at is None],
        "links": [one for one in links_of(request.actor) if one.community_id == pk],
        "community": community,
        "add_group": (BUTTONS[Item.GROUP], page_of(Item.GROUP, pk, request.actor)),
        "launch_step": launch_step(request, community, Item.KIT),
    }
    return render(request, "kit/kit.html", context, status=422 if error else 200)


def _asked(request: Request) -> str:
    return request.POST.get("do", "").removeprefix("use ")


def _do(request: Request, community: Community, typed: Mapping[Piece, str]) -> str:
    """Keep what was typed, and put a piece to use where that was asked; the words to say."""
    save_kit(request.actor, community=community, texts=typed)
    if request.POST.get("do", "") in {"", "save"}:
        return _("Saved.")
    wanted = _asked(request)
    if wanted not in set(Piece):
        raise NotFound
    piece = Piece(wanted)
    place = Place(
        row_number(request.POST.get(f"group_{piece}", "")),
        row_number(request.POST.get("link", "")),
        _("[Assistant]"),
    )
    use_piece(request.actor, community=community, piece=piece, place=place)
    done = {
        Piece.NAME: _("The group is called so now."),
        Piece.INTRO: _("Visitors of the join link read it now."),
        Piece.WELCOME: _("Newcomers are greeted with it from now on."),
    }
    return done.get(piece, _("It is in the outbox."))


def _card(
    piece: Piece,
    one: KitPiece | None,
    typed: Mapping[Piece, str],
    drafts: Mapping[Piece, str],
    error: str,
) -> Card:
    text = typed.get(piece, one.text if one else drafts[piece])
    needs = "group" if piece in NEEDS_GROUP else "link" if piece == Piece.INTRO else ""
    return Card(
        piece.value,
        str(TITLES[piece]),
        str(HELP[piece]),
        text,
        MOST_CHARS.get(piece, TEXT_CHARS),
        1 if piece == Piece.NAME else max(3, text.count("\n") + 2),
        str(USE.get(piece, SEND)),
        needs,
        one.used_at if one else None,
        one is None,
        error,
    )


def _sentence(cards: Sequence[Card]) -> str:
    drafts = sum(card.is_draft for card in cards)
    if drafts == len(cards):
        return _("Drafts from your plan. Make them your own, then put each where it belongs.")
    used = sum(bool(card.used_at) for card in cards)
    words = ngettext(
        "%(written)s of %(all)s pieces are written, %(n)s is in use.",
        "%(written)s of %(all)s pieces are written, %(n)s are in use.",
        used,
    )
    return words % {
        "written": number(len(cards) - drafts),
        "all": number(len(cards)),
        "n": number(used),
    }
