"""Reads over HTTP: cases now and then, what may be done, lists, rules."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from adapters.addresses import address
from adapters.catalogue import language_of, text
from adapters.http.input import check_announced
from adapters.http.moves import Caller, Given, Id
from adapters.http.problems import Problem
from adapters.http.query import Acting, AsOf, Board, Cases, Cut, Results, Share, Span, Stretch
from adapters.http.service import (
    DOORS,
    EVALUATIONS,
    INNOVATIONS,
    REPLICATIONS,
    Door,
    Service,
    case_known,
    case_seen,
    evaluation_seen,
    listing,
    reading,
    replication_seen,
    viewer,
)
from adapters.postgres import view_reads
from adapters.postgres.past_views import PastCut
from adapters.postgres.view_reads import BadCursor, Filters
from application.access import Viewer, may_see
from application.cases import examine
from application.errors import NotKnown
from application.moments import as_moment
from application.queries import (
    DOCUMENTS,
    at_version,
    concealed,
    difference,
    document,
    history,
    sealed,
    summary,
)
from application.streams import INNOVATION, OFFICE, fold, kind_of, load, officer, remembered
from application.views.view import DAYS
from domain.errors import Refused
from domain.evaluation.events import Scored
from domain.innovation.state import Innovation
from domain.lifecycle import Move, Verdict
from domain.office.state import Officer, stream_of
from domain.people import Agency
from domain.record import Recorded

EVIDENCE_BYTES_MAX = 200 * 1024 * 1024
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
routes = APIRouter(prefix="/api/v1")
S = TypeVar("S")
Streams = Annotated[Service, Depends(reading)]
Views = Annotated[Service, Depends(listing)]


def as_json(content: dict[str, Any], **headers: str) -> Response:
    """Give a JSON answer; its position, when it has one, also as a header."""
    if "position" in content:
        headers.setdefault("Jejak-Position", str(content["position"]))
    return Response(msgspec.json.encode(content), headers=headers, media_type="application/json")


@routes.get("/innovations")
async def list_innovations(
    request: Request, person: Caller, given: Views, asked: Annotated[Cases, Depends(Cases.of)]
) -> Response:
    """List the cases the caller may know of, now or as they were at a moment."""
    seer = await viewer(given.house, person)
    source = await _source(given, asked, seer, region=asked.region)
    filters = {name: value for name, value in msgspec.structs.asdict(asked).items() if name != "as_of"}
    try:
        page = await view_reads.list_register(source, seer, Filters(**filters))
    except BadCursor as bad:
        raise Problem(422, "cursor.unknown") from bad
    headers = {}
    if page.next:
        following = request.url.include_query_params(cursor=page.next)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return as_json({"items": page.items, "next": page.next, "position": page.position}, **headers)


@routes.get("/worklist")
async def list_work(person: Caller, given: Views, asked: Annotated[AsOf, Depends(AsOf.of)]) -> Response:
    """List what waits for the caller, the earliest due first."""
    seer = await viewer(given.house, person)
    page = await view_reads.read_worklist(await _source(given, asked, seer), seer)
    return as_json({"items": page.items, "position": page.position})


@routes.get("/innovations/{id}")
async def read_innovation(
    case_id: Id, person: Caller, given: Streams, asked: Annotated[Cut, Depends(Cut.of)]
) -> Response:
    """Give a case now, at a version, or as the log knew it at a moment; its kit alone to whom only that is open."""
    now = await case_known(given.house, case_id, person)
    if not may_see(now, await viewer(given.house, person, remembered)):
        return await _kit(given, asked, now)
    return await _shown(given, await _then(given, asked, INNOVATIONS, now))


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


@dataclass(frozen=True, slots=True)
class Past:
    """A stream's events up to where the caller looks from, the agencies as they stood then, and where that is."""

    events: Sequence[Recorded]
    agencies: Mapping[str, Agency]
    position: int | None = None  # None: now


@dataclass(frozen=True, slots=True)
class Then(Generic[S]):
    """A stream as it stood where the caller looks from, and the agencies then."""

    state: S
    agencies: Mapping[str, Agency]
    position: int | None = None  # None: now


async def _then(given: Service, asked: Cut, door: Door, now: S) -> Then[S]:
    """Give a stream at the version or moment the caller names; as it is now it need not be read again."""
    if asked == Cut():
        return Then(now, given.house.directory().agencies)
    past = await _past(given, asked, now)
    state = fold(door.kind, past.events)
    assert state is not None  # who sees a stream has its first event
    return Then(state, past.agencies, past.position)


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


async def _past(given: Service, asked: Cut, now: Any) -> Past:
    """Give a stream up to the version or moment the caller names, as it is now otherwise."""
    directory = given.house.directory()
    zone = ZoneInfo(directory.regions[now.region].zone)
    if asked.version is not None and asked.as_of is not None:
        raise Problem(422, "query.one_cut")
    if asked.version is not None:
        _check_version(asked.version, "version", now)
        events = await given.house.log.load(now.id, up_to=asked.version)
        last = events[-1]
        agencies = directory.agencies_as_of(last.recorded_at.astimezone(zone).date(), last.position)
        return Past(events, agencies, last.position)
    if asked.as_of is not None:
        at = _moment(asked.as_of, zone.key)
        position = await _position(given, at)
        events = await given.house.log.load_until(now.id, position=position)
        if not events:
            raise NotKnown
        return Past(events, directory.agencies_as_of(at.astimezone(zone).date(), position), position)
    return Past(await given.house.log.load(now.id), directory.agencies)


def _check_version(version: int, name: str, now: Any) -> None:
    if version > now.version:
        raise Problem(422, "query.number", name=name, least=1, most=now.version)


async def _source(
    given: Service, asked: AsOf, seer: Viewer, *, region: str | None = None, innovation: UUID | None = None
) -> view_reads.Source:
    """Give the live views, or the views as they were at the moment the caller names.

    A bare date is the end of that day in the region asked for, in Asia/Jakarta without one.
    """
    if asked.as_of is None:
        return given.pool
    known = given.house.directory().regions.get(region or "")
    at = _moment(asked.as_of, known.zone if known else DAYS.key)
    position = await _position(given, at)
    if not await view_reads.wait_for(given.pool, position):
        raise Problem(503, "position.not_reached")  # the live views say which streams there are
    return given.past.at(PastCut(position=position, moment=at, region=region, innovation=innovation), seer)


async def _position(given: Service, moment: datetime) -> int:
    try:
        return await given.house.log.position_at(moment)
    except ValueError as future:
        raise Problem(422, "as_of.future") from future


def _moment(value: str, zone: str) -> datetime:
    try:
        return as_moment(value, zone)
    except ValueError as error:
        raise Problem(422, "as_of.malformed") from error


# Replications and evaluations


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
    then = await _then(given, asked, door, now)
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


@routes.get("/replications")
async def list_replications(person: Caller, given: Views, asked: Annotated[Board, Depends(Board.of)]) -> Response:
    """List the replications the caller may know of, the newest first."""
    return await _board(given, asked, person, view_reads.list_replications)


@routes.get("/evaluations")
async def list_evaluations(person: Caller, given: Views, asked: Annotated[Board, Depends(Board.of)]) -> Response:
    """List the evaluations the caller may know of, the newest first."""
    return await _board(given, asked, person, view_reads.list_evaluations)


@routes.get("/innovations/{id}/replications")
async def list_replications_of(
    case_id: Id, person: Caller, given: Views, asked: Annotated[Board, Depends(Board.of)]
) -> Response:
    """List the replications of a case."""
    await case_known(given.house, case_id, person)
    return await _board(given, asked, person, view_reads.list_replications, innovation=case_id)


@routes.get("/innovations/{id}/evaluations")
async def list_evaluations_of(
    case_id: Id, person: Caller, given: Views, asked: Annotated[Board, Depends(Board.of)]
) -> Response:
    """List the evaluations of a case."""
    await case_seen(given.house, case_id, person)
    return await _board(given, asked, person, view_reads.list_evaluations, innovation=case_id)


@routes.get("/funnel")
async def read_funnel(person: Caller, given: Views, asked: Annotated[Share, Depends(Share.of)]) -> Response:
    """Say how many of the cases the caller may know of stand at each stage, and how long they stay."""
    return await _board(given, asked, person, view_reads.read_funnel)


@routes.get("/pilot-results")
async def list_pilot_results(person: Caller, given: Views, asked: Annotated[Results, Depends(Results.of)]) -> Response:
    """List what pilots came to: baseline, target and result of every indicator, people told apart."""
    return await _board(given, asked, person, view_reads.list_pilot_results)


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
    source = await _source(given, asked, seer, region=asked.region, innovation=innovation)
    page = await ask(source, seer, wanted, **part)
    return as_json({"items": page.items, "next": page.next, "position": page.position})


def _cursor(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError as bad:
        raise Problem(422, "cursor.unknown") from bad


# What may be done, and what was


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
        events = (await _past(given, asked, now)).events
        if door is EVALUATIONS and now.result is None:
            entries = sealed(history(door.kind, events, lambda judging: concealed(judging, person)), person)
        else:
            entries = history(door.kind, events)
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
    standing = given.house.directory().agencies_as_of(recorded.recorded_at.date(), recorded.position)
    agency = standing.get(recorded.actor.agency)
    return agency.name if agency else None


@routes.get("/innovations/{id}/diff")
async def read_difference(
    case_id: Id, person: Caller, given: Streams, asked: Annotated[Span, Depends(Span.of)]
) -> Response:
    """Give what changed between two versions."""
    now = await case_seen(given.house, case_id, person)
    _check_version(asked.begin, "from", now)
    _check_version(asked.to, "to", now)
    events = await given.house.log.load(case_id)
    before, after = at_version(events, asked.begin), at_version(events, asked.to)
    assert before is not None
    assert after is not None
    changes = difference(document(before), document(after))
    return as_json({"from": asked.begin, "to": asked.to, "changes": changes, "position": events[-1].position})


@routes.put("/innovations/{id}/evidence")
async def receive_evidence(
    request: Request, case_id: Id, person: Caller, given: Given, asked: Annotated[Acting, Depends(Acting.of)]
) -> Response:
    """Receive the bytes of a file and answer their digest; `attach-evidence` makes them a fact of the case."""
    case = await case_seen(given.house, case_id, person)
    await _may_attach(given, asked, case, person)
    check_announced(request, EVIDENCE_BYTES_MAX)
    stored = await given.store.receive(_within(EVIDENCE_BYTES_MAX, request.stream()))
    media_type = request.headers.get("content-type", UNKNOWN_MEDIA_TYPE).partition(";")[0].strip().lower()
    known = media_type if MEDIA_TYPE.fullmatch(media_type) else UNKNOWN_MEDIA_TYPE
    return as_json({"digest": stored.digest, "size": stored.size, "media_type": known})


async def _may_attach(given: Service, asked: Acting, case: Innovation, person: UUID) -> None:
    """Take bytes only from somebody who could attach them now."""
    verdicts = await examine(given.house, INNOVATION, case, person, asked.acting_for)
    verdict = next(verdict for move, verdict in verdicts if move.command == "attach_evidence")
    if not verdict.allowed:
        raise Refused(*verdict.blockers)


async def _within(bytes_max: int, chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > bytes_max:
            raise Problem(413, "too_large")
        yield chunk
    if size == 0:
        raise Problem(422, "evidence.empty")


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
        position = await _position(given, _moment(asked.as_of, DAYS.key))
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
