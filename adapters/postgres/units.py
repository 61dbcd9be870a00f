"""Units as the arrays of `append_group`, and its verdicts as what the use cases understand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from application.codec import EventMapper, LogEvent, decode
from application.ports import (
    AlreadyDone,
    AppendRefused,
    Claim,
    ClaimTaken,
    KeyReused,
    StaleStream,
    StreamRange,
    Unit,
    Written,
)
from domain.record import Recorded

EVENT_COLUMNS = "stream, version, stored_name, state, region, command_id, position, recorded_at, case_number"

_TYPES = [
    "uuid[]",
    "uuid[]",
    "text[]",
    "bytea[]",
    "text[]",
    "text[]",
    "integer[]",
    "uuid[]",
    "integer[]",
    "text[]",
    "text[]",
    "bytea[]",
    "integer[]",
    "uuid[]",
    "integer[]",
    "integer[]",
    "text[]",
    "text[]",
    "text[]",
    "uuid[]",
    "integer[]",
    "integer[]",
    "text[]",
    "text[]",
    "text[]",
    "uuid[]",
]
_ARGUMENTS = ", ".join(f"%s::{kind}" for kind in _TYPES)

Row = tuple[Any, ...]
"""A row selected by EVENT_COLUMNS."""
STREAM, POSITION = 0, 6
APPEND_GROUP = f"SELECT unit, verdict, detail FROM log.append_group({_ARGUMENTS})"
APPEND_SCRIPTED = f"SELECT unit, verdict, detail FROM log.append_scripted(%s, {_ARGUMENTS})"
SELECT_RECEIPT = """
    SELECT request_hash, jsonb_build_object(
        'command_id', command_id, 'first_position', first_position, 'last_position', last_position,
        'recorded_at', recorded_at, 'case_number', case_number, 'streams', to_jsonb(streams),
        'first_versions', to_jsonb(first_versions), 'last_versions', to_jsonb(last_versions))
    FROM log.receipts WHERE person = %s AND key = %s
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A unit with its events encoded."""

    unit: Unit
    stored: tuple[LogEvent, ...]

    @classmethod
    def of(cls, unit: Unit) -> Prepared:
        """Encode the events of a unit."""
        return cls(unit, tuple(_MAPPER.to_stored_event(event) for event in unit.events))

    @property
    def size(self) -> int:
        """The bytes of its events."""
        return sum(len(event.state) for event in self.stored)


_MAPPER = EventMapper()


def as_arrays(prepared: Sequence[Prepared]) -> list[list[Any]]:
    """Give the arguments of `append_group`, one array per column."""
    units = [one.unit for one in prepared]
    units_at = list(enumerate(units, start=1))
    events = [(n, event) for n, one in enumerate(prepared, start=1) for event in one.stored]
    reads = [(n, stream, version) for n, unit in units_at for stream, version in unit.reads.items()]
    claims = [(n, c.kind, c.scope, c.value, c.stream, c.limit) for n, unit in units_at for c in unit.claims]
    releases = [(n, c.kind, c.scope, c.value, c.stream) for n, unit in units_at for c in unit.releases]
    return [
        [unit.command_id for unit in units],
        [unit.receipt.person if unit.receipt else None for unit in units],
        [unit.receipt.key if unit.receipt else None for unit in units],
        [unit.receipt.request_hash if unit.receipt else None for unit in units],
        [unit.numbering.region if unit.numbering else None for unit in units],
        [unit.numbering.zone if unit.numbering else None for unit in units],
        [n for n, _ in events],
        [e.originator_id for _, e in events],
        [e.originator_version for _, e in events],
        [e.topic for _, e in events],
        [e.region for _, e in events],
        [e.state for _, e in events],
        *_columns(reads, 3),
        *_columns(claims, 6),
        *_columns(releases, 5),
    ]


def _columns(rows: list[Any], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def settled(verdict: str, detail: dict[str, Any] | None) -> Written:
    """Give what was written; raises AppendRefused for every other verdict."""
    if verdict == "written" and detail is not None:
        return written(detail)
    raise refusal(verdict, detail or {})


def refusal(verdict: str, detail: dict[str, Any]) -> AppendRefused:
    """Give the refusal a verdict stands for."""
    match verdict:
        case "already_done":
            return AlreadyDone(written(detail))
        case "key_reused":
            return KeyReused()
        case "stale":
            return StaleStream(UUID(detail["stream"]), detail["expected"], detail["actual"])
        case "claimed":
            claim = Claim(detail["kind"], detail["scope"], detail["value"], UUID(detail["stream"]), detail["limit"])
            return ClaimTaken(claim, UUID(detail["holder"]) if detail["holder"] else None)
        case _:
            raise ValueError(f"append_group answered {verdict}")


def written(detail: dict[str, Any]) -> Written:
    """Read what a unit became from the answer of the log."""
    ranges = zip(detail["streams"], detail["first_versions"], detail["last_versions"], strict=True)
    return Written(
        command_id=UUID(detail["command_id"]),
        first_position=detail["first_position"],
        last_position=detail["last_position"],
        recorded_at=datetime.fromisoformat(detail["recorded_at"]),
        case_number=detail["case_number"],
        ranges=tuple(StreamRange(UUID(s), first, last) for s, first, last in ranges),
    )


def as_event(row: Row) -> LogEvent:
    """Give a row selected by EVENT_COLUMNS as the library's stored event with our columns."""
    stream, version, name, state, region, command_id, position, recorded_at, case_number = row
    return LogEvent(stream, version, name, state, region, command_id, position, recorded_at, case_number)


def as_recorded(row: Row) -> Recorded:
    """Give a row selected by EVENT_COLUMNS as an event; raises msgspec.ValidationError on bytes we never wrote."""
    stream, version, name, state, region, command_id, position, recorded_at, case_number = row
    told = decode(name, state)
    return Recorded(
        stream=stream,
        version=version,
        position=position,
        region=region,
        recorded_at=recorded_at,
        command_id=command_id,
        case_number=case_number,
        envelope=told,
        body=told.body,
    )
