"""A file's kind is what it holds, whatever it is called."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from adapters.files.draw import DRAWS
from adapters.files.kinds import KINDS as TABLE
from adapters.files.kinds import Kind, believed, kind_of


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return held.getvalue()


SHEET, PAPER = (kind.media_type for kind in TABLE if kind.member)
KINDS = [
    ("laporan.jpg", b"%PDF-1.7\n...", "application/pdf"),
    ("foto.pdf", b"\xff\xd8\xff\xe0...", "image/jpeg"),
    ("foto", b"\x89PNG\r\n\x1a\n...", "image/png"),
    ("data.csv", b"kode,nama\n1,Jum'at\n", "text/csv"),
    ("catatan.html", "Qur'an \U0001f4d6".encode(), "text/plain"),
    ("data.zip", zipped("[Content_Types].xml", "xl/workbook.xml"), SHEET),
    ("surat.docx", zipped("[Content_Types].xml", "word/document.xml"), PAPER),
    ("halaman.pdf", b"<!doctype html><script>alert(1)</script>", None),
    ("halaman.txt", b"\xef\xbb\xbf \n<svg onload=alert(1)>", None),
    ("berkas.zip", zipped("a.txt"), None),
    ("rusak.docx", b"PK\x03\x04 and nothing else", None),
    ("program.txt", b"MZ\x90\x00\x03\x00", None),
    ("biner.csv", b"a\x00b", None),
    ("kosong.txt", b"  \n", None),
]


@pytest.mark.parametrize(("name", "content", "kind"), KINDS, ids=[name for name, _, _ in KINDS])
def test_the_kind_is_told_by_the_content(name: str, content: bytes, kind: str | None) -> None:
    found = kind_of(io.BytesIO(content), name)
    assert (found and found.media_type) == kind


@pytest.mark.parametrize(("name", "content", "kind"), KINDS, ids=[name for name, _, _ in KINDS])
def test_what_was_taken_in_is_believed_when_it_is_handed_over(
    name: str, content: bytes, kind: str | None, tmp_path: Path
) -> None:
    (file := tmp_path / "x").write_bytes(content)
    found = believed(file, kind or "text/html")
    assert (found and found.media_type) == kind


@pytest.mark.parametrize("kind", TABLE, ids=[kind.ending for kind in TABLE])
def test_a_page_is_believed_to_be_nothing(kind: Kind, tmp_path: Path) -> None:
    (file := tmp_path / "x").write_bytes(b"\xef\xbb\xbf <script>alert(1)</script>")
    assert believed(file, kind.media_type) is None


def test_what_can_be_drawn_is_said_in_the_table() -> None:
    assert {kind.media_type for kind in TABLE if kind.drawn} == DRAWS.keys()
