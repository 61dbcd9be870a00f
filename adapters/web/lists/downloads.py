"""Rows as files people open in a spreadsheet: nothing in a cell is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter

from application.reports.report import harmless

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MADE = datetime(2026, 1, 1)  # noqa: DTZ001  XlsxWriter wants it bare; the same rows make the same file
WIDTHS_MAX = 60
LINES_AT_ONCE = 100
MARK = "\ufeff"  # by which Excel knows UTF-8


async def as_csv(heading: Sequence[str], lines: Iterable[Sequence[Any]]) -> AsyncIterator[str]:
    """Give a table as CSV (RFC 4180), some lines at a time."""
    text = io.StringIO()
    text.write(MARK)
    writer = csv.writer(text)
    writer.writerow(heading)
    waiting = 1
    for line in lines:
        writer.writerow([harmless(value) if isinstance(value, str) else value for value in line])
        waiting += 1
        if waiting >= LINES_AT_ONCE:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
            waiting = 0
    yield text.getvalue()


def as_xlsx(title: str, heading: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    """Give a table as a workbook; few rows are held at once. Many take seconds: not for the loop that answers."""
    with TemporaryFile() as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        book.set_properties({"title": title, "created": MADE})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heading) - 1, 18)
        sheet.set_column(1, 1, WIDTHS_MAX)
        sheet.write_row(0, 0, heading, book.add_format({"bold": True}))
        row = 0
        for line in lines:
            row += 1
            for column, value in enumerate(line):
                sheet.write_string(row, column, str(value))
        sheet.autofilter(0, 0, row, len(heading) - 1)
        book.close()
        file.seek(0)
        return file.read()
