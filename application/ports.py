"""What the use cases need of the world, and the words they use with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.people import Agency, Region
from domain.record import Pending, Recorded


@dataclass(frozen=True, slots=True)
class Claim:
    """Something only `limit` streams may hold at a time, e.g. a title in a region."""

    kind: str
    scope: str
    value: str
    stream: UUID
    limit: int = 1


@dataclass(frozen=True, slots=True)
class Numbering:
    """A wish for the next case number of a region; the year is `recorded_at` in the region's zone."""

    region: str
    zone: str


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """Under which key a person sent a command, and what she sent."""

    person: UUID
    key: str
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class StreamRange:
    """The versions of one stream a unit wrote."""

    stream: UUID
    first_version: int
    last_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One command, accepted or refused whole: streams written, streams only read, receipt, claims."""

    command_id: UUID
    events: tuple[Pending, ...]
    reads: Mapping[UUID, int]
    receipt: ReceiptKey | None = None
    claims: tuple[Claim, ...] = ()
    releases: tuple[Claim, ...] = ()
    numbering: Numbering | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a unit became in the log."""

    command_id: UUID
    first_position: int
    last_position: int
    recorded_at: datetime
    case_number: str | None
    ranges: tuple[StreamRange, ...]


NOT_YET_RECORDED = datetime.min.replace(tzinfo=UTC)


def as_recorded(pending: Sequence[Pending], written: Written | None = None) -> tuple[Recorded, ...]:
    """Give the events of a unit as the log will give them back; before it is written without position and moment."""
    first = written.first_position if written else 0
    return tuple(
        Recorded(
            stream=event.originator_id,
            version=event.originator_version,
            position=position if written else 0,
            region=event.region,
            recorded_at=written.recorded_at if written else NOT_YET_RECORDED,
            command_id=event.command_id,
            case_number=written.case_number if written and event.originator_version == 1 else None,
            envelope=event.envelope,
            body=event.body,
        )
        for position, event in enumerate(pending, start=first)
    )


class AppendRefused(Exception):
    """The log took nothing of the unit."""


class StaleStream(AppendRefused):
    """A stream the unit wrote or read has moved on."""

    def __init__(self, stream: UUID, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class ClaimTaken(AppendRefused):
    """Another stream holds what the unit wants to hold."""

    def __init__(self, claim: Claim, holder: UUID | None) -> None:
        super().__init__(f"{claim.kind} is taken")
        self.claim = claim
        self.holder = holder


class AlreadyDone(AppendRefused):
    """The same person sent the same command under the same key before; `written` is what it became."""

    def __init__(self, written: Written) -> None:
        super().__init__("already done")
        self.written = written


class KeyReused(AppendRefused):
    """The key was used before for something else."""


class OutcomeUnknown(Exception):
    """The answer of the log was lost: retry with the same key."""


class EventLog(Protocol):
    """The log as use cases see it. The synchronous ledger and the asynchronous event log both are one."""

    async def load(self, stream: UUID, *, after: int = 0, up_to: int | None = None) -> Sequence[Recorded]:
        """Give the events of a stream with `after` < version <= `up_to`, oldest first."""
        ...

    async def load_after(self, versions: Mapping[UUID, int]) -> Sequence[Recorded]:
        """Give the events of several streams, each after a version, oldest first in each."""
        ...

    async def load_until(self, stream: UUID, *, position: int) -> Sequence[Recorded]:
        """Give the events of a stream up to a position of the log."""
        ...

    async def page(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Give up to `limit` events of the whole log after a position."""
        ...

    async def append(self, unit: Unit) -> Written:
        """Write a unit durably, or raise AppendRefused (nothing written) or OutcomeUnknown."""
        ...

    async def receipt(self, key: ReceiptKey) -> Written | None:
        """Give what was written under a key; raises KeyReused when the request differs."""
        ...

    async def claimed(self, kind: str, scope: str, value: str | None = None) -> frozenset[str]:
        """Give what is held of a kind in a scope: every value, or the one asked for."""
        ...

    async def position_at(self, moment: datetime) -> int:
        """Give the last position recorded at or before a moment, 0 when none; ValueError for the future."""
        ...

    async def head(self) -> int:
        """Give the last position of the log, 0 when it is empty."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a stream as bytes, and the version and position of the last event in it."""

    version: int
    position: int
    state: bytes


class Snapshots(Protocol):
    """Where states of long streams are kept. What was lost is made again."""

    async def load(self, stream: UUID, form: str) -> tuple[Snapshot | None, Sequence[Recorded]]:
        """Give what is kept of a stream in a form, None when nothing is, and the events after it, oldest first."""
        ...

    async def keep(self, stream: UUID, form: str, snapshot: Snapshot) -> None:
        """Keep a state, or do nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Directory:
    """Regions and agencies: insert-only rows, small enough to hold. `agencies` are those of today."""

    regions: Mapping[str, Region]
    agencies: Mapping[str, Agency]
    rows: tuple[Agency, ...]

    @classmethod
    def of(cls, regions: Iterable[Region], rows: Iterable[Agency], today: date) -> Directory:
        """Make the directory of a day from its rows."""
        kept = tuple(sorted(rows, key=lambda row: (row.id, row.valid_from, row.entered_at)))
        return cls({region.code: region for region in regions}, _standing(kept, today, POSITION_MAX), kept)

    def agencies_as_of(self, day: date, position: int) -> Mapping[str, Agency]:
        """Give the agencies as they stood on a day, by what was entered up to a position of the log."""
        first = {row.id: row for row in reversed(self.rows)}  # a case may be older than the first row of its agency
        return {**first, **_standing(self.rows, day, position)}


POSITION_MAX = 2**63 - 1


def _standing(rows: Iterable[Agency], day: date, position: int) -> Mapping[str, Agency]:
    return {row.id: row for row in rows if row.valid_from <= day and row.entered_at <= position}


class LogUnavailable(Exception):
    """The log could not be read in time; nothing was tried that could have an effect."""


class SyncLog(Protocol):
    """What the ledger needs of a recorder beside the library's own methods."""

    scripted_at: datetime | None
    last_written: Written | None

    def page(self, *, after: int, limit: int) -> Sequence[StoredEvent]: ...
    def position_at(self, moment: datetime) -> int: ...
    def until(self, stream: UUID, position: int) -> Sequence[StoredEvent]: ...
    def receipt(self, key: ReceiptKey) -> Written | None: ...
    def claimed(self, kind: str, scope: str, value: str | None) -> frozenset[str]: ...
