"""The poster of a join link: write it, look at it, take it as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.joining import posters
from weilu.console.joining.views import public_address
from weilu.console.parts import Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Invalid, NotFound
from weilu.core.pictures import picture_path
from weilu.groups.joining.saving import PosterWords, link, save_poster
from weilu.groups.models import JoinLink

SENTENCES["no_font"] = gettext_lazy(
    "This machine has no font to draw text with. Take the SVG, or install Noto Sans CJK."
)
KINDS = {"svg": "image/svg+xml", "png": "image/png"}


class PosterForm(forms.Form):
    """What the poster says and shows."""

    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=40)
    text = forms.CharField(
        label=gettext_lazy("A few words"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What one gets in the group; no reward for sharing the poster."),
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        help_text=gettext_lazy("Wide pictures fit best. Place and time are taken out of it."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    no_picture = forms.BooleanField(label=gettext_lazy("Without a picture"), required=False)


@page(Right.EDIT_GROUPS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Write the poster of a link and see it."""
    one = link(request.actor, pk)
    first = {"title": one.poster_title or one.community.name, "text": one.poster_text or one.words}
    form = PosterForm(request.POST or None, request.FILES or None, initial=first)
    if not one.poster_picture:
        del form.fields["no_picture"]
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        upload = said["picture"]
        try:
            save_poster(
                request.actor,
                one,
                PosterWords(said["title"], said["text"]),
                picture=(upload, upload.size) if upload else None,
                no_picture=said.get("no_picture", False),
            )
        except Invalid as error:
            form.add_error(
                error.field if error.field in form.fields else None, sentence(str(error))
            )
        else:
            messages.success(request, _("Saved."))
            return redirect("join_link_poster", pk)
    context = {
        "head": Head(_("Poster"), "", reverse("join_link", args=[pk]), one.name),
        "form": form,
        "one": one,
    }
    return render(request, "joining/poster.html", context, status=422 if form.errors else 200)


@page(Right.SEE_NUMBERS)
def file(request: Request, pk: int, kind: str) -> HttpResponse:
    """The poster as a file, for all visitors or for those of one answer."""
    if kind not in KINDS:
        raise NotFound
    one = link(request.actor, pk)
    made = {"svg": posters.svg, "png": posters.png}[kind](_poster(request, one))
    answer = HttpResponse(made, content_type=KINDS[kind])
    how = "attachment" if "download" in request.GET else "inline"
    name = slugify(one.name) or one.code
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}-poster.{kind}"'
    return answer


def _poster(request: Request, one: JoinLink) -> posters.Poster:
    address = public_address(request, one)
    said, how = request.GET.get("a", "")[:60], _("Scan the code and come in")
    return posters.Poster(
        title=one.poster_title or one.community.name,
        text=one.poster_text or one.words,
        how=f"{how} · {said}" if said else how,
        address=f"{address}?{urlencode({'a': said})}" if said else address,
        picture=picture_path(one.poster_picture) if one.poster_picture else None,
    )
