"""The kinds of files that stand as evidence: how they are told, what their names end in, and which can be drawn."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, NamedTuple

BEGIN_BYTES = 64 * 1024
CONTENT = "[Content_Types].xml"
OFFICE = "application/vnd.openxmlformats-officedocument"
ZIP = (b"PK\x03\x04",)


class Kind(NamedTuple):
    """A kind of file. A text begins with nothing of its own; a document is a ZIP archive with a `member`."""

    media_type: str
    ending: str
    begins: tuple[bytes, ...] = ()
    member: str | None = None
    drawn: bool = False
    sent: bool = True  # with a form

    def may_be(self, begin: bytes) -> bool:
        """Tell whether a file of this kind may begin so; no text does that a reader takes for a page."""
        return begin.startswith(self.begins) if self.begins else not (b"\x00" in begin or _is_markup(begin))


CSV = Kind("text/csv", ".csv")
TEXT = Kind("text/plain", ".txt")
KINDS = (
    Kind("application/pdf", ".pdf", (b"%PDF-",), drawn=True),
    Kind("image/jpeg", ".jpg", (b"\xff\xd8\xff",), drawn=True),
    Kind("image/png", ".png", (b"\x89PNG\r\n\x1a\n",), drawn=True),
    Kind("image/gif", ".gif", (b"GIF87a", b"GIF89a"), drawn=True, sent=False),
    Kind(f"{OFFICE}.spreadsheetml.sheet", ".xlsx", ZIP, member="xl/workbook.xml"),
    Kind(f"{OFFICE}.wordprocessingml.document", ".docx", ZIP, member="word/document.xml"),
    CSV,
    TEXT,
)


def believed(path: Path, said: str) -> Kind | None:
    """Give the kind a file is said to be of, by media type, when it begins so; None when it does not."""
    kind = next((kind for kind in KINDS if kind.media_type == said), None)
    if kind is None:
        return None
    with path.open("rb") as file:
        return kind if kind.may_be(file.read(BEGIN_BYTES)) else None


def kind_of(file: IO[bytes], name: str) -> Kind | None:
    """Give the kind of a file sent with a form by what it holds, None when we do not take it. A name may lie."""
    file.seek(0)
    begin = file.read(BEGIN_BYTES)
    told = [kind for kind in KINDS if kind.begins and begin.startswith(kind.begins)]
    if told and told[0].member is None:
        return told[0] if told[0].sent else None
    if told:
        members = _members(file)
        return next((kind for kind in told if {kind.member, CONTENT} <= members), None)
    if not _is_plain_text(file):
        return None
    return CSV if name.lower().endswith(CSV.ending) else TEXT


def _members(file: IO[bytes]) -> set[str | None]:
    try:
        return set(zipfile.ZipFile(file).namelist())
    except (zipfile.BadZipFile, RuntimeError, ValueError, OSError):  # RuntimeError: a way of packing nobody knows
        return set()


def _is_plain_text(file: IO[bytes]) -> bool:
    file.seek(0)
    try:
        said = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(said.strip()) and "\x00" not in said and not _is_markup(said.encode())


def _is_markup(begin: bytes) -> bool:
    return begin.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
