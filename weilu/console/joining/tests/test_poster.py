"""Posters: what they show, how they are made, what is refused."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from weilu.communities.models import Community
from weilu.console.joining import posters
from weilu.core.models import Workspace
from weilu.core.pictures import picture_path
from weilu.core.tests.cast import Person
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.models import Group, JoinLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(workspace: Workspace, operator: Person) -> JoinLink:
    """A link that tells two shops apart."""
    place = Community.objects.create(workspace=workspace, name="一盏茶", time_zone="Asia/Shanghai")
    group = Group.objects.create(
        workspace=workspace, community=place, platform="wechat", name="Evening"
    )
    made = save_link(
        operator.actor, LinkWords("counter", "store", words="晚上喝茶"), community=place
    )
    for shop in ("North", "南店"):
        wish = TargetWords(group.pk, address="https://example.org/g", answer=shop)
        save_target(operator.actor, made, wish)
    return made


def photo(size: tuple[int, int] = (800, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "PNG")
    return out.getvalue()


def read(data: bytes) -> str:
    """What the code on a picture says."""
    return str(zxingcpp.read_barcodes(Image.open(io.BytesIO(data)))[0].text)


def test_the_poster_leads_to_the_link(one: JoinLink, operator: Person) -> None:
    client = operator.client()
    data = client.get(f"/links/{one.pk}/poster.png").content
    assert Image.open(io.BytesIO(data)).size == (posters.WIDTH, posters.HEIGHT)
    assert read(data) == f"http://testserver/j/{one.code}/"
    north = client.get(f"/links/{one.pk}/poster.png?a=North").content
    assert read(north) == f"http://testserver/j/{one.code}/?a=North"
    drawn = client.get(f"/links/{one.pk}/poster.svg").content.decode()
    assert "一盏茶" in drawn
    assert "<script" not in drawn
    assert client.get(f"/links/{one.pk}/poster.gif").status_code == 404


def test_each_answer_has_a_code_of_its_own(one: JoinLink, operator: Person) -> None:
    client = operator.client()
    page = client.get(f"/links/{one.pk}/").content.decode()
    assert f"/j/{one.code}/?a=North" in page
    code = client.get(f"/links/{one.pk}/code.png?a=南店").content
    assert read(code).endswith("?a=%E5%8D%97%E5%BA%97")


def test_it_is_written_and_its_picture_drawn_anew(one: JoinLink, operator: Person) -> None:
    client, url = operator.client(), f"/links/{one.pk}/poster/"
    words = {"title": "<b>新茶</b> & more", "text": "每晚九点"}
    upload = SimpleUploadedFile("a.png", photo(), "image/png")
    assert client.post(url, {**words, "picture": upload}).status_code == 302
    one.refresh_from_db()
    path = picture_path(one.poster_picture)
    with Image.open(path) as kept:
        assert kept.format == "JPEG"
    drawn = client.get(f"/links/{one.pk}/poster.svg").content.decode()
    assert "&lt;b&gt;新茶&lt;/b&gt; &amp; more" in drawn
    assert "data:image/jpeg;base64," in drawn
    with Image.open(io.BytesIO(client.get(f"/links/{one.pk}/poster.png").content)) as made:
        assert made.getpixel((5, 5)) == pytest.approx((0, 128, 0), abs=6)
    assert client.post(url, {**words, "no_picture": "on"}).status_code == 302
    assert not path.exists()


def test_what_is_no_picture_or_too_long_changes_nothing(one: JoinLink, operator: Person) -> None:
    client, url = operator.client(), f"/links/{one.pk}/poster/"
    bad = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")
    assert client.post(url, {"title": "x", "picture": bad}).status_code == 422
    assert client.post(url, {"title": "x" * 41}).status_code == 422
    one.refresh_from_db()
    assert (one.poster_title, one.poster_picture) == ("", "")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("tea for two", ["tea for two"]),
        ("一二三四五六七", ["一二三四五", "六七"]),
        ("A" * 60, ["A" * 36, "A" * 24]),
        ("一二三四五" * 3, ["一二三四五", "一二三四…"]),
    ],
)
def test_lines_break_where_they_may(text: str, lines: list[str]) -> None:
    ems = 22.0 if text.startswith("A") else 5.0
    assert posters.wrapped(text, ems if text != "tea for two" else 9.0, 2) == lines


def test_the_longest_words_stay_above_the_code() -> None:
    one = posters.Poster("字" * 40, "字" * 200, "scan", "https://example.org/j/abcdefghij/")
    lines = posters.lines_of(one)
    assert max(line.y for line in lines[:-1]) < posters.HEIGHT - posters.CODE_SIDE - 130
