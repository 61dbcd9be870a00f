"""Evidence files: their bytes."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from adapters.http.answers import as_json
from adapters.http.input import check_announced, check_plain, if_match
from adapters.http.moves import Caller, Given, Id
from adapters.http.problems import Problem
from adapters.http.query import Acting
from adapters.service import Service, case_seen
from application.cases import examine
from application.errors import Stale
from application.streams import INNOVATION
from domain.errors import Refused
from domain.innovation.state import Innovation

routes = APIRouter(prefix="/api/v1")
EVIDENCE_BYTES_MAX = 200 * 1024 * 1024
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
UNKNOWN_MEDIA_TYPE = "application/octet-stream"


@routes.put("/innovations/{id}/evidence")
async def receive_evidence(
    request: Request, case_id: Id, person: Caller, given: Given, asked: Annotated[Acting, Depends(Acting.of)]
) -> Response:
    """Receive the bytes of a file and answer their digest; `attach-evidence` makes them a fact of the case."""
    case = await case_seen(given.house, case_id, person)
    await _may_attach(given, asked, case, person)
    check_announced(request, EVIDENCE_BYTES_MAX)
    check_plain(request)
    held = if_match(request)
    if held is not None and case.version not in held:
        raise Stale(expected=max(held, default=0), actual=case.version)
    stored = await given.store.receive(within(EVIDENCE_BYTES_MAX, request.stream()), case_id)
    media_type = request.headers.get("content-type", UNKNOWN_MEDIA_TYPE).partition(";")[0].strip().lower()
    known = media_type if MEDIA_TYPE.fullmatch(media_type) else UNKNOWN_MEDIA_TYPE
    return as_json({"digest": stored.digest, "size": stored.size, "media_type": known})


async def _may_attach(given: Service, asked: Acting, case: Innovation, person: UUID) -> None:
    """Take bytes only from somebody who could attach them now."""
    verdicts = await examine(given.house, INNOVATION, case, person, asked.acting_for)
    verdict = next(verdict for move, verdict in verdicts if move.command == "attach_evidence")
    if not verdict.allowed:
        raise Refused(*verdict.blockers)


async def within(bytes_max: int, chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """Let through what fits; 413 above the limit, 422 when nothing came."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > bytes_max:
            raise Problem(413, "too_large")
        yield chunk
    if size == 0:
        raise Problem(422, "evidence.empty")
