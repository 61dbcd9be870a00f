"""A file's kind is what it holds, whatever it is called."""

from __future__ import annotations

import io
import zipfile

import pytest

from adapters.web.forms.upload import MEMBERS, kind_of_file


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return held.getvalue()


SHEET, PAPER = MEMBERS.values()
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
    assert kind_of_file(io.BytesIO(content), name) == kind
