"""What an event says in words: its fields as people call them, put into the sentence of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import inspect

from adapters.catalogue import messages, text, words
from adapters.web.forms.affairs import affairs
from adapters.web.render import filters
from application.codec import BODIES
from domain.innovation.events import RecordCorrected
from domain.innovation.state import Innovation

UNSAID = "–"
PERSONS = frozenset({"person", "lead", "coach", "team", "innovator", "endorser", "decider", "evaluators"})
AGENCIES = frozenset({"agency", "adopter", "unit", "offered_to", "owner"})
MONEY = frozenset({"budget", "amount", "cost"})
NUMBERS = frozenset({"value", "score", "design_words", "baseline", "target"})


@dataclass(frozen=True)
class Sayer:
    """Says values of fields: whom ids name, what agencies were called, days and money as the language writes them."""

    language: str
    names: Mapping[str, str] = field(default_factory=dict)
    agencies: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    things: Mapping[str, str] = field(default_factory=dict)  # by id or code: evidence, obstacles, notes, indicators
    events: Mapping[int, str] = field(default_factory=dict)  # by version: the stored name

    def text(self, code: str, **params: Any) -> str:
        """Give a sentence of the catalogue."""
        return text(code, self.language, **params)

    def label(self, name: str) -> str:
        """Give what a field is called."""
        code = f"case.field.{name}"
        return self.text(code) if code in messages() else words(name, self.language)

    def value(self, name: str, value: Any) -> str:
        """Give a value of a field in words."""
        if value is None:
            return UNSAID
        special = SPECIAL.get(name)
        if special is not None:
            return special(self, value)
        return self._plain(name, value)

    def _plain(self, name: str, value: Any) -> str:
        told = filters(self.language)
        if isinstance(value, dict):
            return "; ".join(
                f"{self.label(key)}: {self.value(key, inner)}" for key, inner in value.items() if key != "id"
            )
        if isinstance(value, list | tuple):
            return "; ".join(self.value(name, inner) for inner in value)
        if isinstance(value, bool):
            return self.text("case.yes" if value else "case.no")
        if name in MONEY:
            return str(told["rupiah"](value))
        if name in NUMBERS:
            return str(told["number"](value))
        if name in DAYS:
            return str(told["day"](value))
        if name in PERSONS:
            return self.names.get(str(value), UNSAID)
        if name in AGENCIES:
            return self.agencies.get(str(value), str(value))
        return words(value, self.language) if value in CODES.get(name, ()) else str(value)

    def event(self, version: int) -> str:
        """Name an event of the stream."""
        return self.text("told.version", what=self.text(self.events.get(version, UNSAID)), version=version)

    def field_of(self, path: str) -> str:
        """Name what a correction puts right, such as `measurement.value`."""
        thing, _, name = path.partition(".")
        return (
            self.label(name or thing) if thing == "profile" else ", ".join(map(self.label, filter(None, (thing, name))))
        )

    def people(self, groups: Mapping[str, Mapping[str, int]]) -> str:
        """Say people told apart."""
        counted = {
            group: ", ".join(f"{words(code, self.language)} {number}" for code, number in found.items())
            for group, found in groups.items()
        }
        return "; ".join(f"{self.label(group)}: {said}" for group, said in counted.items())


def _leaves(name: str, kind: Any) -> Iterator[tuple[str, Any]]:
    """Give what a field is made of, each by the name of the field it stands in."""
    match kind:
        case inspect.UnionType(types=types):
            for one in types:
                yield from _leaves(name, one)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            yield from _leaves(name, item)
        case inspect.StructType(fields=fields):
            for part in fields:
                yield from _leaves(part.name, part.type)
        case _:
            yield name, kind


TOLD = [Innovation, *(body for name, body in BODIES.items() if name.startswith("innovation."))]
LEAVES = [leaf for kind in inspect.multi_type_info(TOLD) for leaf in _leaves("", kind)]
DAYS = frozenset(name for name, kind in LEAVES if isinstance(kind, inspect.DateType | inspect.DateTimeType))
CODES = {
    name: frozenset(
        code for one, kind in LEAVES if one == name and isinstance(kind, inspect.EnumType) for code in kind.cls
    )
    for name, kind in LEAVES
    if isinstance(kind, inspect.EnumType)
}
"""The fields that hold values of closed lists, with those; all others are free text."""
SPECIAL: Mapping[str, Callable[[Sayer, Any], str]] = {
    "affairs": lambda say, value: "; ".join(affairs(say.language).get(code, code) for code in value),
    "adopter_region": lambda say, value: say.regions.get(value, value),
    "item": lambda say, value: say.things.get(value, UNSAID),
    "obstacle": lambda say, value: say.things.get(value, UNSAID),
    "revision_note": lambda say, value: say.things.get(value, UNSAID),
    "indicator": lambda say, value: say.things.get(value, value),
    "indicators": lambda _say, value: "; ".join(found["name"] for found in value),
    "notes": lambda say, value: " ".join(
        say.text("told.note", field=say.label(note["field"]), text=note["text"]) for note in value
    ),
    "changes": lambda say, value: ", ".join(say.label(name).lower() for name in value),
    "profile": lambda _say, value: value["title"],
    "decision": lambda say, value: say.event(value),
    "event": lambda say, value: say.event(value),
    "field": lambda say, value: say.field_of(value),
    "people": lambda say, value: say.people(value),
    "duty": lambda say, value: say.text(f"duty.{value}"),
    "year": lambda _say, value: str(value),
    "stage": lambda say, value: say.text(f"case.stage.{value}"),
    "status": lambda say, value: say.text(f"case.status.{value}"),
    "parts_unknown": lambda say, value: ", ".join(words(part, say.language) for part in value),
    "replications": lambda _say, value: str(value)[:8],
}


def details(entry: Mapping[str, Any], say: Sayer) -> list[str]:
    """Give what the event of a history's entry says beside its title, in sentences."""
    kind, body = entry["type"], entry["body"]
    known = _corrected(entry, say) if kind == RecordCorrected.stored_as else {}
    said = {name: say.value(name, value) for name, value in body.items() if name not in known} | known
    codes = [f"told.{kind}", *(f"told.{kind}.{name}" for name in said)]
    return [_ended(messages()[code][say.language].format_map(said)) for code in codes if code in messages()]


def _ended(said: str) -> str:
    """Give a sentence its end, when who wrote it left that out."""
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def _corrected(entry: Mapping[str, Any], say: Sayer) -> dict[str, str]:
    """Give what stands now, and what stood there before where the case shows it."""
    name = entry["body"]["field"].rpartition(".")[2]
    said = {"value": say.value(name, entry["body"]["value"])}
    for before, after in entry["changes"].values():
        pairs = zip(before, after, strict=False) if isinstance(before, list) else [(before, after)]
        for old, new in pairs:
            if old != new:
                return {**said, "before": say.value(name, old.get(name) if isinstance(old, dict) else old)}
    return said
