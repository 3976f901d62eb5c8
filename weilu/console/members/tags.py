"""The tags of a workspace, and putting them on many members at once (C-3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request, row_numbers
from weilu.console.members.known_forms import TagForm, expiry
from weilu.console.members.wanted import wanted_of
from weilu.console.members.words import COLOURS
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid
from weilu.insight.people.listing import Listing, todays_of
from weilu.insight.people.segments import asking_for, keeper_of
from weilu.members.actions import tags as actions
from weilu.members.anchors import anchors
from weilu.members.models import Colour, Deed
from weilu.members.queries import known, names

# More than this at once is what segments and rules are for.
MOST = 100_000

SENTENCES.update(
    {
        "tag_days": gettext_lazy("Between 1 day and ten years."),
        "too_many_tags": gettext_lazy("There are 500 tags: throw away those nobody uses."),
        "nobody_picked": gettext_lazy("Nobody is picked. Go back and pick members."),
        "too_many_picked": gettext_lazy("These are more than 100,000. Narrow the list down."),
    }
)


class GroupForm(forms.Form):
    """A group of tags."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=actions.NAME_CHARS)
    colour = forms.ChoiceField(label=gettext_lazy("Colour"), choices=list(COLOURS.items()))


class WordsForm(forms.Form):
    """A tag itself."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=actions.NAME_CHARS)
    group = forms.ChoiceField(label=gettext_lazy("Group of tags"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Falls off after so many days"),
        help_text=gettext_lazy("Empty: it stays until somebody takes it off."),
        min_value=1,
        max_value=actions.MOST_DAYS,
        required=False,
    )

    def __init__(self, viewer: Actor, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        choice = cast("forms.ChoiceField", self.fields["group"])
        groups = [(str(one.pk), one.name) for one in known.tag_groups(viewer)]
        choice.choices = [("", _("No group")), *groups]

    def words(self) -> actions.TagWords:
        """What was typed."""
        said = self.cleaned_data
        group = int(said["group"]) if said["group"] else None
        return actions.TagWords(said["name"], group, said["days"])


def attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether the form was valid and its action did it; else the form says what is wrong."""
    if not form.is_valid():
        return False
    try:
        act()
    except (Invalid, Conflict) as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else "name", sentence(str(error)))
        return False
    return True


@page(Right.SEE_MEMBERS)
def tags(request: Request) -> HttpResponse:
    """All tags by group, what was done with them lately; a new one by POST."""
    form = WordsForm(request.actor, request.POST or None)
    if request.method == "POST" and attempt(
        form, lambda: actions.save_tag(request.actor, form.words())
    ):
        messages.success(request, _("Saved."))
        return redirect("members_tags")
    found = known.shelves(request.actor)
    many = sum(len(one.tags) for one in found)
    sentence_of = ngettext("%(n)s tag.", "%(n)s tags.", many) % {"n": number(many)}
    context = {
        "head": Head(
            _("Tags"),
            sentence_of if many else _("What you know of members, in a word."),
            back=address("members"),
            back_label=_("Members"),
        ),
        "shelves": found,
        "deeds": deeds_in_words(known.deeds(request.actor)),
        "form": form,
        "group_form": GroupForm(),
        "empty": Empty(
            _("No tags yet"),
            _("Tags say in a word what you know of a member: regular, asked for a quote, teacher."),
            icon="badge",
        ),
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
    }
    status = 422 if form.is_bound else 200
    return render(request, "members/tags.html", context, status=status)


def deeds_in_words(deeds: Sequence[Deed]) -> list[tuple[Deed, str]]:
    """What was done, in words, with the deed itself."""
    return [(one, _said(one)) for one in deeds]


def _said(one: Deed) -> str:
    n = one.members
    if one.kind == Deed.Kind.TAG:
        said = ngettext("%(n)s member tagged %(tag)s", "%(n)s members tagged %(tag)s", n)
    elif one.kind == Deed.Kind.UNTAG:
        said = ngettext(
            "%(n)s member no longer tagged %(tag)s", "%(n)s members no longer tagged %(tag)s", n
        )
    else:
        said = ngettext(
            "The time of the tag %(tag)s was over for %(n)s member",
            "The time of the tag %(tag)s was over for %(n)s members",
            n,
        )
    return said % {"n": number(n), "tag": one.tag.name}


@page(Right.EDIT_MEMBERS)
def edit_tag(request: Request, pk: int) -> HttpResponse:
    """Another name, group or time for a tag."""
    one = known.tag(request.actor, pk)
    initial = {"name": one.name, "group": one.group_id or "", "days": one.days}
    form = WordsForm(request.actor, request.POST or None, initial=initial)
    if request.method == "POST" and attempt(
        form, lambda: actions.save_tag(request.actor, form.words(), tag_id=pk)
    ):
        messages.success(request, _("Saved."))
        return redirect("members_tags")
    remove = reverse("members_tag_remove", args=[pk])
    uses = {"asking": asking_for(request.actor, "tag", pk), "keeping": keeper_of(request.actor, pk)}
    return _form_page(request, form, one.name, remove, uses)


@page(Right.EDIT_MEMBERS)
def edit_group(request: Request, pk: int) -> HttpResponse:
    """Another name or colour for a group of tags."""
    one = known.tag_group(request.actor, pk)
    form = GroupForm(request.POST or None, initial={"name": one.name, "colour": one.colour})
    if request.method == "POST" and attempt(form, lambda: _save_group(request, form, pk)):
        messages.success(request, _("Saved."))
        return redirect("members_tags")
    return _form_page(request, form, one.name, reverse("members_tag_group_remove", args=[pk]))


def _form_page(
    request: Request,
    form: forms.Form,
    name: str,
    remove: str,
    uses: Mapping[str, object] = MappingProxyType({}),
) -> HttpResponse:
    context = {
        "head": Head(name, "", back=reverse("members_tags"), back_label=_("Tags")),
        "form": form,
        "name": name,
        "remove": remove,
        **uses,
    }
    status = 422 if form.is_bound else 200
    return render(request, "members/edit.html", context, status=status)


def _save_group(request: Request, form: forms.Form, pk: int | None = None) -> None:
    said = form.cleaned_data
    actions.save_tag_group(
        request.actor, name=said["name"], colour=Colour(said["colour"]), group_id=pk
    )


@require_POST
@page(Right.EDIT_MEMBERS)
def add_group(request: Request) -> HttpResponse:
    """Make a group of tags."""
    form = GroupForm(request.POST)
    if attempt(form, lambda: _save_group(request, form)):
        messages.success(request, _("Saved."))
        return redirect("members_tags")
    return _form_page(request, form, _("New group"), "")


@require_POST
@page(Right.EDIT_MEMBERS)
def remove_tag(request: Request, pk: int) -> HttpResponse:
    """Throw a tag away."""
    actions.remove_tag(request.actor, tag_id=pk)
    messages.success(request, _("The tag is gone."))
    return redirect("members_tags")


@require_POST
@page(Right.EDIT_MEMBERS)
def remove_group(request: Request, pk: int) -> HttpResponse:
    """Throw a group away; its tags stay."""
    actions.remove_tag_group(request.actor, group_id=pk)
    messages.success(request, _("The group is gone, its tags are still there."))
    return redirect("members_tags")


@require_POST
@page(Right.EDIT_MEMBERS)
def undo(request: Request, pk: int) -> HttpResponse:
    """Take back what was done with a tag."""
    deed = actions.undo(request.actor, deed_id=pk)
    said = _("Taken back: %(what)s.") % {"what": _said(deed)}
    messages.success(request, said)
    return redirect("members_tags")


@page(Right.EDIT_MEMBERS)
def many(request: Request) -> HttpResponse:
    """Tag the members picked, or everybody the list's filters let through."""
    picked = _picked(request)
    form = TagForm(request.actor, request.POST if "do" in request.POST else None)
    if "do" in request.POST and form.is_valid():
        try:
            deed = _do(request, form, picked)
        except (Invalid, Conflict) as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else "tag", sentence(str(error)))
        else:
            messages.success(request, f"{_said(deed)}.")
            return redirect("members_tags")
    context = {
        "head": Head(
            _("Tag members"),
            _who(picked),
            back=address("members"),
            back_label=_("Members"),
        ),
        "form": form,
        "picked": [] if request.GET else picked,
        "count": len(picked),
        "named": sorted(names(picked[:20]).values()),
    }
    status = 422 if form.is_bound else 200
    return render(request, "members/many.html", context, status=status)


def _picked(request: Request) -> list[int]:
    """Members picked by hand; without any, everybody who fits the filters of the address."""
    by_hand = row_numbers(request.POST.getlist("pick"))
    if by_hand or not request.GET:
        return sorted(anchors(request.actor.workspace_id, by_hand))
    listing = Listing(request.actor, wanted_of(request), todays_of(request.actor))
    found = listing.ids(MOST + 1)
    if len(found) > MOST:
        raise Invalid("too_many_picked")
    return found


def _do(request: Request, form: TagForm, picked: Sequence[int]) -> Deed:
    if not picked:
        raise Invalid("nobody_picked", field="tag")
    tag_id = form.tag_id(request.actor)
    if request.POST["do"] == "off":
        return actions.take_off(request.actor, tag_id=tag_id, member_ids=picked)
    return actions.put_on(
        request.actor,
        tag_id=tag_id,
        member_ids=picked,
        expires_at=expiry(form.cleaned_data["last"]),
    )


def _who(picked: Sequence[int]) -> str:
    n = len(picked)
    if not n:
        return str(SENTENCES["nobody_picked"])
    return ngettext("%(n)s member is picked.", "%(n)s members are picked.", n) % {"n": number(n)}
