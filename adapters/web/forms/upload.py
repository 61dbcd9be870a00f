"""A file sent with a form: taken in while it arrives, within bounds, its kind told by what it holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from adapters.files.kinds import kind_of
from adapters.http.evidence import within
from adapters.http.input import check_announced
from adapters.http.problems import Problem
from adapters.http.strict_json import BODY_BYTES_MAX
from adapters.service import Store
from adapters.web.form_data import FIELDS_MAX, SEAL, FormData, tidied
from adapters.web.visit import check_origin
from domain.errors import invalid

FILE = "berkas"
FILE_BYTES_MAX = 20 * 1024 * 1024
SENT_BYTES_MAX = FILE_BYTES_MAX + BODY_BYTES_MAX
CHUNK_BYTES = 64 * 1024
MULTIPART = "multipart/form-data"


async def read_upload(request: Request) -> tuple[FormData, str, UploadFile | None]:
    """Give the fields of a form with a file, its seal, and the file if one was chosen; 413 or 400 for what is none."""
    check_origin(request)
    check_announced(request, SENT_BYTES_MAX)
    parser = MultiPartParser(
        request.headers,
        within(SENT_BYTES_MAX, request.stream()),
        max_files=1,
        max_fields=FIELDS_MAX,
        max_part_size=BODY_BYTES_MAX,
    )
    try:
        sent = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError) as unreadable:
        raise Problem(400, "malformed") from unreadable
    texts = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    if any("\x00" in name or "\x00" in value for name, value in texts):
        raise Problem(400, "json.unfit_character")
    file = next((value for value in sent.getlist(FILE) if isinstance(value, UploadFile) and value.filename), None)
    fields = [(name, tidied(value)) for name, value in texts if name != FILE]
    return FormData(fields), next((value for name, value in texts if name == SEAL), ""), file


async def keep(store: Store, file: UploadFile, case: UUID) -> list[tuple[str, str]]:
    """Store a file for a case and give what its form says of it; InvalidInput when it is too large or of no kind."""
    if (file.size or 0) > FILE_BYTES_MAX:
        raise invalid("upload.too_large", f"/{FILE}")
    kind = await asyncio.to_thread(kind_of, file.file, file.filename or "")
    if kind is None:
        raise invalid("upload.kind", f"/{FILE}")
    stored = await store.receive(_chunks(file), case)
    told = {"digest": stored.digest, "size": str(stored.size), "media_type": kind.media_type}
    return list((told | {"nama": tidied(file.filename or "")}).items())


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    await file.seek(0)
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk
