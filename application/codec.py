"""Stored name <-> event class, and bytes <-> events. Every name ever stored stays readable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast, get_args
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent

from application.ports import NOT_YET_RECORDED
from domain.evaluation import events as evaluation
from domain.innovation import events as innovation
from domain.office import events as office
from domain.record import Body, Envelope, Pending, Recorded
from domain.replication import events as replication

B = TypeVar("B", bound=Body)


class State(Envelope, Generic[B], frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The state column whole: the envelope's words and the body."""

    body: B


@dataclass(frozen=True)
class LogEvent(StoredEvent):
    """A row of the log. `topic` is the stored name; the last three are set by the log itself."""

    region: str
    command_id: UUID
    position: int = 0
    recorded_at: datetime = NOT_YET_RECORDED
    case_number: str | None = None


Upcaster = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]

UPCASTERS: Mapping[str, Upcaster] = {}
"""Older stored names: how a body becomes one of the next version. Empty before release 1.0."""


BODIES: Mapping[str, type[Body]] = {
    body.stored_as: body for stream in (innovation, replication, evaluation, office) for body in get_args(stream.Event)
}
"""Every event class by its stored name, in its newest version."""


def names_of(kinds: AbstractSet[type[Body]]) -> list[str]:
    """Give the newest stored names of some classes."""
    return [name for name, body in BODIES.items() if body in kinds]


def _state_of(body: type[Body]) -> Any:
    """Give the type of a whole state with this body."""
    return cast("Any", State)[body]


_ENCODER = msgspec.json.Encoder()
_DECODERS: Mapping[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(_state_of(body)) for name, body in BODIES.items()
}


class EventMapper(Mapper[UUID]):
    """The library's mapper over msgspec: UTF-8 JSON, both levels decoded with unknown fields refused."""

    def __init__(self) -> None:
        """Need no transcoder, compressor or cipher: bytes are stored as they are read."""

    def to_stored_event(self, domain_event: Any) -> LogEvent:
        """Encode an event that is decided and not yet recorded."""
        pending = cast("Pending", domain_event)
        envelope = {name: getattr(pending.envelope, name) for name in Envelope.__struct_fields__}
        return LogEvent(
            originator_id=pending.originator_id,
            originator_version=pending.originator_version,
            topic=pending.body.stored_as,
            state=_ENCODER.encode(State(**envelope, body=pending.body)),
            region=pending.region,
            command_id=pending.command_id,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Decode a row of the log; raises msgspec.ValidationError on bytes we never wrote."""
        row = cast("LogEvent", stored_event)
        state = decode(row.topic, row.state)
        return Recorded(
            stream=cast("UUID", row.originator_id),
            version=row.originator_version,
            position=row.position,
            region=row.region,
            recorded_at=row.recorded_at,
            command_id=row.command_id,
            case_number=row.case_number,
            envelope=state,
            body=state.body,
        )


def decode(stored_name: str, state: bytes) -> State[Body]:
    """Give the state of an event, brought to its newest version; raises KeyError for a name never stored."""
    decoder = _DECODERS.get(stored_name)
    if decoder is not None:
        return cast("State[Body]", decoder.decode(state))
    raw = msgspec.json.decode(state)
    name, body = stored_name, raw["body"]
    while name in UPCASTERS:
        name, body = UPCASTERS[name](body)
    return cast("State[Body]", _DECODERS[name].decode(_ENCODER.encode({**raw, "body": body})))
