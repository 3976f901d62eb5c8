"""The workbook has exact cells and no formulas; the report is a PDF with pages."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from base64 import b64decode, b64encode
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from weilu.communities.models import Community
from weilu.console import printing
from weilu.console.communities import svg
from weilu.console.conftest import signed_in
from weilu.core.models import User, Workspace
from weilu.groups.models import Participation
from weilu.insight.pages.tests.story import HOSTILE, LINK, tell
from weilu.members.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    return tell(workspace)


@pytest.fixture
def browser(owner: User) -> Client:
    return signed_in(owner)


def workbook(client: Client, community: Community) -> bytes:
    answer = client.get(f"/communities/{community.pk}/numbers.xlsx")
    assert answer.status_code == 200
    return answer.content


def rows(data: bytes, name: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [list(row) for row in book.get_sheet_by_name(name).to_python()]


def test_workbook_has_exact_cells(browser: Client, tea: Community) -> None:
    data = workbook(browser, tea)
    assert rows(data, "Overview") == [
        ["Number", "This period", "Period before"],
        ["People there", 4, ""],
        ["of them silent", 1, ""],
        ["People who spoke", 3, 2],
        ["Messages", 5, 3],
        ["Came", 2, 0],
        ["Left", 1, 0],
        ["Questions", 1, 0],
        ["Answered", 1, 0],
    ]
    days = rows(data, "By day")
    assert days[0] == ["Day", "Messages", "People"]
    assert days[2] == [date(2024, 3, 5), 2, 2]
    assert len(days) == 29
    assert rows(data, "Hours of the week")[2][21] == 5
    assert rows(data, "Links")[1] == [LINK, 1, date(2024, 3, 31)]
    assert [HOSTILE, 1, 0.2] in rows(data, "The most active")
    spread = rows(data, "How the talk is spread")
    assert (spread[1], spread[-1]) == ([0, 0], [1, 1])


def test_text_never_becomes_a_formula(browser: Client, tea: Community) -> None:
    Member.objects.filter(name="Ada").update(name="=cmd()")
    Member.objects.filter(name="Cleo").update(name="@SUM(1)")
    data = workbook(browser, tea)
    names = [row[0] for row in rows(data, "The most active")]
    assert {"=cmd()", "@SUM(1)"} <= set(names)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for part in parts.namelist():
            if part.startswith("xl/worksheets/"):
                assert b"<f>" not in parts.read(part)


def pages_of(data: bytes) -> int:
    """How many pages a PDF has; its objects are packed."""
    packed = re.findall(rb"/ObjStm.*?stream\r?\n(.*?)\nendstream", data, re.DOTALL)
    plain = b"".join(zlib.decompress(one) for one in packed)
    return len(re.findall(rb"/Type /Page\b", plain))


def test_report_is_a_pdf_with_pages(browser: Client, tea: Community) -> None:
    answer = browser.get(f"/communities/{tea.pk}/report.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert pages_of(answer.content) >= 2


def test_machine_without_pango_offers_the_page(
    browser: Client, tea: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> ModuleType:
        assert name == "weasyprint"
        raise OSError("no pango")

    monkeypatch.setattr(printing, "importlib", SimpleNamespace(import_module=refuse))
    answer = browser.get(f"/communities/{tea.pk}/report.pdf")
    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "Pango" in page


def test_a_page_on_paper_opens_no_file_and_no_address(tmp_path: Path) -> None:
    """Whatever a name or a text smuggled in: a picture of a PDF lies in it, or is not there."""
    drawn = b64decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==")
    (tmp_path / "secret.gif").write_bytes(drawn)
    held = "data:image/gif;base64," + b64encode(drawn).decode()

    def pictures(address: str) -> int:
        text = f'<body><img src="{address}"><a rel="attachment" href="{address}">x</a></body>'
        made = printing.as_pdf(text, ())
        if made is None:
            pytest.skip("no Pango on this machine")
        return made.count(b"/Subtype /Image") + made.count(b"/EmbeddedFile")

    assert pictures(held) > 0
    assert pictures((tmp_path / "secret.gif").as_uri()) == 0
    assert pictures("http://127.0.0.1:9/secret.gif") == 0


def test_report_draws_charts_on_the_server(browser: Client, tea: Community) -> None:
    page = browser.get(f"/communities/{tea.pk}/report/").content.decode()
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="paper"') >= 6
    assert "style=" not in page
    # The one script folds sections on a phone; without it every section stands open.
    assert page.count("<script") == 1
    assert page.count('<details class="section" open>') == page.count("<details") >= 8
    assert "3 people wrote 5 messages" in page


@pytest.mark.parametrize(
    ("most", "top"), [(0, 4), (4, 4), (5, 8), (92, 100), (152, 160), (1_234, 1_600), (2_000, 2_000)]
)
def test_an_axis_ends_at_a_round_number(most: float, top: float) -> None:
    assert svg._top_of([1, most]) == top


def test_the_report_says_what_changed(browser: Client, tea: Community) -> None:
    page = browser.get(f"/communities/{tea.pk}/report/").content.decode()
    assert '<th scope="col">Change</th>' in page
    assert 'data-label="Change">none before</td>' in page


def test_analyst_exports_only_what_it_sees(analyst: User, tea: Community) -> None:
    before = Participation.objects.count()
    assert signed_in(analyst).get(f"/communities/{tea.pk}/numbers.xlsx").status_code == 200
    assert Participation.objects.count() == before


def test_spans_and_shares_are_written_as_such(browser: Client, tea: Community) -> None:
    data = workbook(browser, tea)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        styles = parts.read("xl/styles.xml").decode()
        sheets = [parts.read(n).decode() for n in parts.namelist() if "worksheets/sheet" in n]
    assert "[h]:mm:ss" in styles
    assert all('state="frozen"' in sheet for sheet in sheets)
    first = rows(data, "Who answers first")[1]
    # Calamine reads the span as one; as a bare number it would be seconds.
    assert isinstance(first[2], timedelta)


def test_weeks_and_months_have_names_of_their_own(browser: Client, tea: Community) -> None:
    names = CalamineWorkbook.from_filelike(io.BytesIO(workbook(browser, tea))).sheet_names
    assert not [name for name in names if name.endswith("(2)")]


def test_the_report_brings_typefaces_for_chinese_and_emoji() -> None:
    if not all((printing.PAPER / name).is_file() for name in printing.TYPEFACES.values()):
        pytest.skip("the front-end files are not fetched; run the set-up")
    look, *faces = printing._styles(("console/report.css",))
    assert len(faces) == len(printing.TYPEFACES)
    for family, face in zip(printing.TYPEFACES, faces, strict=True):
        assert f'"{family}"' in face
        assert f'"{family}"' in look
