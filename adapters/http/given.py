"""What an endpoint is given, once the data is where its reader wants it to be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import Request

from adapters.http.problems import Problem
from adapters.postgres import view_reads
from adapters.service import Service


async def service(request: Request) -> Service:
    """Give what the application was made with."""
    given: Service = request.app.state.service
    return given


async def reading(request: Request) -> Service:
    """Give the same to who reads streams, once the log is where the reader wants it to be."""
    given = await service(request)
    await _reached(request, given.house.log.head)
    return given


async def listing(request: Request) -> Service:
    """Give the same to who reads views, once they are where the reader wants them to be."""
    given = await service(request)
    await _reached(request, partial(view_reads.checkpoint, given.pool))
    return given


async def _reached(request: Request, where: Callable[[], Awaitable[int]]) -> None:
    """Wait for the position a reader names (read your writes); 503 when it is not reached in time."""
    named = request.headers.getlist("jejak-min-position")
    if not named:
        return
    wanted = ",".join(named)
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise Problem(400, "position.malformed")
    if not await view_reads.reached(where, int(wanted)):
        raise Problem(503, "position.not_reached")
