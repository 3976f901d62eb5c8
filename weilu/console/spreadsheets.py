"""How values stand in a spreadsheet: numbers, shares, spans and days stay what they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from weilu.console.cells import RIGHT_ALIGNED, Kind, plain

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
    "nan_inf_to_errors": True,
}
_DAY_SECONDS = 86_400


class Looks:
    """The looks of the cells of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format({"bold": True, "bottom": 1})
        self.head_right: Format = book.add_format({"bold": True, "bottom": 1, "align": "right"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.whole: Format = book.add_format({"num_format": "#,##0"})
        self.part: Format = book.add_format({"num_format": "#,##0.0"})
        self.share: Format = book.add_format({"num_format": "0.0%"})
        self.span: Format = book.add_format({"num_format": "[h]:mm:ss"})


def head(sheet: Worksheet, fields: Sequence[tuple[str, Kind]], looks: Looks) -> None:
    """Write the headings, which stay in sight, and give the columns their widths."""
    sheet.freeze_panes(1, 1)
    for at, (label, kind) in enumerate(fields):
        sheet.write_string(0, at, label, looks.head_right if kind in RIGHT_ALIGNED else looks.head)
        wide = 17 if kind in {Kind.MOMENT, Kind.AGO} else 14
        sheet.set_column(at, at, 28 if at == 0 and kind in {Kind.TEXT, Kind.ADDRESS} else wide)


def write(sheet: Worksheet, at: tuple[int, int], value: object, kind: Kind, looks: Looks) -> None:
    """Write one value; a text stays a text whatever it begins with. Seconds become a span."""
    one = plain(value)
    if isinstance(one, datetime):
        sheet.write_datetime(*at, timezone.localtime(one), looks.moment)
    elif isinstance(one, date):
        sheet.write_datetime(*at, one, looks.day)
    elif isinstance(one, str):
        sheet.write_string(*at, one)
    elif one is not None:
        _number(sheet, at, one, (kind, looks))


def _number(sheet: Worksheet, at: tuple[int, int], value: float, look: tuple[Kind, Looks]) -> None:
    kind, looks = look
    if kind is Kind.SPAN:
        sheet.write_number(*at, value / _DAY_SECONDS, looks.span)
    elif kind in {Kind.SHARE, Kind.CHANGE}:
        sheet.write_number(*at, value, looks.share)
    else:
        sheet.write_number(*at, value, looks.whole if value == int(value) else looks.part)
