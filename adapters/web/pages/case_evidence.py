"""The bytes of a piece of evidence, for who may see the case: handed over, never run."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, Response

from adapters.http.evidence import UNKNOWN_MEDIA_TYPE
from adapters.http.query import Query
from adapters.web.cases import case_by_number
from adapters.web.visit import Somebody
from application.errors import NotKnown

routes = APIRouter()
BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
"""How files of a media type begin: what was said of a file is believed when it begins so."""
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
}


class ShowQuery(Query, frozen=True, kw_only=True):
    """Whether the file is shown within a page; only pictures are."""

    tampil: Literal[1] | None = None


@routes.get("/inovasi/{number}/bukti/{item}")
async def give(
    visit: Somebody, number: str, item: UUID, asked: Annotated[ShowQuery, Depends(ShowQuery.of)]
) -> Response:
    """Give a file as it was received; NotKnown when our own server never received it."""
    case = await case_by_number(visit, number)
    known = case.evidence.get(item)
    path = visit.given.store.file_of(known.fact.digest) if known is not None else None
    if known is None or path is None:
        raise NotKnown
    headers = HEADERS | {"ETag": f'"{known.fact.digest}"'}
    if headers["ETag"] in visit.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    media_type = believed(path, known.fact.media_type)
    if asked.tampil and not media_type.startswith("image/"):
        raise NotKnown
    return FileResponse(
        path,
        headers=headers,
        media_type=media_type,
        filename=f"{case.case_number}-v{known.version}{mimetypes.guess_extension(media_type) or ''}",
        content_disposition_type="inline" if asked.tampil else "attachment",
    )


def believed(path: Path, said: str) -> str:
    """Give the media type a file has for sure."""
    with path.open("rb") as file:
        return said if file.read(16).startswith(BEGINNINGS.get(said, ())) else UNKNOWN_MEDIA_TYPE
