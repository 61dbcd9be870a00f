"""The query of a request: one struct per question, each field a parameter, and nothing else is let through."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

import msgspec
from fastapi import Request
from msgspec import Meta
from msgspec.inspect import IntType, LiteralType, UnionType, type_info
from msgspec.structs import FieldInfo

from adapters.http.problems import Problem
from adapters.postgres.register_reads import Sort
from adapters.postgres.view_reads import LIMIT_MAX
from domain.codes import EvaluationStatus, Place, ReplicationStatus, Stage
from domain.text import composed

EVENTS_MAX = 500
_NUMBER = re.compile(r"[0-9]{1,18}")
Limit = Annotated[int, Meta(ge=1, le=LIMIT_MAX)]
Version = Annotated[int, Meta(ge=1)]
if TYPE_CHECKING:
    StageName: TypeAlias = str
    Status: TypeAlias = str
    CopyStatus: TypeAlias = str
    PanelStatus: TypeAlias = str
else:
    StageName = Literal[tuple(stage.value for stage in Stage)]
    Status = Literal[tuple(dict.fromkeys(place.status for place in Place))]
    CopyStatus = Literal[tuple(status.value for status in ReplicationStatus)]
    PanelStatus = Literal[tuple(status.value for status in EvaluationStatus)]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What may be asked of an address; of one that declares nothing, nothing."""

    @classmethod
    async def of(cls, request: Request) -> Self:
        """Read what was asked; what is left empty, as a form sends it, is not given. 422 for all that does not fit."""
        fields = _fields(cls)
        given = request.query_params.multi_items() if request.scope["query_string"] else []
        if unknown := sorted({name for name, _ in given} - fields.keys()):
            raise Problem(422, "query.unknown", name=", ".join(unknown))
        asked = [(name, value) for name, value in given if value]
        values = {fields[name].name: _value(fields[name], value) for name, value in asked}
        if len(values) < len(asked):
            raise Problem(422, "query.twice")
        for name, field in fields.items():
            if field.required and field.name not in values:
                raise Problem(422, "input.required", field=name)
        return cls(**values)


@cache
def _fields(kind: type[Query]) -> dict[str, FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _value(field: FieldInfo, given: str) -> Any:
    """Give a value as its parameter has it: msgspec alone would take `1e1` for a number and `null` for nothing."""
    if "\x00" in given:
        raise Problem(422, "json.unfit_character")
    given = composed(given)
    for value in (given, int(given)) if _NUMBER.fullmatch(given) else (given,):
        try:
            return msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            continue
    raise _misfit(field)


def _misfit(field: FieldInfo) -> Problem:
    info = type_info(field.type)
    match info.types[0] if isinstance(info, UnionType) else info:
        case IntType(ge=least, le=None):
            return Problem(422, "query.number_least", name=field.encode_name, least=least)
        case IntType(ge=least, le=most):
            return Problem(422, "query.number", name=field.encode_name, least=least, most=most)
        case LiteralType(values=known):
            return Problem(422, "query.choice", name=field.encode_name, known=", ".join(map(str, known)))
        case other:
            raise AssertionError(other)  # every text fits a text


# The questions


class AsOf(Query, frozen=True, kw_only=True):
    """At which moment."""

    as_of: str | None = None


class Cut(AsOf, frozen=True, kw_only=True):
    """At which version or moment of one stream."""

    version: Version | None = None


class Acting(Query, frozen=True, kw_only=True):
    """For which office."""

    acting_for: str | None = None


class Span(Query, frozen=True, kw_only=True):
    """Between which versions."""

    begin: Version = msgspec.field(name="from")
    to: Version


class Stretch(Query, frozen=True, kw_only=True):
    """Which stretch of the log."""

    after: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=EVENTS_MAX)] = 100


class Board(AsOf, frozen=True, kw_only=True):
    """Which replications or evaluations."""

    region: str | None = None
    limit: Limit = 20
    cursor: str | None = None


class Copies(Board, frozen=True, kw_only=True):
    """Which replications."""

    status: CopyStatus | None = None


class Panels(Board, frozen=True, kw_only=True):
    """Which evaluations."""

    status: PanelStatus | None = None


class Work(AsOf, frozen=True, kw_only=True):
    """Which stretch of the worklist."""

    limit: Limit = LIMIT_MAX
    cursor: str | None = None


class Share(AsOf, frozen=True, kw_only=True):
    """Whose cases."""

    region: str | None = None
    agency: str | None = None


class Results(Share, frozen=True, kw_only=True):
    """Whose pilots."""

    limit: Limit = 20
    cursor: str | None = None


class Cases(Results, frozen=True, kw_only=True):
    """Which cases, in which order."""

    stage: StageName | None = None
    status: Status | None = None
    affair: str | None = None
    q: str | None = None
    sort: Sort = "changed"
