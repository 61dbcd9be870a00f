"""One case, replication or evaluation: as it is or was, its history, and what may be done."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from adapters.addresses import address
from adapters.catalogue import language_of, text
from adapters.http.answers import Streams, as_json
from adapters.http.moves import Caller, Id
from adapters.http.past import Then, check_version, past_of, then_at
from adapters.http.query import Acting, Cut, Span
from adapters.service import (
    DOORS,
    EVALUATIONS,
    INNOVATIONS,
    REPLICATIONS,
    Door,
    Service,
    case_known,
    case_seen,
    evaluation_seen,
    replication_seen,
    viewer,
)
from application.access import may_see
from application.cases import examine
from application.errors import NotKnown
from application.queries import DOCUMENTS, at_version, concealed, difference, document, history_read_by, summary
from application.streams import INNOVATION, OFFICE, fold, load, remembered
from domain.innovation.state import Innovation
from domain.lifecycle import Move, Verdict
from domain.office.state import Officer, stream_of
from domain.record import Recorded

routes = APIRouter(prefix="/api/v1")


@routes.get("/innovations/{id}")
async def read_innovation(
    case_id: Id, person: Caller, given: Streams, asked: Annotated[Cut, Depends(Cut.of)]
) -> Response:
    """Give a case now, at a version, or as the log knew it at a moment; its kit alone to whom only that is open."""
    now = await case_known(given.house, case_id, person)
    if not may_see(now, await viewer(given.house, person, remembered)):
        return await _kit(given, asked, now)
    return await _shown(given, await then_at(given, asked, INNOVATIONS, now))


async def _kit(given: Service, asked: Cut, case: Innovation) -> Response:
    """Give what is open to every region; of the past nothing is."""
    if asked != Cut():
        raise NotKnown
    directory = given.house.directory()
    content = summary(case) | {
        "agency_name": directory.agencies[case.agency].name,
        "region_name": directory.regions[case.region].name,
        "position": await given.house.log.head(),
    }
    return as_json(content, ETag=f'"{case.version}"')


async def _shown(given: Service, then: Then[Innovation]) -> Response:
    content = document(then.state)
    played = [person for people in content["parts"].values() for person in people]
    people = sorted({str(content["lead"]), str(content["coach"]), *content["team"], *played} - {"None"})
    content["names"] = await given.names.of(people)
    content["agency_name"] = then.agencies[content["agency"]].name
    content["region_name"] = given.house.directory().regions[content["region"]].name
    content["position"] = then.state.position
    if then.position is not None:
        content["offices"] = {person: await _offices_then(given, UUID(person), then.position) for person in people}
    return as_json(content, ETag=f'"{content["version"]}"')


async def _offices_then(given: Service, person: UUID, position: int) -> list[str]:
    """Give every office and role a person held, or acted for, by what the log knew at a position."""
    events = await given.house.log.load_until(stream_of(person), position=position)
    then = fold(OFFICE, events) or Officer(id=stream_of(person))
    return sorted({held.office for held in (*then.roles, *then.offices)} | {d.office for d in then.delegations})


@routes.get("/replications/{id}")
async def read_replication(
    stream: Id, person: Caller, given: Streams, asked: Annotated[Cut, Depends(Cut.of)]
) -> Response:
    """Give a replication now, at a version, or as the log knew it at a moment."""
    now = await replication_seen(given.house, stream, person)
    return await _read(given, asked, REPLICATIONS, now, person)


@routes.get("/evaluations/{id}")
async def read_evaluation(
    stream: Id, person: Caller, given: Streams, asked: Annotated[Cut, Depends(Cut.of)]
) -> Response:
    """Give an evaluation; until the scores are consolidated everybody reads only her own."""
    now = await evaluation_seen(given.house, stream, person)
    return await _read(given, asked, EVALUATIONS, now, person)


async def _read(given: Service, asked: Cut, door: Door, now: Any, person: UUID) -> Response:
    then = await then_at(given, asked, door, now)
    content = DOCUMENTS[door.kind.evolve](then.state)
    if door is EVALUATIONS and now.result is None:
        content = concealed(content, person)
    case = await load(given.house, INNOVATION, now.innovation_id)
    assert case is not None
    content |= {"case_number": case.case_number, "title": case.title}
    content["names"] = await given.names.of(sorted(_people(content)))
    content["position"] = then.state.position
    return as_json(content, ETag=f'"{content["version"]}"')


def _people(content: dict[str, Any]) -> set[str]:
    """Give everybody an answer names by id."""
    seats = {seat["person"] for seat in content.get("seats", ())}
    known = {content.get(name) for name in ("requested_by", "confirmed_by_origin", "confirmed_by_adopter")}
    return seats | set(content.get("team", ())) | {person for person in known if person}


def _actions_of(door: Door) -> Any:
    async def endpoint(
        request: Request, stream: Id, person: Caller, given: Streams, asked: Annotated[Acting, Depends(Acting.of)]
    ) -> Response:
        """Say what the caller can do now, and why not."""
        state = await door.known(given.house, stream, person)
        language = language_of(request.headers.get("accept-language"))
        found = await examine(given.house, door.kind, state, person, asked.acting_for)
        items = [_action(door, state.id, move, verdict, language) for move, verdict in found]
        position = await given.house.log.head()
        return as_json({"items": items, "version": state.version, "position": position}, ETag=f'"{state.version}"')

    return endpoint


def _action(door: Door, stream: UUID, move: Move[Any], verdict: Verdict[Any], language: str) -> dict[str, Any]:
    return {
        "command": move.command,
        "choice": move.choice,
        "title": text(f"command.{door.kind.lifecycle.name(move)}", language),
        "allowed": verdict.allowed,
        "decision": move.decision,
        "blockers": [{"code": b.code, "message": text(b.code, language, **b.params)} for b in verdict.blockers],
        "href": f"/api/v1/{door.path}/{stream}/{address(move.command)}",
        "schema": f"/api/openapi.json#/components/schemas/{move.body.__name__}",
    }


def _history_of(door: Door) -> Any:
    async def endpoint(
        request: Request, stream: Id, person: Caller, given: Streams, asked: Annotated[Cut, Depends(Cut.of)]
    ) -> Response:
        """Give every event of a stream as a line of its story."""
        now = await door.seen(given.house, stream, person)
        language = language_of(request.headers.get("accept-language"))
        events = (await past_of(given, asked, now)).events
        entries = history_read_by(person, door.kind, events, now)
        known = await given.names.of(sorted({entry["actor"]["person"] for entry in entries}))
        for entry, recorded in zip(entries, events, strict=True):
            entry["summary"] = text(entry["type"], language)
            entry["actor"]["name"] = known.get(entry["actor"]["person"])
            entry["actor"]["agency_name"] = _agency_then(given, recorded)
        return as_json({"items": entries, "position": events[-1].position if events else 0})

    return endpoint


for _door in DOORS:
    routes.add_api_route(f"/{_door.path}/{{id}}/actions", _actions_of(_door), name=f"{_door.path}_actions")
    routes.add_api_route(f"/{_door.path}/{{id}}/history", _history_of(_door), name=f"{_door.path}_history")


def _agency_then(given: Service, recorded: Recorded) -> str | None:
    """Give what the actor's agency was called when the event was recorded."""
    directory = given.house.directory()
    day = recorded.recorded_at.astimezone(ZoneInfo(directory.regions[recorded.region].zone)).date()
    standing = directory.agencies_as_of(day, recorded.position)
    agency = standing.get(recorded.actor.agency)
    return agency.name if agency else None


@routes.get("/innovations/{id}/diff")
async def read_difference(
    case_id: Id, person: Caller, given: Streams, asked: Annotated[Span, Depends(Span.of)]
) -> Response:
    """Give what changed between two versions."""
    now = await case_seen(given.house, case_id, person)
    check_version(asked.begin, "from", now)
    check_version(asked.to, "to", now)
    events = await given.house.log.load(case_id)
    before, after = at_version(events, asked.begin), at_version(events, asked.to)
    assert before is not None
    assert after is not None
    changes = difference(document(before), document(after))
    return as_json({"from": asked.begin, "to": asked.to, "changes": changes, "position": events[-1].position})
