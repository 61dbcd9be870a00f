"""Row structs as tables: columns named and typed by the row type, rows written in sets, dumps that can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import TupleRow

from application.views import Key, View
from domain.innovation.events import DutyWaiverGranted, RecordCorrected

Connection = psycopg.Connection[TupleRow]

NEW = "_new"
"""What the table of a view is called, beside its name, while it is being built."""

COLUMN_TYPES: dict[Any, str] = {
    str: "text",
    int: "bigint",
    bool: "boolean",
    UUID: "uuid",
    date: "date",
    datetime: "timestamptz",
    Decimal: "numeric",
}
RARE_DECISIONS = {
    "ralat": f"type = '{RecordCorrected.stored_as}'",
    "pengecualian": f"(cardinality(waived) > 0 OR type = '{DutyWaiverGranted.stored_as}')",
    "keputusan-terlambat": "late",
}
"""Decisions an audit counts: corrections, what a waiver let through or granted, what was entered on a later day."""
INDEXES = {
    "register": (
        "CREATE INDEX ON {table} (region, agency)",
        "CREATE INDEX ON {table} (changed_at DESC, id DESC)",
        "CREATE INDEX ON {table} (entered_at DESC, id DESC)",
        "CREATE INDEX ON {table} (title, id)",
        "CREATE INDEX ON {table} (case_number, id)",
        "CREATE INDEX ON {table} USING gin (insiders)",
    ),
    "search": ("CREATE INDEX ON {table} USING gin (searched)",),
    "worklist": ("CREATE INDEX ON {table} USING gin (waits_for)",),
    "funnel": ("CREATE INDEX ON {table} (region, agency)", "CREATE INDEX ON {table} USING gin (reached)"),
    "pilot_results": ("CREATE INDEX ON {table} (region)",),
    "replications": (
        "CREATE INDEX ON {table} (innovation)",
        "CREATE INDEX ON {table} (region, status)",
        "CREATE INDEX ON {table} USING gin (team)",
        "CREATE INDEX ON {table} USING gin (waits_for)",
    ),
    "evaluations": (
        "CREATE INDEX ON {table} (innovation)",
        "CREATE INDEX ON {table} (region, status)",
        "CREATE INDEX ON {table} USING gin (waits_for)",
    ),
    "decisions": (
        "CREATE UNIQUE INDEX ON {table} (position)",
        "CREATE INDEX ON {table} (region, position)",
        *(f"CREATE INDEX ON {{table}} (region, position) WHERE {rare}" for rare in RARE_DECISIONS.values()),
    ),
    "offices": (
        "CREATE INDEX ON {table} USING gin (regions)",
        "CREATE INDEX ON {table} USING gin (delegated)",
    ),
}
"""What queries need beside the key."""
COMPUTED = {"search": ("searched", "tsvector", "view.searchable(words)")}
"""A column, its type and its expression, made by PostgreSQL itself: no part of the view, so no part of its dump. Kept,
because an index does not know the order of words: for a phrase every text that holds them is looked into."""

SEARCH = """
CREATE OR REPLACE FUNCTION view.meaningful(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.regexp_replace(pg_catalog.lower(words), '\\m(?:{stop})\\M', ' ', 'g');
CREATE OR REPLACE FUNCTION view.searchable(words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.to_tsvector('pg_catalog.indonesian', pg_catalog.array_to_string(ARRAY(
    SELECT word FROM pg_catalog.string_to_table(
        pg_catalog.translate(pg_catalog.lower(words), E'\\n\\t\\r', '   '), ' ') AS t (word)
    WHERE pg_catalog.btrim(word, '.,;:!?()"''') <> ALL ('{{{stops}}}'::text[])
), ' '));
CREATE OR REPLACE FUNCTION view.wanted(words text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.websearch_to_tsquery('pg_catalog.indonesian', view.meaningful(words));
"""
"""Full text: PostgreSQL knows Indonesian stems, not the words that carry no meaning. Those stand in
`stop_words_id.txt`; a change there is a new version of the view that is searched. A text loses them word by word,
which is six times as fast as the expression; a query is short and keeps its quotes and signs."""


@cache
def columns(view: View[Any]) -> dict[str, str]:
    """Give every column of a view with its SQL type."""
    hints = get_type_hints(view.row)
    return {name: _column(hints[name]) for name in view.row.__struct_fields__}


def _column(hint: Any) -> str:
    """Give the SQL type of a field: its own, an array of it, or JSON text for anything nested."""
    plain = [arg for arg in get_args(hint) if arg is not type(None)]
    if type(None) in get_args(hint):
        return _column(plain[0])
    if get_origin(hint) is tuple:
        return f"{COLUMN_TYPES[plain[0]]}[]" if plain[0] in COLUMN_TYPES else "json"
    return COLUMN_TYPES.get(hint, "json")


# Tables


def create(connection: Connection, view: View[Any], table: str) -> None:
    """Make the bare table of a view: no key, no index."""
    words = (files("adapters.postgres") / "stop_words_id.txt").read_text(encoding="utf-8").split()
    connection.execute(SEARCH.format(stop="|".join(words), stops=",".join(words)).encode())
    exact = {"text": 'text COLLATE "C"'}
    named = ", ".join(f"{name} {exact.get(kind, kind)}" for name, kind in columns(view).items())
    if view.name in COMPUTED:
        named += ", {} {} GENERATED ALWAYS AS ({}) STORED".format(*COMPUTED[view.name])
    connection.execute(f"CREATE TABLE view.{table} ({named})".encode())


def finish(connection: Connection, view: View[Any], table: str) -> None:
    """Give a filled table its key and indexes."""
    connection.execute(f"ALTER TABLE view.{table} ADD PRIMARY KEY ({', '.join(view.key)})".encode())
    for index in INDEXES.get(view.name, ()):
        connection.execute(index.format(table=f"view.{table}").encode())
    connection.execute(f"ANALYZE view.{table}".encode())


def exists(connection: Connection, table: str) -> bool:
    """Tell whether a view's table is there."""
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"view.{table}"]).fetchone()
    return row is not None and bool(row[0])


def is_finished(connection: Connection, table: str) -> bool:
    """Tell whether a view's table has its key."""
    row = connection.execute(
        "SELECT FROM pg_index WHERE indrelid = to_regclass(%s) AND indisprimary", [f"view.{table}"]
    ).fetchone()
    return row is not None


def replace(connection: Connection, view: View[Any]) -> None:
    """Let the new table take the place of the live one and of every other version."""
    others = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'view' AND tablename ~ %s AND tablename <> %s",
        [f"^{view.name}_v[0-9]+({NEW})?$", view.table + NEW],
    ).fetchall()
    for (other,) in others:
        connection.execute(f"DROP TABLE view.{other}".encode())
    connection.execute(f"ALTER TABLE view.{view.table}{NEW} RENAME TO {view.table}".encode())


# Rows


def select(connection: Connection, view: View[Any], table: str, keys: Iterable[Key]) -> psycopg.Cursor[TupleRow]:
    """Ask for the rows of some keys."""
    names = ", ".join(columns(view))
    return connection.execute(
        f"SELECT {names} FROM view.{table} JOIN {_wanted(view)} USING ({', '.join(view.key)})".encode(),
        [list(part) for part in zip(*keys, strict=True)],
    )


def by_key(view: View[Any], rows: Iterable[Sequence[Any]]) -> dict[Key, Any]:
    """Give selected rows as structs by their keys."""
    return {view.key_of(row): row for row in (as_row(view, values) for values in rows)}


def as_row(view: View[Any], values: Sequence[Any]) -> Any:
    """Give the struct of a selected row."""
    return msgspec.convert(dict(zip(columns(view), values, strict=True)), view.row)


def insert(connection: Connection, view: View[Any], table: str, rows: Iterable[msgspec.Struct]) -> None:
    """Write new rows in one statement."""
    connection.execute(_insert(view, table).encode(), [_as_json(rows)])


def upsert(connection: Connection, view: View[Any], table: str, rows: Iterable[msgspec.Struct]) -> None:
    """Write rows whole in one statement, over the ones that have their keys."""
    others = ", ".join(f"{name} = excluded.{name}" for name in columns(view) if name not in view.key)
    statement = f"{_insert(view, table)} ON CONFLICT ({', '.join(view.key)}) DO UPDATE SET {others}"
    connection.execute(statement.encode(), [_as_json(rows)])


def check(connection: Connection, table: str, row: msgspec.Struct) -> None:
    """See whether a row fits its table; raises psycopg.DataError when not."""
    with connection.transaction():
        connection.execute(
            f"SELECT FROM json_populate_recordset(NULL::view.{table}, %s::json)".encode(), [_as_json([row])]
        )


def delete(connection: Connection, view: View[Any], table: str, keys: Sequence[Key]) -> None:
    """Take rows away."""
    same = " AND ".join(f"wanted.{name} = gone.{name}" for name in view.key)
    connection.execute(
        f"DELETE FROM view.{table} AS gone USING {_wanted(view)} WHERE {same}".encode(),
        [list(part) for part in zip(*keys, strict=True)],
    )


def _wanted(view: View[Any]) -> str:
    kinds = columns(view)
    return f"(SELECT {', '.join(f'unnest(%s::{kinds[name]}[]) AS {name}' for name in view.key)}) AS wanted"


def _insert(view: View[Any], table: str) -> str:
    """Rows travel as one JSON text: written by msgspec, read by PostgreSQL by the names and types of the columns."""
    names = ", ".join(columns(view))
    source = f"json_populate_recordset(NULL::view.{table}, %s::json)"
    return f"INSERT INTO view.{table} ({names}) SELECT {names} FROM {source}"


_ENCODER = msgspec.json.Encoder(order="deterministic")


def _as_json(rows: Iterable[msgspec.Struct]) -> str:
    return _ENCODER.encode(list(rows)).decode()


# Dumps


def dump(connection: Connection, view: View[Any], table: str) -> Iterator[bytes]:
    """Give the canonical dump of a view, piece by piece: named columns, key order (COLLATE "C"), UTC."""
    names, order = ", ".join(columns(view)), ", ".join(view.key)
    connection.execute("SET TIME ZONE 'UTC'")
    yield f"{names}\n".encode()
    statement = f"COPY (SELECT {names} FROM view.{table} ORDER BY {order}) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as out:
        for piece in out:
            yield bytes(piece)


def digest(connection: Connection, view: View[Any], table: str) -> str:
    """Give SHA-256 over the canonical dump, in hexadecimal."""
    sha = hashlib.sha256()
    for piece in dump(connection, view, table):
        sha.update(piece)
    return sha.hexdigest()
