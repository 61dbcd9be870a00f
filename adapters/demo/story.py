"""Tell the demonstration's cases: every step goes through the table and the log, at its scripted moment."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec

from adapters.demo.governments import found_governments, person_id
from adapters.wiring import Desk
from application.cases import Sender, begin, make_move
from application.ledger import finish
from application.streams import INNOVATION, Stream, kind_of
from domain.innovation import events as e
from domain.innovation.lifecycle import BIRTH
from domain.record import Body

BEGINS = datetime(2023, 11, 6, 1, 0, tzinfo=UTC)


@dataclass
class Script:
    """The clock and the ids of a demonstration: chosen, not met."""

    moment: datetime = BEGINS
    chance: random.Random = field(default_factory=lambda: random.Random(2026))  # noqa: S311  chosen, not secret

    def new_id(self) -> UUID:
        """Give a UUIDv7 of the scripted moment."""
        value = (int(self.moment.timestamp() * 1000) << 80) | self.chance.getrandbits(80)
        value = (value & ~(0xF << 76)) | (7 << 76)
        return UUID(int=(value & ~(0x3 << 62)) | (2 << 62))


def tell(desk: Desk) -> int:
    """Make the demonstration in an empty log and give its last position."""
    script = Script()
    house = replace(desk.house, clock=lambda: script.moment, new_id=script.new_id)
    scripted = replace(desk, house=house)
    with desk.connection.transaction():
        desk.log.at(script.moment)
        found_governments(scripted, on=script.moment.date())
        for at, case, step in _steps():
            script.moment = at
            desk.log.at(at)
            finish(_take(scripted, case, step))
    desk.log.at(None)
    return finish(desk.log.head())


@dataclass
class Case:
    """A case being told: its id, the names of its items, its replications and evaluations, and all other cases."""

    id: UUID | None = None
    names: dict[str, str] = field(default_factory=dict)
    children: dict[str, tuple[Stream[Any], UUID]] = field(default_factory=dict)
    others: dict[str, Case] = field(default_factory=dict)


def _steps() -> list[tuple[datetime, Case, dict[str, Any]]]:
    """Give every step of every case in the order of time."""
    steps = []
    cases: dict[str, Case] = {}
    for told in sorted((files("adapters.demo") / "cases").iterdir(), key=lambda file: file.name):
        for case in tomllib.loads(told.read_text(encoding="utf-8"))["case"]:
            one = cases[case["key"]] = Case(others=cases)
            steps += [(step["at"].astimezone(UTC), one, step) for step in case["step"]]
    return sorted(steps, key=lambda step: step[0])


async def _take(desk: Desk, case: Case, step: dict[str, Any]) -> None:
    """Take a step on the case, or `on` one of its replications and evaluations."""
    fields = _resolved(step.get("body", {}), case)
    if "content" in step and case.id is not None:
        stored = desk.store.put(step["content"].encode(), case.id)
        fields |= {"digest": stored.digest, "size": stored.size, "media_type": "text/plain"}
    code = f"{step['do']}.{step['choice']}" if "choice" in step else step["do"]
    sender = Sender(person_id(step["by"]))
    if case.id is None:
        birth = BIRTH.by_code[code]
        done = await begin(desk.house, birth, msgspec.convert(fields, birth.body), sender)
        case.id = done.written.ranges[0].stream
    else:
        kind, stream = case.children[step["on"]] if "on" in step else (INNOVATION, case.id)
        move = kind.lifecycle.by_code[code]
        done = await make_move(desk.house, kind, stream, move, msgspec.convert(fields, move.body), sender)
        if born := [event for event in done.events if event.version == 1]:
            case.children[step["as"]] = kind_of(born[0].body), born[0].stream
            return
    if "as" in step:
        case.names |= _named(done.events[-1].body, step["as"])


def _named(body: Body, names: str | list[str]) -> dict[str, str]:
    """Give the item, obstacle or revision notes an event brought, by the names the script gives them."""
    match body:
        case e.EvidenceAttached():
            return {str(names): str(body.item)}
        case e.ObstacleRecorded():
            return {str(names): str(body.obstacle)}
        case e.RevisionRequested():
            return {name: str(note.id) for name, note in zip(names, body.notes, strict=True)}
        case _:
            raise TypeError(body.stored_as)


def _resolved(value: Any, told: Case) -> Any:
    match value:
        case dict():
            return {key: _resolved(inner, told) for key, inner in value.items()}
        case list():
            return [_resolved(inner, told) for inner in value]
        case str() if value.startswith("@"):
            return str(person_id(value[1:]))
        case str() if value.startswith("#"):
            return told.names[value[1:]]
        case str() if value.startswith("&"):
            return str(told.others[value[1:]].id)
        case _:
            return value
