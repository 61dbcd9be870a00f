"""What every invented life is told with: steps, words, chance, and the working days of a government."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from application.streams import Stream
from domain.codes import LegalBasisType

WORK_BEGINS, WORK_ENDS, SATURDAY = 1, 9, 5  # hours in UTC: the working day of Jakarta


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does next, and when; on the case, or on a stream about it."""

    at: datetime
    by: UUID
    code: str
    fields: dict[str, Any]
    on: tuple[Stream[Any], UUID] | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing happens until then."""

    at: datetime


Steps = Iterator[Step | Pause]


@cache
def words() -> dict[str, Any]:
    """Give the parts titles and texts are made of."""
    return tomllib.loads((files("adapters.demo") / "words.toml").read_text(encoding="utf-8"))


@dataclass
class Teller:
    """Whoever tells a life: where it is in time, and what its texts are about."""

    chance: random.Random
    at: datetime
    about: dict[str, str] = field(default_factory=dict)

    def do(
        self,
        by: UUID,
        code: str,
        days: tuple[int, int] = (1, 6),
        on: tuple[Stream[Any], UUID] | None = None,
        /,
        **fields: Any,
    ) -> Step:
        """Have somebody do something a few days on."""
        self._go_on(days)
        return Step(self.at, by, code, fields, on)

    def decide(self, by: UUID, code: str, why: str, days: tuple[int, int] = (1, 10), /, **fields: Any) -> Step:
        """Have somebody decide something, for a reason."""
        return self.do(by, code, days, reason=self.pick(why), **fields)

    def rest(self, *days: int) -> Pause:
        """Let a number of days pass, between the two given."""
        self._go_on((days[0], days[-1]))
        return Pause(self.at)

    def _go_on(self, days: tuple[int, int]) -> None:
        self.at = at_work(self.at + timedelta(days=self.chance.randint(*days), hours=self.chance.randrange(8)))

    def happens(self, probability: float) -> bool:
        """Tell whether something of this probability happens."""
        return self.chance.random() < probability

    def pick(self, name: str) -> str:
        """Give one of the words of this name."""
        found: str = self.chance.choice(words()[name])
        return found

    def told(self, name: str) -> str:
        """Give one of the sentences of this name, about this life."""
        text = self.pick(name).format_map(self.about)
        return text[0].upper() + text[1:]

    def legal_basis(self, *kinds: LegalBasisType) -> dict[str, Any]:
        """Give a legal basis of recent months, of one of the kinds."""
        number = f"{self.chance.randrange(1, 300)}/{self.at.year}"
        kind = self.chance.choice(kinds or list(LegalBasisType))
        return {"type": kind, "number": number, "date": self.past(self.chance.randrange(1, 200))}

    def measurement(self, indicator: str, days: int) -> dict[str, Any]:
        """Give a measurement of the days just over."""
        period = {"starts_on": self.past(days), "ends_on": self.past(0), "indicator": indicator}
        if indicator == WAITING["code"]:
            value: float = self.chance.randrange(10, 110) / 10
            return {**period, "value": value, "unit": WAITING["unit"], "method": self.pick("cara_ukur")}
        count = self.chance.randrange(20, 900)
        people = {group: self._shared_out(count, among) for group, among in words()["pilah"].items()}
        return {**period, "value": count, "unit": SERVED["unit"], "method": self.pick("cara_ukur"), "people": people}

    def _shared_out(self, count: int, among: list[str]) -> dict[str, int]:
        marks = sorted(self.chance.randint(0, count) for _ in among[1:])
        return {name: end - start for name, start, end in zip(among, [0, *marks], [*marks, count], strict=True)}

    def ahead(self, days: int) -> date:
        """A day that is ahead also when the step itself takes its time."""
        return (self.at + timedelta(days=days + 30)).date()

    def past(self, days: int) -> date:
        """A day so many days ago."""
        return (self.at - timedelta(days=days)).date()

    def late(self) -> dict[str, Any]:
        """Now and then something is entered days after it happened."""
        return {"occurred_on": self.past(self.chance.randrange(9))} if self.happens(0.12) else {}


WAITING: dict[str, Any] = {"code": "lama", "name": "Lama pengurusan", "unit": "hari", "baseline": 11, "target": 3}
SERVED: dict[str, Any] = {
    "code": "terlayani",
    "name": "Warga terlayani",
    "unit": "orang",
    "baseline": 0,
    "target": 400,
    "counts_people": True,
}
INDICATORS = (WAITING, SERVED)


def at_work(moment: datetime) -> datetime:
    """Give the first full working hour at or after a moment."""
    if moment.hour >= WORK_ENDS or moment.hour < WORK_BEGINS:
        moment = moment.replace(hour=WORK_BEGINS) + timedelta(days=moment.hour >= WORK_ENDS)
    if moment.weekday() >= SATURDAY:
        moment += timedelta(days=7 - moment.weekday())
    return datetime(moment.year, moment.month, moment.day, moment.hour, tzinfo=UTC)
