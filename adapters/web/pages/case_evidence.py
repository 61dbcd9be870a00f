"""A piece of evidence, for who may see the case: its bytes handed over and never run, its pages shown as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, Response
from msgspec import Meta

from adapters.files.kinds import Kind, believed
from adapters.files.previews import Picture, Previews
from adapters.http.evidence import UNKNOWN_MEDIA_TYPE
from adapters.http.query import Query
from adapters.web.cases import case_by_number
from adapters.web.render import page
from adapters.web.visit import SignedVisit, Somebody
from application.errors import NotKnown
from domain.innovation.state import Evidence, Innovation

routes = APIRouter()
WIDTH, WIDTH_SMALL = 900, 160  # pixels
PAGES_MAX = 10_000
KEPT = "private, max-age=3600"
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
}


class Held(NamedTuple):
    """A piece of evidence whose file our own server has, and what kind that is for sure."""

    case: Innovation
    item: Evidence
    path: Path
    kind: Kind | None


async def held(visit: SignedVisit, number: str, item: UUID) -> Held:
    """Give a piece of evidence with its file; NotKnown when our own server never received it."""
    case = await case_by_number(visit, number)
    known = case.evidence.get(item)
    path = visit.given.store.file_of(known.fact.digest) if known is not None else None
    if known is None or path is None:
        raise NotKnown
    return Held(case, known, path, believed(path, known.fact.media_type))


@routes.get("/inovasi/{number}/bukti/{item}")
async def give(visit: Somebody, number: str, item: UUID) -> Response:
    """Give a file as it was received."""
    found = await held(visit, number, item)
    headers = HEADERS | {"ETag": f'"{found.item.fact.digest}"'}
    if headers["ETag"] in visit.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(
        found.path,
        headers=headers,
        media_type=found.kind.media_type if found.kind else UNKNOWN_MEDIA_TYPE,
        filename=f"{found.case.case_number}-v{found.item.version}{found.kind.ending if found.kind else '.bin'}",
    )


class PageQuery(Query, frozen=True, kw_only=True):
    """Which page of the file."""

    halaman: Annotated[int, Meta(ge=1, le=PAGES_MAX)] = 1


@routes.get("/inovasi/{number}/bukti/{item}/lihat")
async def look(
    visit: Somebody, number: str, item: UUID, asked: Annotated[PageQuery, Depends(PageQuery.of)]
) -> Response:
    """Show a page of a file as a picture, and what the case says of it."""
    found = await held(visit, number, item)
    drawn = await _drawn(visit, found, asked.halaman, WIDTH)
    return page(visit, "case/look.html", found=found, drawn=drawn, asked=asked)


class PictureQuery(PageQuery, frozen=True, kw_only=True):
    """Which page of the file, and whether as small as a stamp."""

    kecil: Literal[1] | None = None


@routes.get("/inovasi/{number}/bukti/{item}/gambar")
async def draw(
    visit: Somebody, number: str, item: UUID, asked: Annotated[PictureQuery, Depends(PictureQuery.of)]
) -> Response:
    """Give a page of a file as a picture of our own making; NotKnown when it cannot be drawn."""
    found = await held(visit, number, item)
    drawn = await _drawn(visit, found, asked.halaman, WIDTH_SMALL if asked.kecil else WIDTH)
    if drawn is None:
        raise NotKnown
    return Response(drawn.jpeg, headers=HEADERS | {"Cache-Control": KEPT}, media_type="image/jpeg")


async def _drawn(visit: SignedVisit, found: Held, number: int, width: int) -> Picture | None:
    if found.kind is None or not found.kind.drawn:
        return None
    previews: Previews = visit.request.app.state.previews
    return await previews.of(found.item.fact.digest, found.path, found.kind.media_type, page=number, width=width)
