"""What every report is: facts folded from events at a cut-off, a digest over them, and the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from application.views.view import DAYS
from domain.people import Agency
from domain.record import LegalBasis, Recorded
from domain.value import Value

F = TypeVar("F", bound="Facts")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: the log up to a position, which was reached at `cut_off`; `region` None is everything."""

    position: int
    cut_off: datetime
    region: str | None = None

    def covers(self, region: str) -> bool:
        """Tell whether a region belongs to it."""
        return self.region in (None, region)


@dataclass(frozen=True, slots=True)
class Names:
    """What the directory adds when a report is shown: names of people today, of agencies at the cut-off."""

    people: Mapping[UUID, str] = field(default_factory=dict)
    agencies: Mapping[str, Agency] = field(default_factory=dict)


class Facts(Value, frozen=True, kw_only=True):
    """What the log says, and nothing else: the same at every time and place."""

    report: str
    definition: int
    position: int
    region: str | None
    zone: str


class Document(Value, Generic[F], frozen=True, kw_only=True):
    """The facts, their digest, and the names of whoever and whatever they mention."""

    digest: str
    facts: F
    names: dict[str, str]
    agencies: dict[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """A report in its two forms. `digest` is SHA-256 over the facts: the JSON without digest and names."""

    json: bytes
    csv: bytes
    digest: str
    position: int


@dataclass(frozen=True, slots=True)
class Definition(Generic[F]):
    """A report by name and version: how its facts come from the log, whom they mention, and how they fill a table."""

    name: str
    version: int
    facts: Callable[[Iterable[Recorded], Scope], F]
    people: Callable[[F], Iterable[UUID]]
    agencies: Callable[[F], Iterable[str]]
    columns: tuple[str, ...]
    rows: Callable[[F, Mapping[str, str]], Iterable[Sequence[Any]]]

    def make(self, events: Iterable[Recorded], scope: Scope, names: Names | None = None) -> Report:
        """Build the report from the events of the log up to its cut-off, given stream by stream."""
        known = names or Names()
        facts = self.facts((e for e in events if e.position <= scope.position), scope)
        people = {str(person): known.people[person] for person in set(self.people(facts)) if person in known.people}
        called = {a: known.agencies[a].name for a in set(self.agencies(facts)) if a in known.agencies}
        digest = digest_of(facts)
        document = Document(digest=digest, facts=facts, names=people, agencies=called)
        table = as_csv(self.columns, self.rows(facts, people | called))
        return Report(_ENCODER.encode(document) + b"\n", table, digest, scope.position)

    def heading(self, scope: Scope) -> dict[str, Any]:
        """Give what stands at the head of the facts."""
        return {
            "report": self.name,
            "definition": self.version,
            "position": scope.position,
            "region": scope.region,
            "zone": str(DAYS),
        }


_ENCODER = msgspec.json.Encoder(order="deterministic")


def digest_of(facts: Facts) -> str:
    """Give SHA-256 over the facts of a report, in hexadecimal."""
    return hashlib.sha256(_ENCODER.encode(facts)).hexdigest()


# The same as a table


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Give rows as CSV (RFC 4180, UTF-8), moments in the report's zone."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


FORMULA = re.compile(r"\A(?=[=+\-@\t\r\n])|(?<=[;\t\r\n])(?=[=@]|[+\-](?! ))")
"""Where a spreadsheet begins a cell that it would take for a formula; some part cells by semicolons."""


def harmless(value: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula (OWASP, CSV injection)."""
    return FORMULA.sub("'", value)


def _cell(value: Any) -> str:
    """Write a value for a spreadsheet: never as a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "ya" if value else "tidak"
        case datetime():
            return value.astimezone(DAYS).isoformat()
        case LegalBasis():
            return " ".join(str(part) for part in (value.type.value, value.number, value.date, value.title) if part)
        case tuple():
            return "; ".join(_cell(part) for part in value)
        case str():
            return harmless(value)
        case _:
            return str(value)
