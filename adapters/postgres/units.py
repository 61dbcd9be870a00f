"""Units as the arrays of `append_group`, and its verdicts as what the use cases understand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

_UNITS = ("uuid[]", "uuid[]", "text[]", "bytea[]", "text[]", "text[]")
_EVENTS = ("integer[]", "uuid[]", "integer[]", "text[]", "text[]", "bytea[]")
_READS = ("integer[]", "uuid[]", "integer[]")
_CLAIMS = ("integer[]", "text[]", "text[]", "text[]", "uuid[]", "integer[]")
_RELEASES = ("integer[]", "text[]", "text[]", "text[]", "uuid[]")


def _arguments(*kinds: str) -> str:
    return ", ".join(f"%s::{kind}" for kind in kinds)


Row = tuple[Any, ...]
"""A row selected by EVENT_COLUMNS."""
STREAM, POSITION = 0, 6
_ALWAYS = _arguments(*_UNITS, *_EVENTS, *_READS)
_SOMETIMES = _arguments(*_CLAIMS, *_RELEASES)
_APPEND = f"SELECT unit, verdict, detail FROM log.append_group({_ALWAYS})"
_APPEND_CLAIMING = f"SELECT unit, verdict, detail FROM log.append_group({_ALWAYS}, {_SOMETIMES})"
APPEND_SCRIPTED = f"SELECT unit, verdict, detail FROM log.append_scripted(%s::timestamptz, {_ALWAYS}, {_SOMETIMES})"
SELECT_RECEIPT = "SELECT request_hash, log.told(r) FROM log.receipts AS r WHERE person = %s AND key = %s"
_CLAIMED = """
    SELECT k.value FROM log.claims AS k WHERE k.kind = %s AND k.scope = %s
    AND NOT EXISTS (SELECT FROM log.releases AS l
                    WHERE l.kind = k.kind AND l.scope = k.scope AND l.value = k.value AND l.n = k.n)
"""


def select_claimed(kind: str, scope: str, value: str | None) -> tuple[str, list[Any]]:
    """Give the question for what is held of a kind in a scope, and its arguments."""
    return (_CLAIMED, [kind, scope]) if value is None else (f"{_CLAIMED} AND k.value = %s", [kind, scope, value])


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


def append_group(prepared: Sequence[Prepared]) -> tuple[str, list[str]]:
    """Give the call that appends units, and its arguments; most units claim nothing and are spared those."""
    claiming = any(one.unit.claims or one.unit.releases for one in prepared)
    arrays = _always(prepared)
    return (_APPEND_CLAIMING, [*arrays, *_sometimes(prepared)]) if claiming else (_APPEND, arrays)


def as_arrays(prepared: Sequence[Prepared]) -> list[str]:
    """Give all arguments of an append, one array per column."""
    return [*_always(prepared), *_sometimes(prepared)]


def _always(prepared: Sequence[Prepared]) -> list[str]:
    units = [one.unit for one in prepared]
    receipts = [unit.receipt for unit in units]
    numbers = [unit.numbering for unit in units]
    events = [(n, event) for n, one in enumerate(prepared, start=1) for event in one.stored]
    reads = [(n, *read) for n, unit in enumerate(units, start=1) for read in unit.reads.items()]
    return [
        _plain(unit.command_id for unit in units),
        _plain(receipt.person if receipt else None for receipt in receipts),
        _quoted(receipt.key if receipt else None for receipt in receipts),
        _bytes(receipt.request_hash if receipt else None for receipt in receipts),
        _quoted(number.region if number else None for number in numbers),
        _quoted(number.zone if number else None for number in numbers),
        _plain(n for n, _ in events),
        _plain(event.originator_id for _, event in events),
        _plain(event.originator_version for _, event in events),
        _quoted(event.topic for _, event in events),
        _quoted(event.region for _, event in events),
        _bytes(event.state for _, event in events),
        _plain(n for n, _, _ in reads),
        _plain(stream for _, stream, _ in reads),
        _plain(version for _, _, version in reads),
    ]


def _sometimes(prepared: Sequence[Prepared]) -> list[str]:
    units = list(enumerate((one.unit for one in prepared), start=1))
    claims = [(n, claim) for n, unit in units for claim in unit.claims]
    releases = [(n, claim) for n, unit in units for claim in unit.releases]
    return [*_claimed(claims), _plain(claim.limit for _, claim in claims), *_claimed(releases)]


def _claimed(claims: Sequence[tuple[int, Claim]]) -> list[str]:
    return [
        _plain(n for n, _ in claims),
        _quoted(claim.kind for _, claim in claims),
        _quoted(claim.scope for _, claim in claims),
        _quoted(claim.value for _, claim in claims),
        _plain(claim.stream for _, claim in claims),
    ]


# Arrays as PostgreSQL reads them: the driver's own way asks a regular expression about every element.


def _plain(values: Iterable[object]) -> str:
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


def _quoted(values: Iterable[str | None]) -> str:
    return f"{{{','.join('NULL' if value is None else _in_quotes(value) for value in values)}}}"


def _in_quotes(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _bytes(values: Iterable[bytes | None]) -> str:
    return f"{{{','.join('NULL' if value is None else _in_hexadecimal(value) for value in values)}}}"


def _in_hexadecimal(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


# What came of it


def settled(unit: Unit, verdict: str, detail: dict[str, Any] | None) -> Written:
    """Give what was written; raises AppendRefused for every other verdict."""
    if verdict == "written" and detail is not None:
        return _written(detail, unit.command_id, _ranges(unit))
    raise refusal(verdict, detail or {})


def _ranges(unit: Unit) -> tuple[StreamRange, ...]:
    versions: dict[UUID, list[int]] = {}
    for event in unit.events:
        versions.setdefault(event.originator_id, []).append(event.originator_version)
    return tuple(StreamRange(stream, found[0], found[-1]) for stream, found in versions.items())


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
    """Read what a unit became from its receipt."""
    ranges = tuple(StreamRange(UUID(stream), first, last) for stream, first, last in detail["ranges"])
    return _written(detail, UUID(detail["command_id"]), ranges)


def _written(detail: dict[str, Any], command_id: UUID, ranges: tuple[StreamRange, ...]) -> Written:
    return Written(
        command_id=command_id,
        first_position=detail["first_position"],
        last_position=detail["last_position"],
        recorded_at=datetime.fromisoformat(detail["recorded_at"]),
        case_number=detail["case_number"],
        ranges=ranges,
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
