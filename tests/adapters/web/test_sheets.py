"""Files for spreadsheets: nothing is run, nothing is lost, and the same rows make the same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.web.lists.downloads import as_csv, as_xlsx
from adapters.web.pages import register
from application.reports.report import harmless
from tests.adapters.web.conftest import Visitors

HEADING = ["Judul", "Ketua"]
LINES = [
    ['=HYPERLINK("http://x")', "+62"],
    ["-1", "@SUM(A1)"],
    ["\tx", "\rx"],
    ['Antrean, "duduk"\ndi Puskesmas', ""],
]  # fmt: skip


def lines(many: int = 1) -> Iterator[list[Any]]:
    for _ in range(many):
        yield from LINES


async def test_csv_is_read_by_excel_and_holds_no_formula() -> None:
    text = "".join([piece async for piece in as_csv(HEADING, lines())])
    assert text.startswith("\ufeff")
    heading, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert heading == HEADING
    assert [cell for row in rows[:3] for cell in row] == [f"'{cell}" for row in LINES[:3] for cell in row]
    assert rows[3] == LINES[3]


async def test_a_semicolon_begins_no_formula_either() -> None:
    text = "".join([piece async for piece in as_csv(HEADING, [["foo;=1+1;bar", "foo\n@SUM(A1); -1"]])])
    _, row = csv.reader(io.StringIO(text, newline=""))
    assert harmless("satu\n\ndua:\r\n- tiga") == "satu\n\ndua:\r\n- tiga"
    assert row == ["foo;'=1+1;bar", "foo\n'@SUM(A1); -1"]


async def test_csv_comes_in_pieces() -> None:
    pieces = [piece async for piece in as_csv(HEADING, lines(60))]
    assert len(pieces) > 1
    assert len(list(csv.reader(io.StringIO("".join(pieces), newline="")))) == 1 + 60 * len(LINES)


def test_a_workbook_holds_texts_only_and_is_the_same_each_time() -> None:
    book = as_xlsx("Inovasi", HEADING, lines())
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK" in sheet
    assert "<hyperlink" not in sheet
    assert book == as_xlsx("Inovasi", HEADING, lines())


async def test_a_list_that_is_too_long_for_a_file_says_so(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await visitors.status("koordinator", "/inovasi/unduh.csv") == 200
    monkeypatch.setattr(register, "WHOLE_MAX", 3)
    for kind in ("csv", "xlsx"):
        refused = await visitors.look("koordinator", f"/inovasi/unduh.{kind}")
        assert refused.status_code == 422
        assert "lebih dari 3 baris" in refused.text
