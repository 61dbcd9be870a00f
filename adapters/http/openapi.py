"""OpenAPI 3.1 from the tables: what can be sent is read off the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from fastapi.routing import APIRoute

from adapters.addresses import address
from adapters.catalogue import text
from adapters.http.auth import SignIn
from adapters.http.examples import EXAMPLES
from adapters.http.reads import ROUTES
from adapters.http.routing import query_of
from domain.evaluation.lifecycle import EVALUATION_LIFECYCLE
from domain.innovation.lifecycle import BIRTH, INNOVATION_LIFECYCLE
from domain.lifecycle import Lifecycle, Move
from domain.office.lifecycle import OFFICE_LIFECYCLE
from domain.replication.lifecycle import REPLICATION_LIFECYCLE

REF = "#/components/schemas/{name}"
ADDRESSED: tuple[tuple[str, Lifecycle[Any]], ...] = (
    ("innovations", INNOVATION_LIFECYCLE),
    ("replications", REPLICATION_LIFECYCLE),
    ("evaluations", EVALUATION_LIFECYCLE),
    ("persons", OFFICE_LIFECYCLE),
)
"""Tables by where their streams are addressed."""
TABLES: tuple[Lifecycle[Any], ...] = (BIRTH, *(table for _, table in ADDRESSED))
PROBLEMS = ("400", "401", "403", "404", "408", "409", "412", "413", "415", "422", "428", "429", "431", "503")
READS = {
    "/api/v1/innovations": "list_innovations",
    "/api/v1/worklist": "list_work",
    "/api/v1/innovations/{id}": "read_innovation",
    "/api/v1/innovations/{id}/actions": "list_actions",
    "/api/v1/innovations/{id}/history": "read_history",
    "/api/v1/innovations/{id}/diff": "read_difference",
    "/api/v1/innovations/{id}/replications": "list_replications_of",
    "/api/v1/innovations/{id}/evaluations": "list_evaluations_of",
    "/api/v1/replications": "list_replications",
    "/api/v1/replications/{id}": "read_replication",
    "/api/v1/replications/{id}/actions": "list_replication_actions",
    "/api/v1/replications/{id}/history": "read_replication_history",
    "/api/v1/evaluations": "list_evaluations",
    "/api/v1/evaluations/{id}": "read_evaluation",
    "/api/v1/evaluations/{id}/actions": "list_evaluation_actions",
    "/api/v1/evaluations/{id}/history": "read_evaluation_history",
    "/api/v1/funnel": "read_funnel",
    "/api/v1/pilot-results": "list_pilot_results",
    "/api/v1/persons/{id}/offices": "read_offices",
    "/api/v1/events": "list_events",
    "/api/v1/rulebooks": "list_rulebooks",
    "/api/v1/rulebooks/{rulebook_id}/{version}": "read_rulebook",
}
"""Operations by path."""
EVIDENCE = "/api/v1/innovations/{id}/evidence"


@cache
def document() -> dict[str, Any]:
    """Give the document, made once."""
    paths: dict[str, Any] = {path: {"get": _read(path, name)} for path, name in READS.items()}
    for path, table, rows in _commands():
        paths.setdefault(path, {})["post"] = _command(path, table, rows)
    paths["/api/v1/sessions"] = _sessions()
    paths[EVIDENCE] = {"put": _evidence()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Jejak", "version": "1", "description": text("api.description", "id")},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"session": []}],
    }


# Schemas


def _schemas() -> dict[str, Any]:
    bodies = list({move.body: None for table in TABLES for move in table.moves})
    _, schemas = msgspec.json.schema_components([*bodies, SignIn], ref_template=REF)
    error = {name: {"type": "string"} for name in ("pointer", "code", "detail")}
    return {
        **schemas,
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail", "code"],
            "properties": {
                **{name: {"type": "string"} for name in ("type", "title", "detail", "code")},
                "status": {"type": "integer"},
                "errors": {"type": "array", "items": {"type": "object", "properties": error}},
            },
        },
        "Moved": {
            "type": "object",
            "required": ["id", "version", "position", "events"],
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "version": {"type": "integer"},
                "position": {"type": "integer"},
                "events": {"type": "array", "items": {"type": "object"}},
                **{name: {"type": "string"} for name in ("case_number", "stage", "status")},
                "outcome": {"type": ["string", "null"]},
            },
        },
    }


def _body(move: Move[Any]) -> dict[str, Any]:
    if move.choice is None:
        return {"$ref": REF.format(name=move.body.__name__)}
    _, schemas = msgspec.json.schema_components([move.body], ref_template=REF)
    whole: dict[str, Any] = dict(schemas[move.body.__name__])
    whole["properties"] = {"choice": {"const": move.choice}, **whole["properties"]}
    whole["required"] = ["choice", *whole.get("required", [])]
    whole["title"] = move.code
    return whole


# Operations


def _commands() -> Iterator[tuple[str, Lifecycle[Any], tuple[Move[Any], ...]]]:
    yield "/api/v1/innovations", BIRTH, BIRTH.choices("register_idea")
    yield "/api/v1/innovations/import-historical", BIRTH, BIRTH.choices("import_historical")
    for base, table in ADDRESSED:
        for command in dict.fromkeys(move.command for move in table.moves):
            yield f"/api/v1/{base}/{{id}}/{address(command)}", table, table.choices(command)


def _command(path: str, table: Lifecycle[Any], rows: tuple[Move[Any], ...]) -> dict[str, Any]:
    bodies = [_body(move) for move in rows]
    schema = bodies[0] if len(bodies) == 1 else {"oneOf": bodies}
    examples = {
        move.code: {"summary": text(f"command.{table.name(move)}", "id"), "value": EXAMPLES[table.name(move)]}
        for move in rows
    }
    born = path.endswith(("/innovations", "/import-historical"))
    return {
        "operationId": f"{table.prefix}{rows[0].command}".replace(".", "_"),
        "summary": " / ".join(text(f"command.{table.name(move)}", "id") for move in rows),
        "description": rows[0].body.__doc__,
        "parameters": [*_path_parameters(path), *_preconditions(rows, born=born)],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "examples": examples}}},
        "responses": _responses("201" if born else "200", "Moved"),
    }


def _read(path: str, name: str) -> dict[str, Any]:
    waits = {"name": "Jejak-Min-Position", "in": "header", "schema": {"type": "integer", "minimum": 0}}
    parameters = [*_path_parameters(path), *_query_parameters(path, "GET"), waits]
    return {**_named(name), "parameters": parameters, "responses": _responses("200")}


def _query_parameters(path: str, method: str) -> list[dict[str, Any]]:
    """Give what may be asked of an address, as its endpoint declares it."""
    reads = (route for routes in ROUTES for route in routes.routes)
    declared = [route for route in reads if isinstance(route, APIRoute) and route.path == path]
    kind = query_of(next(route.endpoint for route in declared if method in (route.methods or ())))
    _, schemas = msgspec.json.schema_components([kind])
    whole: dict[str, Any] = schemas[kind.__name__]
    required = whole.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(schema)}
        for name, schema in whole["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of what may be left out; in a query nothing is null."""
    if "anyOf" not in schema:
        return schema
    (known,) = (one for one in schema["anyOf"] if one != {"type": "null"})
    return dict(known)


def _named(name: str) -> dict[str, str]:
    return {"operationId": name, "summary": text(f"api.{name}", "id"), "description": text(f"api.{name}", "en")}


def _sessions() -> dict[str, Any]:
    content = {"schema": {"$ref": REF.format(name="SignIn")}, "example": {"username": "ani", "password": "jejak-demo"}}
    sign_in = {
        **_named("sign_in"),
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": _responses("201"),
    }
    return {"post": sign_in, "delete": {**_named("sign_out"), "responses": _responses("204")}}


def _evidence() -> dict[str, Any]:
    anything = {"schema": {"type": "string", "format": "binary"}}
    return {
        **_named("receive_evidence"),
        "parameters": [*_path_parameters(EVIDENCE), *_query_parameters(EVIDENCE, "PUT")],
        "requestBody": {"required": True, "content": {"application/octet-stream": anything}},
        "responses": _responses("200"),
    }


def _preconditions(rows: tuple[Move[Any], ...], *, born: bool) -> list[dict[str, Any]]:
    decision = any(move.decision for move in rows)
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}}
    seen = {"name": "If-Match", "in": "header", "required": decision, "schema": {"type": "string", "examples": ['"3"']}}
    return [key] if born else [seen, key]


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": _kind(name)} for name in names]


def _kind(name: str) -> dict[str, str]:
    return {"id": {"type": "string", "format": "uuid"}, "version": {"type": "integer"}}.get(name, {"type": "string"})


def _responses(status: str, schema: str | None = None) -> dict[str, Any]:
    shape: dict[str, Any] = {"$ref": REF.format(name=schema)} if schema else {"type": "object"}
    done: dict[str, Any] = {"description": "Berhasil / Done"}
    if status != "204":
        done["content"] = {"application/json": {"schema": shape}}
    refused = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    return {status: done} | {p: {"description": text(f"http.{p}", "id"), "content": refused} for p in PROBLEMS}
