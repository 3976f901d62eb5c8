"""Who does what in a community: the three layers, gaps, doubled hats, one page to print."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.communities.models import Community
from weilu.console.formats import day, number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.kit.steps import launch_step
from weilu.console.parts import Badge, Head, Tone
from weilu.console.sentences import SENTENCES, sentence
from weilu.console.team.words import DUTIES, LAYERS, ROLES, WHY
from weilu.core.access import Actor, Right
from weilu.core.clock import today
from weilu.core.errors import Invalid
from weilu.core.people import seats
from weilu.insight.launch import Item
from weilu.insight.people.listing import find_members
from weilu.insight.scope import community as one_community
from weilu.team.models import Post
from weilu.team.rules.roles import Role
from weilu.team.rules.structure import NEEDED
from weilu.team.structure import (
    DUTY_CHARS,
    NAME_CHARS,
    PostWords,
    Structure,
    begin_structure,
    drop_post,
    post,
    save_post,
    structure_of,
)

MOST_FOUND = 8
SENTENCES["bad_role"] = gettext_lazy("Choose a role and a layer from the list.")


class PostForm(forms.Form):
    """What is to be done, and who does it."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=list(ROLES.items()))
    duty = forms.CharField(
        label=gettext_lazy("What this person does"),
        required=False,
        max_length=DUTY_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    layer = forms.ChoiceField(
        label=gettext_lazy("Layer"),
        required=False,
        choices=[("", gettext_lazy("as usual for the role")), *LAYERS.items()],
    )
    user = forms.ChoiceField(label=gettext_lazy("Somebody of the team"), required=False)
    member = forms.CharField(
        label=gettext_lazy("Or a member"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("The name as it stands in the member list."),
    )
    somebody = forms.CharField(
        label=gettext_lazy("Or somebody else"),
        required=False,
        max_length=NAME_CHARS,
        help_text=gettext_lazy("Leave all three empty when nobody does it yet."),
    )

    def __init__(self, data: object, *, actor: Actor, initial: dict[str, object]) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # as forms.Form takes them
        self._actor = actor
        team = [(str(one.user_id), one.user.username) for one in seats(actor)]
        self.fields["user"].choices = [("", "–"), *team]  # type: ignore[attr-defined]  # a ChoiceField
        if not actor.may(Right.SEE_MEMBERS):
            del self.fields["member"]

    def said(self) -> PostWords | None:
        """What the form says; None when the member's name is not clear, and the form says so."""
        s = self.cleaned_data
        member_id = None
        if name := s.get("member", "").strip():
            found = find_members(self._actor, name, limit=MOST_FOUND)
            exact = [one for one in found if one.name.strip() == name] or found
            if len(exact) != 1:
                words = (
                    _("Several are called so: %(names)s. Write the whole name.")
                    % {"names": _(", ").join(one.name for one in exact)}
                    if exact
                    else _("Nobody in the member list is called so.")
                )
                self.add_error("member", words)
                return None
            member_id = exact[0].pk
        user_id = int(s["user"]) if s["user"] else None
        return PostWords(s["role"], s["duty"], s["layer"], user_id, member_id, s["somebody"])


@dataclass(frozen=True, slots=True)
class Line:
    """A post ready to draw."""

    pk: int
    role: str
    duty: str
    name: str
    member_id: int | None


@page(Right.SEE_NUMBERS)
def structure(request: Request, pk: int) -> HttpResponse:
    """The structure of a community, and a form for one more post."""
    community = one_community(request.actor, pk)
    found = structure_of(request.actor, community)
    may = request.actor.may(Right.PLAN)
    form = PostForm(request.POST or None, actor=request.actor, initial=_asked(request, found))
    if request.method == "POST":
        request.actor.require(Right.PLAN)
        if form.is_valid() and _kept(request, form, community, None):
            return redirect("community_structure", pk)
    context = {
        **_drawn(found),
        "gaps": _gaps(found),
        "head": Head(_("Who does what"), _sentence(found), *_back(community)),
        "form": form if may else None,
        "may": may,
        "community": community,
        "launch_step": launch_step(request, community, Item.STRUCTURE),
        "may_begin": may and bool(set(NEEDED) - _put_up(found)),
    }
    return render(request, "team/structure.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class Gap:
    """A role that nobody holds, and where somebody is given it: its empty post, else a new one."""

    name: object
    why: object
    url: str


def _gaps(found: Structure) -> list[Gap]:
    empty = {
        Role(one.post.role): one.post.pk
        for posts in found.layers.values()
        for one in reversed(posts)
        if not one.name
    }
    return [
        Gap(
            ROLES[role],
            WHY[role],
            reverse("post", args=[empty[role]]) if role in empty else f"?role={role.value}#post",
        )
        for role in found.gaps
    ]


def _put_up(found: Structure) -> set[Role]:
    """The roles for which there is a post, held or not."""
    return {Role(one.post.role) for posts in found.layers.values() for one in posts}


def _back(community: Community) -> tuple[str, str]:
    return reverse("community", args=[community.pk]), community.name


def _asked(request: Request, found: Structure) -> dict[str, object]:
    """The role the address asks for, else the first that is missing, with its usual duty."""
    wanted = request.GET.get("role", "")
    role = Role(wanted) if wanted in set(Role) else next(iter(found.gaps), Role.EXPERT)
    return {"role": role.value, "duty": DUTIES[role]}


def _drawn(found: Structure) -> dict[str, object]:
    return {
        "layers": [
            (
                LAYERS[layer],
                [
                    Line(
                        one.post.pk,
                        str(ROLES[Role(one.post.role)]),
                        one.post.duty,
                        one.name,
                        one.member_id,
                    )
                    for one in posts
                ],
            )
            for layer, posts in found.layers.items()
        ],
        "gap_words": _(", ").join(str(ROLES[role]) for role in found.gaps),
        "hats": [
            (
                name,
                _(", ").join(str(ROLES[role]) for role in one.roles),
                Badge(_("too much for one"), Tone.WATCH) if one.too_many else None,
            )
            for name, one in found.hats
        ],
    }


def _sentence(found: Structure) -> str:
    if not found.posts:
        return _("Nothing is written yet. Six posts carry a community; put them up and fill them.")
    words = ngettext("%(n)s post", "%(n)s posts", found.posts) % {"n": number(found.posts)}
    if not found.gaps:
        return _("%(posts)s, and everything that is needed is held by somebody.") % {"posts": words}
    missing = _(", ").join(str(ROLES[role]) for role in found.gaps)
    return _("%(posts)s. Nobody is: %(missing)s.") % {"posts": words, "missing": missing}


def _kept(request: Request, form: PostForm, community: Community, pk: int | None) -> bool:
    """Save what the form says; False when it cannot be, and the form says why."""
    said = form.said()
    if said is None:
        return False
    try:
        save_post(request.actor, said, community=community, pk=pk)
    except Invalid as error:
        form.add_error(error.field if error.field in form.fields else None, sentence(str(error)))
        return False
    messages.success(request, _("Saved."))
    return True


@page(Right.PLAN)
def change(request: Request, pk: int) -> HttpResponse:
    """Change a post, or give it to somebody."""
    one = post(request.actor, pk)
    form = PostForm(request.POST or None, actor=request.actor, initial=_held(one))
    if request.method == "POST" and form.is_valid() and _kept(request, form, one.community, pk):
        return redirect("community_structure", one.community_id)
    back = reverse("community_structure", args=[one.community_id])
    context = {
        "head": Head(ROLES[Role(one.role)], "", back, _("Who does what")),
        "form": form,
        "one": one,
    }
    return render(request, "team/post.html", context, status=422 if form.errors else 200)


def _held(one: Post) -> dict[str, object]:
    return {
        "role": one.role,
        "duty": one.duty,
        "layer": one.layer,
        "user": str(one.user_id or ""),
        "member": one.identity.member.name if one.identity else "",
        "somebody": one.somebody,
    }


@require_POST
@page(Right.PLAN)
def drop(request: Request, pk: int) -> HttpResponse:
    """Take a post out of the structure."""
    community_id = drop_post(request.actor, pk=pk)
    messages.success(request, _("The post is gone."))
    return redirect("community_structure", community_id)


@require_POST
@page(Right.PLAN)
def begin(request: Request, pk: int) -> HttpResponse:
    """Put up the posts every community needs."""
    community = one_community(request.actor, pk)
    duties = [PostWords(role.value, str(DUTIES[role])) for role in NEEDED]
    begin_structure(request.actor, community=community, duties=duties)
    return redirect("community_structure", pk)


@page(Right.SEE_NUMBERS)
def paper(request: Request, pk: int) -> HttpResponse:
    """The structure on one page, to print."""
    community = one_community(request.actor, pk)
    context = {
        **_drawn(structure_of(request.actor, community)),
        "head": Head(community.name),
        "community": community,
        "made": day(today(), year=True),
    }
    return render(request, "team/paper.html", context)
