"""What cases refer to: offices, rules, and the log itself."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends
from fastapi.responses import Response

from adapters.http.answers import Streams, as_json
from adapters.http.moves import Caller, Id
from adapters.http.past import moment_of, position_at
from adapters.http.query import AsOf, Stretch
from adapters.service import DOORS, EVALUATIONS, Service
from application.errors import NotKnown
from application.streams import OFFICE, fold, kind_of, officer
from application.views.view import DAYS
from domain.evaluation.events import Scored
from domain.office.state import Officer, stream_of
from domain.record import Recorded

routes = APIRouter(prefix="/api/v1")


@routes.get("/persons/{id}/offices")
async def read_offices(
    person_id: Id, person: Caller, given: Streams, asked: Annotated[AsOf, Depends(AsOf.of)]
) -> Response:
    """Give a person's roles, offices and delegations, now or as of a moment."""
    stream = stream_of(person_id)
    if asked.as_of is None:
        position = await given.house.log.head()
        state = await officer(given.house, person_id)
    else:
        position = await position_at(given, moment_of(asked.as_of, DAYS.key))
        events = await given.house.log.load_until(stream, position=position)
        state = fold(OFFICE, events) or Officer(id=stream)
    known = await given.names.of([str(person_id)])
    if str(person_id) not in known:
        raise NotKnown
    content = {"id": str(person_id), "name": known[str(person_id)], "version": state.version}
    for part in ("roles", "offices", "delegations"):
        content[part] = msgspec.to_builtins(getattr(state, part))
    content["position"] = position
    return as_json(content, ETag=f'"{state.version}"')


@routes.get("/events")
async def list_events(person: Caller, given: Streams, asked: Annotated[Stretch, Depends(Stretch.of)]) -> Response:
    """Give the log the caller may see, by position."""
    page = await given.house.log.page(after=asked.after, limit=asked.limit)
    seen: dict[UUID, frozenset[str] | None] = {}
    for recorded in page:
        if recorded.stream not in seen:
            seen[recorded.stream] = await _hidden_types(given, recorded, person)
    items = [
        _event(e)
        for e in page
        if (hidden := seen[e.stream]) is not None and (e.body.stored_as not in hidden or e.actor.person == person)
    ]
    return as_json(
        {"items": items, "next": page[-1].position if page else None, "position": await given.house.log.head()}
    )


async def _hidden_types(given: Service, recorded: Recorded, person: UUID) -> frozenset[str] | None:
    """Give the event types of a stream that stay hidden from a viewer, None when she may not know of it at all."""
    kind = kind_of(recorded.body)
    if kind is OFFICE:
        return None
    door = next(door for door in DOORS if door.kind is kind)
    try:
        state = await door.seen(given.house, recorded.stream, person)
    except NotKnown:
        return None
    scoring = door is EVALUATIONS and state.result is None
    return frozenset({Scored.stored_as}) if scoring else frozenset()


def _event(recorded: Recorded) -> dict[str, Any]:
    return {
        "position": recorded.position,
        "stream": str(recorded.stream),
        "version": recorded.version,
        "type": recorded.body.stored_as,
        "region": recorded.region,
        "recorded_at": msgspec.to_builtins(recorded.recorded_at),
        "occurred_on": recorded.occurred_on.isoformat(),
        "actor": msgspec.to_builtins(recorded.actor),
        "body": msgspec.to_builtins(recorded.body),
    }


@routes.get("/rulebooks")
async def list_rulebooks(person: Caller, given: Streams) -> Response:
    """List the rules in force and past."""
    items = [msgspec.to_builtins(rules) for rules in given.house.rulebooks]
    return as_json({"items": items, "position": await given.house.log.head()})


@routes.get("/rulebooks/{rulebook_id}/{version}")
async def read_rulebook(rulebook_id: str, version: int, person: Caller, given: Streams) -> Response:
    """Give one version of a rulebook."""
    for rules in given.house.rulebooks:
        if (rules.id, rules.version) == (rulebook_id, version):
            return as_json(msgspec.to_builtins(rules))
    raise NotKnown
