"""Commands over HTTP: one route per command of the tables, all of one shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from starlette.convertors import Convertor, register_url_convertor

from adapters.addresses import address
from adapters.catalogue import language_of, text
from adapters.http.auth import caller
from adapters.http.carrying import REFUSALS, carry_out
from adapters.http.given import service
from adapters.http.input import as_struct, idempotency_key, if_match, read_body, read_object, request_hash
from adapters.http.problems import Problem
from adapters.postgres.accounts import is_person
from adapters.service import DOORS, Door, Service
from application.cases import Answer, Sender, begin, make_move, move_office
from application.errors import NotKnown, Stale
from application.streams import INNOVATION, kind_of, remembered
from domain.codes import Stage
from domain.command import Command
from domain.errors import Blocker
from domain.evaluation.state import Evaluation
from domain.innovation.lifecycle import BIRTH
from domain.innovation.state import Innovation
from domain.lifecycle import Lifecycle, Move
from domain.office.lifecycle import OFFICE_LIFECYCLE
from domain.office.state import stream_of
from domain.replication.state import Replication

Caller = Annotated[UUID, Depends(caller)]
Given = Annotated[Service, Depends(service)]
Id = Annotated[UUID, Path(alias="id")]


def router() -> APIRouter:
    """Give the routes of every command."""
    routes = APIRouter(prefix="/api/v1")
    routes.add_api_route("/innovations", _birth("register_idea"), methods=["POST"], name="register_idea")
    routes.add_api_route(
        "/innovations/import-historical", _birth("import_historical"), methods=["POST"], name="import_historical"
    )
    for door in DOORS:
        path = path_of_commands(door.path, door.kind.lifecycle)
        routes.add_api_route(path, _command(door), methods=["POST"], name=f"{door.path}_command")
    path = path_of_commands("persons", OFFICE_LIFECYCLE)
    routes.add_api_route(path, office_command, methods=["POST"], name="persons_command")
    return routes


def path_of_commands(path: str, table: Lifecycle[Any]) -> str:
    """Give the one path of all commands of a table: seventy routes would be looked through for every request."""
    commands = {address(move.command): move.command for move in table.moves}

    class Command(Convertor[str]):
        regex = "|".join(commands)

        def convert(self, value: str) -> str:
            return commands[value]

        def to_string(self, value: str) -> str:
            return address(value)

    register_url_convertor(path, Command())
    return f"/{path}/{{id}}/{{command:{path}}}"


def _birth(command: str) -> Any:
    async def endpoint(request: Request, person: Caller, given: Given) -> Response:
        value, sender = await _received(request, person)
        if "if-match" in request.headers:
            raise Problem(412, "precondition.nothing_yet")

        async def work() -> Answer:
            move, fields = choose(BIRTH, command, value)
            return await begin(given.house, move, as_struct(fields, move.body), sender)

        return await _carried_out(request, given, sender, work)

    return endpoint


def _command(door: Door) -> Any:
    async def endpoint(request: Request, stream: Id, command: str, person: Caller, given: Given) -> Response:
        value, sender = await _received(request, person)
        await door.known(given.house, stream, person, remembered)

        async def work() -> Answer:
            move, wish = _wished(door.kind.lifecycle, command, value, sender)
            return await make_move(given.house, door.kind, stream, move, wish, sender)

        return await _carried_out(request, given, sender, work, stream, door)

    return endpoint


async def office_command(request: Request, person_id: Id, command: str, person: Caller, given: Given) -> Response:
    """Make a move of a person's offices."""
    value, sender = await _received(request, person)
    if not await is_person(given.pool, person_id):
        raise NotKnown

    async def work() -> Answer:
        move, wish = _wished(OFFICE_LIFECYCLE, command, value, sender)
        return await move_office(given.house, person_id, move, wish, sender)

    return await _carried_out(request, given, sender, work, stream_of(person_id))


async def _received(request: Request, person: UUID) -> tuple[dict[str, Any], Sender]:
    body = await read_body(request)
    value = read_object(body)
    key = idempotency_key(request)
    return value, Sender(person, key, request_hash(request, body), if_match(request))


def _wished(table: Lifecycle[Any], command: str, value: dict[str, Any], sender: Sender) -> tuple[Move[Any], Command]:
    """Give the row and the command a body means; a decision names the version it was based on, `*` names none."""
    move, fields = choose(table, command, value)
    wish: Command = as_struct(fields, move.body)
    if move.decision and sender.if_match is None:
        raise Problem(428, "precondition.required")
    if sender.if_match == frozenset():
        raise Problem(412, "precondition.no_version")
    return move, wish


def choose(table: Lifecycle[Any], command: str, value: dict[str, Any]) -> tuple[Move[Any], dict[str, Any]]:
    """Give the row a body means and the body without its choice; 422 when the choice is missing or unknown."""
    rows = table.choices(command)
    if rows[0].choice is None:
        return rows[0], value
    choice = value.get("choice")
    for row in rows:
        if row.choice == choice:
            return row, {name: field for name, field in value.items() if name != "choice"}
    code = "input.required" if "choice" not in value else "input.unknown_choice"
    known = ", ".join(row.choice or "" for row in rows)
    raise Problem(422, "input.invalid_fields", errors=[Blocker(code, {"field": "choice", "known": known}, "/choice")])


async def _stale(request: Request, given: Service, stream: UUID, stale: Stale) -> Problem:
    """Say what happened since the version the caller saw."""
    language = language_of(request.headers.get("accept-language"))
    since = await given.house.log.load(stream, after=stale.expected)
    problem = Problem(412, "stale", expected=stale.expected, actual=stale.actual)
    problem.more = {
        "version": stale.actual,
        "since": [
            {
                "version": e.version,
                "type": e.body.stored_as,
                "summary": text(e.body.stored_as, language),
                "actor": msgspec.to_builtins(e.actor),
                "recorded_at": msgspec.to_builtins(e.recorded_at),
            }
            for e in since
        ],
    }
    return problem


async def _carried_out(
    request: Request,
    given: Service,
    sender: Sender,
    work: Callable[[], Awaitable[Answer]],
    stream: UUID | None = None,
    door: Door | None = None,
) -> Response:
    """Answer what a command became, or why not: what happened meanwhile only to who may see all of it."""
    try:
        done = await carry_out(given, sender, work, stream)
    except REFUSALS as refusal:
        if stream is None:
            raise
        sees_all = door is None or await _sees_all(given, door, stream, sender.person)
        if isinstance(refusal, Stale) and sees_all:
            raise await _stale(request, given, stream, refusal) from refusal
        raise
    return await _answer(request, given, done, born=stream is None)


async def _sees_all(given: Service, door: Door, stream: UUID, person: UUID) -> bool:
    """Tell whether a refusal may say what happened; NotKnown when she who was let in on a memory may know nothing."""
    try:
        await door.seen(given.house, stream, person)
    except NotKnown:
        await door.known(given.house, stream, person)  # perhaps the kit is open to her
        return False
    return True


async def _answer(request: Request, given: Service, done: Answer, *, born: bool) -> Response:
    """Say what a command became: the same the first time and every time after."""
    written, main = done.written, done.written.ranges[0]
    content = await _content(given, done)
    request.state.position = written.last_position
    request.state.case = content.get("case_number")
    headers = {"ETag": f'"{main.last_version}"', "Jejak-Position": str(written.last_position)}
    for event in done.events:
        if event.version == 1 and (born or event.stream != main.stream):
            door = next(door for door in DOORS if door.kind is kind_of(event.body))
            headers["Location"] = f"/api/v1/{door.path}/{event.stream}"
    if done.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(msgspec.json.encode(content), 201 if born else 200, headers, media_type="application/json")


async def _content(given: Service, done: Answer) -> dict[str, Any]:
    main = done.written.ranges[0]
    shared = {
        "id": main.stream,
        "version": main.last_version,
        "position": done.written.last_position,
        "events": [
            {
                "stream": e.stream,
                "type": e.body.stored_as,
                "version": e.version,
                "position": e.position,
                "recorded_at": e.recorded_at,
            }
            for e in done.events
        ],
    }
    match done.state:
        case Innovation() as case:
            where = {"stage": case.place.stage, "status": case.place.status, "outcome": case.outcome}
            return {**shared, "case_number": case.case_number, **where, "suspended": case.suspended}
        case Replication() | Evaluation() as about:
            known = await remembered(given.house, INNOVATION, about.innovation_id)
            stage = Stage.REPLICATION if isinstance(about, Replication) else Stage.EVALUATION
            where = {"stage": stage, "status": about.status, "outcome": None}
            return {**shared, "case_number": known.case_number if known else None, **where}
        case _:
            return shared
