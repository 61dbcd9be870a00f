"""OpenAPI 3.1 from the tables: what can be sent is read off the commands themselves."""

from __future__ import annotations

import html
from functools import cache
from typing import Any

import msgspec

from adapters.catalogue import text
from domain.innovation.lifecycle import BIRTH, INNOVATION_LIFECYCLE
from domain.lifecycle import Lifecycle, Move
from domain.office.lifecycle import OFFICE_LIFECYCLE

REF = "#/components/schemas/{name}"
PROBLEMS = ("400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "429", "503")
READS = {
    "/api/v1/innovations": "list_innovations",
    "/api/v1/worklist": "list_work",
    "/api/v1/innovations/{case_id}": "read_innovation",
    "/api/v1/innovations/{case_id}/actions": "list_actions",
    "/api/v1/innovations/{case_id}/history": "read_history",
    "/api/v1/innovations/{case_id}/diff": "read_difference",
    "/api/v1/persons/{person_id}/offices": "read_offices",
    "/api/v1/events": "list_events",
    "/api/v1/rulebooks": "list_rulebooks",
    "/api/v1/rulebooks/{rulebook_id}/{version}": "read_rulebook",
}


@cache
def document() -> dict[str, Any]:
    """Give the document, made once."""
    tables: tuple[Lifecycle[Any], ...] = (BIRTH, INNOVATION_LIFECYCLE, OFFICE_LIFECYCLE)
    bodies = list({move.body: None for table in tables for move in table.moves})
    _, schemas = msgspec.json.schema_components(bodies, ref_template=REF)
    schemas["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            **{name: {"type": "string"} for name in ("type", "title", "detail", "code")},
            "status": {"type": "integer"},
            "errors": {"type": "array", "items": {"type": "object"}},
        },
    }
    paths: dict[str, Any] = {path: {"get": _read(path, name)} for path, name in READS.items()}
    for path, rows in _commands():
        paths.setdefault(path, {})["post"] = _command(path, rows)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Jejak", "version": "1", "description": text("api.description", "id")},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"session": []}],
    }


def _commands() -> list[tuple[str, tuple[Move[Any], ...]]]:
    found: list[tuple[str, tuple[Move[Any], ...]]] = [
        ("/api/v1/innovations", BIRTH.choices("register_idea")),
        ("/api/v1/innovations/import-historical", BIRTH.choices("import_historical")),
    ]
    found += [
        (f"/api/v1/innovations/{{case_id}}/{_kebab(c)}", INNOVATION_LIFECYCLE.choices(c))
        for c in _names(INNOVATION_LIFECYCLE)
    ]
    found += [
        (f"/api/v1/persons/{{person_id}}/{_kebab(c)}", OFFICE_LIFECYCLE.choices(c)) for c in _names(OFFICE_LIFECYCLE)
    ]
    return found


def _names(table: Lifecycle[Any]) -> list[str]:
    return list(dict.fromkeys(move.command for move in table.moves))


def _kebab(command: str) -> str:
    return command.replace("_", "-")


def _command(path: str, rows: tuple[Move[Any], ...]) -> dict[str, Any]:
    bodies = [_body(move) for move in rows]
    schema = bodies[0] if len(bodies) == 1 else {"oneOf": bodies}
    born = path.endswith(("/innovations", "/import-historical"))
    return {
        "operationId": rows[0].command,
        "summary": " / ".join(text(f"command.{move.code}", "id") for move in rows),
        "parameters": [*_parameters(path), *_headers(rows)],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {("201" if born else "200"): {"description": "Tercatat / Recorded"}, **_problems()},
    }


def _body(move: Move[Any]) -> dict[str, Any]:
    reference = {"$ref": REF.format(name=move.body.__name__)}
    if move.choice is None:
        return reference
    _, schemas = msgspec.json.schema_components([move.body], ref_template=REF)
    whole: dict[str, Any] = dict(schemas[move.body.__name__])
    whole["properties"] = {"choice": {"const": move.choice}, **whole["properties"]}
    whole["required"] = ["choice", *whole.get("required", [])]
    whole["title"] = move.code
    return whole


def _headers(rows: tuple[Move[Any], ...]) -> list[dict[str, Any]]:
    decision = any(move.decision for move in rows)
    return [
        {"name": "If-Match", "in": "header", "required": decision, "schema": {"type": "string", "examples": ['"3"']}},
        {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}},
    ]


def _parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", **_format(name)}} for name in names
    ]


def _format(name: str) -> dict[str, str]:
    return {"format": "uuid"} if name in {"case_id", "person_id"} else {}


def _read(path: str, name: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "parameters": _parameters(path),
        "responses": {"200": {"description": "Jawaban / Answer"}, **_problems()},
    }


def _problems() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    return {status: {"description": text(f"http.{status}", "id"), "content": content} for status in PROBLEMS}


def page() -> str:
    """Give the documentation as one plain page that needs no other host."""
    rows = [
        f"<tr><td><code>{verb.upper()}</code></td><td><code>{html.escape(path)}</code></td>"
        f"<td>{html.escape(str(operation.get('summary', operation['operationId'])))}</td></tr>"
        for path, verbs in document()["paths"].items()
        for verb, operation in verbs.items()
    ]
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>API Jejak</title><style>body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "td{padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}table{width:100%}"
        "code{overflow-wrap:anywhere}</style>"
        f"<h1>API Jejak</h1><p>{html.escape(text('api.description', 'id'))}</p>"
        '<p><a href="/api/openapi.json">OpenAPI (JSON)</a></p>'
        f"<table>{''.join(rows)}</table></html>"
    )
