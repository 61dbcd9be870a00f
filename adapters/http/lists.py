"""Lists: the register, the worklist, the boards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from adapters.http.answers import Views, as_json
from adapters.http.moves import Caller, Id
from adapters.http.past import source_of
from adapters.http.problems import Problem
from adapters.http.query import Board, Cases, Copies, Panels, Results, Share, Work
from adapters.postgres import dashboard_reads, view_reads
from adapters.postgres.cursors import BadCursor
from adapters.postgres.register_reads import Filters, list_register
from adapters.postgres.worklist_reads import Tasks, read_worklist
from adapters.service import Service, case_known, case_seen, viewer

routes = APIRouter(prefix="/api/v1")


@routes.get("/innovations")
async def list_innovations(
    request: Request, person: Caller, given: Views, asked: Annotated[Cases, Depends(Cases.of)]
) -> Response:
    """List the cases the caller may know of, now or as they were at a moment."""
    seer = await viewer(given.house, person)
    source = await source_of(given, asked, seer, region=asked.region)
    filters = {name: value for name, value in msgspec.structs.asdict(asked).items() if name != "as_of"}
    try:
        page = await list_register(source, seer, Filters(**filters))
    except BadCursor as bad:
        raise Problem(422, "cursor.unknown") from bad
    return _paged(request, page)


@routes.get("/worklist")
async def list_work(
    request: Request, person: Caller, given: Views, asked: Annotated[Work, Depends(Work.of)]
) -> Response:
    """List what waits for the caller, the earliest due first."""
    seer = await viewer(given.house, person)
    try:
        wanted = Tasks(limit=asked.limit, cursor=asked.cursor)
        page = await read_worklist(await source_of(given, asked, seer), seer, wanted)
    except BadCursor as bad:
        raise Problem(422, "cursor.unknown") from bad
    return _paged(request, page)


@routes.get("/replications")
async def list_replications(person: Caller, given: Views, asked: Annotated[Copies, Depends(Copies.of)]) -> Response:
    """List the replications the caller may know of, the newest first."""
    return await _board(given, asked, person, view_reads.list_replications)


@routes.get("/evaluations")
async def list_evaluations(person: Caller, given: Views, asked: Annotated[Panels, Depends(Panels.of)]) -> Response:
    """List the evaluations the caller may know of, the newest first."""
    return await _board(given, asked, person, view_reads.list_evaluations)


@routes.get("/innovations/{id}/replications")
async def list_replications_of(
    case_id: Id, person: Caller, given: Views, asked: Annotated[Copies, Depends(Copies.of)]
) -> Response:
    """List the replications of a case."""
    await case_known(given.house, case_id, person)
    return await _board(given, asked, person, view_reads.list_replications, innovation=case_id)


@routes.get("/innovations/{id}/evaluations")
async def list_evaluations_of(
    case_id: Id, person: Caller, given: Views, asked: Annotated[Panels, Depends(Panels.of)]
) -> Response:
    """List the evaluations of a case."""
    await case_seen(given.house, case_id, person)
    return await _board(given, asked, person, view_reads.list_evaluations, innovation=case_id)


@routes.get("/funnel")
async def read_funnel(person: Caller, given: Views, asked: Annotated[Share, Depends(Share.of)]) -> Response:
    """Say how many of the cases the caller may know of stand at each stage, and how long they stay."""
    return await _board(given, asked, person, dashboard_reads.read_funnel)


@routes.get("/pilot-results")
async def list_pilot_results(person: Caller, given: Views, asked: Annotated[Results, Depends(Results.of)]) -> Response:
    """List what pilots came to: baseline, target and result of every indicator, people told apart."""
    return await _board(given, asked, person, view_reads.list_pilot_results)


def _paged(request: Request, page: view_reads.Page) -> Response:
    """Give a page of a list, with the address of the next one as a link."""
    headers = {}
    if page.next:
        following = request.url.include_query_params(cursor=page.next)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return as_json({"items": page.items, "next": page.next, "position": page.position}, **headers)


async def _board(
    given: Service,
    asked: Board | Share,
    person: UUID,
    ask: Callable[..., Awaitable[view_reads.Page]],
    *,
    innovation: UUID | None = None,
) -> Response:
    wanted = msgspec.structs.asdict(asked) | {"innovation": innovation}
    part = {"limit": asked.limit, "before": _cursor(asked.cursor)} if isinstance(asked, Board | Results) else {}
    seer = await viewer(given.house, person)
    source = await source_of(given, asked, seer, region=asked.region, innovation=innovation)
    page = await ask(source, seer, wanted, **part)
    return as_json({"items": page.items, "next": page.next, "position": page.position})


def _cursor(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError as bad:
        raise Problem(422, "cursor.unknown") from bad
