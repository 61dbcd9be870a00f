"""Tells a page that is open that its case has moved on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from adapters.http.query import Query, Version
from adapters.service import Service
from adapters.web.cases import case_by_number
from adapters.web.visit import Somebody

routes = APIRouter()
LISTENERS_MAX = 500
LISTEN_SECONDS_MAX = 300.0
LOOK_SECONDS = 1.0  # this process learns the head of the log about as often
BREATH_SECONDS = 15.0  # who has gone is found out by speaking
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class NewsQuery(Query, frozen=True, kw_only=True):
    """Which version the page shows."""

    versi: Version


@routes.get("/inovasi/{number}/kabar")
async def listen(
    request: Request, visit: Somebody, number: str, asked: Annotated[NewsQuery, Depends(NewsQuery.of)]
) -> Response:
    """Say once when the case has a newer version; when too many listen already, nothing (the browser then rests)."""
    case = await case_by_number(visit, number)
    if LISTENING.locked() or request.method == "HEAD":
        return Response(status_code=204)
    request.state.listening = True
    said = news(visit.given, case.id, asked.versi)
    return StreamingResponse(said, headers=HEADERS, media_type="text/event-stream")


LISTENING = asyncio.Semaphore(LISTENERS_MAX)


async def news(given: Service, case: UUID, version: int) -> AsyncIterator[str]:
    """Wait until a case has moved on, and say so; what is asked of the log is asked only when the log has grown."""
    async with LISTENING:
        ends, breathed, seen = time.monotonic() + LISTEN_SECONDS_MAX, time.monotonic(), -1
        yield ": \n\n"
        while time.monotonic() < ends:
            if (head := given.head()) != seen:
                seen = head
                if newer := await given.house.log.load(case, after=version):
                    yield f"event: changed\ndata: {newer[-1].version}\n\n"
                    return
            if time.monotonic() - breathed > BREATH_SECONDS:
                breathed = time.monotonic()
                yield ": \n\n"
            await asyncio.sleep(LOOK_SECONDS)
