"""A report as a sheet for spreadsheets (XLSX)."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from softswitch.reports.result import Column, Kind, Result

_FORMATS: Final = {
    Kind.TIME: "yyyy-mm-dd hh:mm:ss",
    Kind.SECONDS: "[h]:mm:ss",
    Kind.SHARE: "0.0%",
    Kind.NUMBER: "0.00",
    Kind.MONEY: "0.00##",
}
_DAY: Final = 86400.0


def write_sheet(result: Result, file: Path, zone: ZoneInfo) -> None:
    """Bold titles that stay in sight, a filter on each column, times and money as such. Raises OSError."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    with file.open("wb") as out:  # before anything: a half-made book cannot be dropped quietly
        book = Workbook(write_only=True)
        sheet = book.create_sheet(result.title[:31])
        sheet.freeze_panes = "A2"
        for index, column in enumerate(result.columns, start=1):
            width = max((len(str(row.get(column.key) or "")) for row in result.rows[:200]), default=0)
            sheet.column_dimensions[get_column_letter(index)].width = min(
                60, max(10, len(column.title), width) + 2
            )
        last = get_column_letter(len(result.columns))
        sheet.auto_filter.ref = f"A1:{last}{len(result.rows) + 1}"
        titles = []
        for column in result.columns:
            cell = WriteOnlyCell(sheet, column.title)
            cell.font = Font(bold=True)
            titles.append(cell)
        sheet.append(titles)
        for row in result.rows:
            cells = []
            for column in result.columns:
                cell = WriteOnlyCell(sheet, _value(row.get(column.key), column, zone))
                if column.kind is Kind.TEXT:
                    cell.data_type = "s"  # never a formula, whatever a caller has as his name
                elif column.kind in _FORMATS:
                    cell.number_format = _FORMATS[column.kind]
                cells.append(cell)
            sheet.append(cells)
        book.save(out)


def _value(found: Any, column: Column, zone: ZoneInfo) -> Any:
    if found is None:
        return None
    match column.kind:
        case Kind.TIME:
            return datetime.fromtimestamp(found, zone).replace(tzinfo=None)  # sheets know no timezones
        case Kind.SECONDS:
            return found / _DAY
        case Kind.TEXT:
            # XML has no control characters.
            return "".join(char if char.isprintable() else "?" for char in str(found))
        case _:
            return found
