"""What an event says in words: its fields as people call them, put into the sentence of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from adapters.catalogue import messages, text, words
from adapters.web.forms.affairs import affairs
from adapters.web.render import filters
from domain.innovation.events import RecordCorrected

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
        if isinstance(value, str) and is_day(value):
            return str(told["day"](value))
        if name in PERSONS:
            return self.names.get(str(value), UNSAID)
        if name in AGENCIES:
            return self.agencies.get(str(value), str(value))
        return words(value, self.language) if isinstance(value, str) and len(value) <= CODE_LENGTH_MAX else str(value)

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


APART = frozenset({"id", "note", "evidence", "legal_basis"})
"""What stands in a body beside what it says."""
CODE_LENGTH_MAX = 40
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


def is_day(value: str) -> bool:
    """Tell whether a text is a day or a moment as the log writes it."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return len(value) >= len(date.min.isoformat()) and value[4] == "-"
