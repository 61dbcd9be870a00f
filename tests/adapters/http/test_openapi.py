"""The documents tell the truth about the tables."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from starlette.routing import Route

from adapters.http import openapi
from adapters.http.app import create_app
from adapters.http.examples import EXAMPLES
from adapters.http.moves import choose
from domain.lifecycle import Lifecycle, Move

ROWS: list[tuple[Lifecycle[Any], Move[Any]]] = [(table, move) for table in openapi.TABLES for move in table.moves]


@pytest.mark.parametrize(("table", "move"), ROWS, ids=[table.name(move) for table, move in ROWS])
def test_every_row_has_an_example_it_would_accept(table: Lifecycle[Any], move: Move[Any]) -> None:
    chosen, fields = choose(table, move.command, dict(EXAMPLES[table.name(move)]))
    assert chosen is move
    msgspec.convert(fields, move.body)


def test_no_example_outlives_its_row() -> None:
    assert set(EXAMPLES) == {table.name(move) for table, move in ROWS}


def test_every_path_the_application_serves_is_documented() -> None:
    app = create_app(lambda: None)  # type: ignore[arg-type, return-value]
    served = {
        (path, method.lower())
        for route in app.routes
        if isinstance(route, Route) and route.path.startswith("/api/v1")
        for path in _paths(route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    documented = {(path, verb) for path, verbs in openapi.document()["paths"].items() for verb in verbs}
    assert served
    assert served == documented


def _paths(route: Route) -> list[str]:
    """Give the paths of a route: of all commands, when it is theirs."""
    before, mark, _ = route.path.partition("{command:")
    return [f"{before}{name}" for name in route.param_convertors["command"].regex.split("|")] if mark else [route.path]


def test_every_reference_leads_somewhere() -> None:
    document = openapi.document()
    wanted = set(_references(document))
    assert wanted
    assert wanted <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    json.dumps(document)


def _references(value: Any) -> list[str]:
    match value:
        case dict():
            own = [value["$ref"]] if "$ref" in value else []
            return own + [found for inner in value.values() for found in _references(inner)]
        case list():
            return [found for inner in value for found in _references(inner)]
        case _:
            return []
