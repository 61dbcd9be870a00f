"""The documentation page: every operation of the OpenAPI document, for people, without any other host."""

from __future__ import annotations

import html
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from adapters.catalogue import text
from adapters.http.openapi import document
from domain.command import Command

Schema = dict[str, Any]
COMMON = frozenset(field.name for field in msgspec.structs.fields(Command))
RULES = ("session", "version", "key", "position", "refusal")
SECTIONS = ("sessions", "open_case", "moves", "replicating", "evaluating", "reads", "offices")


@cache
def page() -> str:
    """Give the page, made once."""
    style = (files("adapters.http") / "docs_page.css").read_text(encoding="utf-8")
    sections = "".join(_section(name) for name in SECTIONS)
    links = "".join(f'<li><a href="#{name}">{_says(name)}</a></li>' for name in SECTIONS)
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>API Jejak</title><style>{style}</style>"
        f'<header><p class="brand">Jejak</p></header><main><h1>API Jejak</h1>{_both("description")}'
        f'<p><a href="/api/openapi.json">OpenAPI 3.1 (JSON)</a></p><nav aria-label="Bagian"><ul>{links}</ul></nav>'
        f"{_how()}{sections}</main></html>"
    )


def _how() -> str:
    common = ", ".join(f"<code>{name}</code>" for name in sorted(COMMON))
    rules = "".join(f"<li>{_both(f'how.{rule}')}</li>" for rule in RULES)
    carry = f'<li><p>{_says("common")} {common}.</p><p lang="en">{_says("common", "en")} {common}.</p></li>'
    return f"<section>{_title('how')}<ul class=rules>{rules}{carry}</ul></section>"


def _section(name: str) -> str:
    operations = "".join(
        _operation(path, verb, operation) for path, verb, operation in _operations() if _place(path, verb) == name
    )
    return f"<section id={name}>{_title(name)}{operations}</section>"


def _operations() -> Iterator[tuple[str, str, Schema]]:
    for path, verbs in document()["paths"].items():
        for verb, operation in verbs.items():
            yield path, verb, operation


def _place(path: str, verb: str) -> str:
    """Tell in which section an operation is shown."""
    if path.endswith("/sessions"):
        return "sessions"
    if verb == "get":
        return "reads"
    for start, section in (("persons", "offices"), ("replications", "replicating"), ("evaluations", "evaluating")):
        if path.startswith(f"/api/v1/{start}"):
            return section
    return "moves" if "{id}" in path else "open_case"


# One operation


def _operation(path: str, verb: str, operation: Schema) -> str:
    parameters = operation.get("parameters", [])
    decision = any(p["name"] == "If-Match" and p.get("required") for p in parameters)
    mark = f" <small>{_says('decision')}</small>" if decision else ""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return (
        f"<details id={operation['operationId']}><summary><b>{verb.upper()}</b>"
        f"<span>{html.escape(operation['summary'])}{mark}</span><code>{_breakable(path)}</code></summary>"
        f'<p lang="en">{html.escape(operation["description"])}</p>'
        f"{_table(_parameters(parameters))}{''.join(_bodies(content))}</details>"
    )


def _breakable(path: str) -> str:
    return html.escape(path).replace("/", "<wbr>/")


def _parameters(parameters: list[Schema]) -> list[tuple[str, bool, str]]:
    return [(p["name"], p.get("required", False), f"{_kind(p['schema'])}, {p['in']}") for p in parameters]


def _bodies(content: Schema) -> Iterator[str]:
    """Give each body an operation takes: its example beside its fields."""
    if not content:
        return
    schemas = content["schema"].get("oneOf", [content["schema"]])
    examples = content.get("examples") or {"": {"value": content.get("example")}}
    for schema, example in zip(schemas, examples.values(), strict=True):
        heading = f"<h3>{html.escape(example['summary'])}</h3>" if len(schemas) > 1 else ""
        shown = html.escape(msgspec.json.format(msgspec.json.encode(example["value"]), indent=2).decode())
        yield f"{heading}<div>{_table(_fields(schema))}<pre>{shown}</pre></div>"


def _fields(schema: Schema) -> list[tuple[str, bool, str]]:
    whole = _resolved(schema)
    required = whole.get("required", [])
    return [
        (name, name in required, _kind(kind))
        for name, kind in whole["properties"].items()
        if name not in COMMON or name in required
    ]


def _kind(schema: Schema) -> str:
    """Say in a few words what a value looks like."""
    match _resolved(schema):
        case {"anyOf": [first, *_]}:
            return _kind(first)
        case {"const": value}:
            return str(value)
        case {"enum": values}:
            return " | ".join(map(str, values))
        case {"type": "array", "items": items}:
            return f"[{_kind(items)}]"
        case {"type": "object", "properties": fields}:
            return f"{{{', '.join(fields)}}}"
        case whole:
            return str(whole.get("format") or whole.get("type", ""))


def _resolved(schema: Schema) -> Schema:
    schemas: dict[str, Schema] = document()["components"]["schemas"]
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _table(rows: list[tuple[str, bool, str]]) -> str:
    told = "".join(
        f"<dt><code>{html.escape(name)}</code>{' <i>wajib</i>' if required else ''}</dt><dd>{html.escape(kind)}</dd>"
        for name, required, kind in rows
    )
    return f"<dl>{told}</dl>" if rows else ""


# Words


def _title(name: str) -> str:
    return f'<h2>{_says(name)} <span lang="en">{_says(name, "en")}</span></h2>'


def _both(name: str) -> str:
    return f'<p>{_says(name)}</p><p lang="en">{_says(name, "en")}</p>'


def _says(name: str, language: str = "id") -> str:
    return html.escape(text(f"api.{name}", language))
