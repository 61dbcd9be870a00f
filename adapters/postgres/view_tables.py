"""Row structs as tables: columns are named and typed by the row type, in its order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Json

from application.views import Key, View

COLUMN_TYPES: dict[Any, str] = {
    str: 'text COLLATE "C"',
    int: "bigint",
    bool: "boolean",
    UUID: "uuid",
    date: "date",
    datetime: "timestamptz",
}
INDEXES = {
    "register": (
        "CREATE INDEX ON {table} (region, agency)",
        "CREATE INDEX ON {table} (changed_at DESC, id)",
        "CREATE INDEX ON {table} USING gin (insiders)",
        "CREATE INDEX ON {table} USING gin (to_tsvector('indonesian', search))",
    ),
    "worklist": ("CREATE INDEX ON {table} USING gin (waits_for)",),
    "decisions": ("CREATE UNIQUE INDEX ON {table} (position)",),
}
"""What queries need beside the key."""


def columns(view: View[Any]) -> dict[str, tuple[str, bool]]:
    """Give every column with its SQL type and whether it holds JSON text."""
    hints = get_type_hints(view.row)
    return {name: _column(hints[name]) for name in view.row.__struct_fields__}


def _column(hint: Any) -> tuple[str, bool]:
    inner = [arg for arg in get_args(hint) if arg is not type(None)]
    if type(None) in get_args(hint):
        return _column(inner[0])
    if get_args(hint) and hint.__origin__ is tuple:
        item = inner[0]
        return (f"{COLUMN_TYPES[item].split()[0]}[]", False) if item in COLUMN_TYPES else ("json", True)
    if isinstance(hint, type) and issubclass(hint, str):
        return COLUMN_TYPES[str], False
    return (COLUMN_TYPES[hint], False) if hint in COLUMN_TYPES else ("json", True)


def create(connection: psycopg.Connection[TupleRow], view: View[Any], table: str) -> None:
    """Make the bare table of a view: no key, no index."""
    named = ", ".join(f"{name} {kind}" for name, (kind, _) in columns(view).items())
    connection.execute(f"CREATE TABLE view.{table} ({named})".encode())


def finish(connection: psycopg.Connection[TupleRow], view: View[Any], table: str) -> None:
    """Give a filled table its key and indexes."""
    connection.execute(f"ALTER TABLE view.{table} ADD PRIMARY KEY ({', '.join(view.key)})".encode())
    for index in INDEXES.get(view.name, ()):
        connection.execute(index.format(table=f"view.{table}").encode())
    connection.execute(f"ANALYZE view.{table}".encode())


def exists(connection: psycopg.Connection[TupleRow], table: str) -> bool:
    """Tell whether a view's table is there."""
    row = connection.execute("SELECT to_regclass(%s)", [f"view.{table}"]).fetchone()
    return row is not None and row[0] is not None


def as_values(view: View[Any], row: msgspec.Struct) -> list[Any]:
    """Give a row's values as columns take them."""
    return [
        Json(value, dumps=_dumps) if is_json else (list(value) if isinstance(value, tuple) else value)
        for value, (_, is_json) in zip(_values(row), columns_of(view), strict=True)
    ]


def _values(row: msgspec.Struct) -> list[Any]:
    return [getattr(row, name) for name in row.__struct_fields__]


def _dumps(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


_COLUMNS: dict[type, list[tuple[str, bool]]] = {}


def columns_of(view: View[Any]) -> list[tuple[str, bool]]:
    """Give the types of a view's columns, worked out once."""
    if view.row not in _COLUMNS:
        _COLUMNS[view.row] = list(columns(view).values())
    return _COLUMNS[view.row]


def as_row(view: View[Any], values: Sequence[Any]) -> Any:
    """Give the struct of a selected row."""
    return msgspec.convert(dict(zip(view.row.__struct_fields__, values, strict=True)), view.row)


def select(
    connection: psycopg.Connection[TupleRow], view: View[Any], table: str, keys: Iterable[Key]
) -> dict[Key, Any]:
    """Give the rows of some keys."""
    wanted = list(keys)
    if not wanted:
        return {}
    names = ", ".join(view.row.__struct_fields__)
    by = ", ".join(f"unnest(%s::{columns(view)[k][0].split()[0]}[]) AS {k}" for k in view.key)
    rows = connection.execute(
        f"SELECT {names} FROM view.{table} JOIN (SELECT {by}) AS wanted USING ({', '.join(view.key)})".encode(),
        [list(column) for column in zip(*wanted, strict=True)],
    )
    found = [as_row(view, row) for row in rows]
    return {tuple(getattr(row, k) for k in view.key): row for row in found}


def upsert(
    connection: psycopg.Connection[TupleRow], view: View[Any], table: str, rows: Iterable[msgspec.Struct]
) -> None:
    """Write rows whole, by key."""
    names = view.row.__struct_fields__
    others = ", ".join(f"{n} = excluded.{n}" for n in names if n not in view.key)
    statement = (
        f"INSERT INTO view.{table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
        f" ON CONFLICT ({', '.join(view.key)}) DO UPDATE SET {others}"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement.encode(), [as_values(view, row) for row in rows])


def copy(connection: psycopg.Connection[TupleRow], view: View[Any], table: str, rows: Iterable[msgspec.Struct]) -> None:
    """Write new rows in bulk."""
    names = ", ".join(view.row.__struct_fields__)
    with connection.cursor() as cursor, cursor.copy(f"COPY view.{table} ({names}) FROM STDIN".encode()) as out:
        for row in rows:
            out.write_row(as_values(view, row))


def digest(connection: psycopg.Connection[TupleRow], view: View[Any], table: str) -> str:
    """Give SHA-256 over the canonical dump of a view: named columns, key order, UTC."""
    names, order = ", ".join(view.row.__struct_fields__), ", ".join(view.key)
    row = connection.execute(
        f"SELECT encode(sha256(convert_to(coalesce(string_agg(line, chr(10) ORDER BY {order}), ''), 'UTF8')), 'hex')"
        f" FROM (SELECT {order}, row({names})::text AS line FROM view.{table}) AS dump".encode()
    ).fetchone()
    assert row is not None
    return str(row[0])
