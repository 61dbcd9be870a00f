"""How others copy an innovation: asked and answered, agreed, adapted, run, confirmed by both sides, or given up."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from adapters.demo.cast import Adopter, casts
from adapters.demo.telling import Step, Steps, Teller
from application.streams import REPLICATION
from domain.codes import Agreement
from domain.innovation.state import Innovation
from domain.people import Role
from domain.replication.state import Copied, Replication


class Copy(Teller):
    """One replication. `case` and `there` are set to what they are before each next step."""

    tells = REPLICATION
    case: Innovation
    there: Any

    def __init__(
        self,
        chance: random.Random,
        begins: datetime,
        about: dict[str, str],
        case: Innovation,
        adopter: Adopter,
        asker: UUID,
    ) -> None:
        """Begin with the newest request of a case."""
        super().__init__(chance, begins, about)
        self.case = case
        self._id = case.replications[-1]
        self._adopter, self._asker = adopter, asker
        self.begun: list[Copy] = []

    def steps(self) -> Steps:
        """Tell the whole of it; it may be given up on the way."""
        if self.happens(0.12):
            yield self._by_origin("decline", (2, 25), reason=self.pick("alasan_enggan"))
            return
        yield self._by_origin("accept", (2, 25), reason=self.pick("alasan_terima"))
        for part in (self._agreed, self._adapted, self._ran):
            if self.happens(0.05):
                yield self._abandoned()
                return
            yield from part()
        if self.happens(0.04):
            yield self._abandoned()
            return
        sides: list[Callable[..., Step]] = [self._by_origin, self._by_adopter]
        codes = ["confirm_by_origin", "confirm_by_adopter"]
        for n in self.chance.sample((0, 1), 2):
            if self.happens(0.05):  # one side never answers
                return
            yield sides[n](codes[n], (2, 20))

    @property
    def replication(self) -> Replication:
        return cast("Replication", self.there)

    def _agreed(self) -> Steps:
        paper = self.chance.choice(list(Agreement))
        number = f"{self.chance.randrange(1, 90)}/{paper.upper()}/{self.at.year}"
        signed = {"agreement": paper, "number": number, "date": self.past(self.chance.randrange(5))}
        side = self._by_adopter if self.happens(0.7) else self._by_origin
        yield side("agree", (5, 30), **signed)

    def _adapted(self) -> Steps:
        colleagues = [person for person in self._adopter.officials if person != self._asker]
        told = {"plan": self.pick("rencana"), "changes": self.pick("perubahan"), "team": colleagues[:2]}
        yield self._by_adopter("plan_adaptation", (5, 30), **told)
        if self.happens(0.1):
            yield self._by_adopter("plan_adaptation", (5, 20), **told)

    def _ran(self) -> Steps:
        begins = self.at.date()
        place = f"{self.pick('wilayah')} {self.pick('nama_depan')} {self.pick('nama_belakang')}"
        yield self._by_adopter("start", (5, 30), place=place, starts_on=begins)
        for _ in range(self.chance.randint(1, 3)):
            step = {"title": self.pick("tonggak"), "reached_on": self.past(0)}
            yield self.do(self._watcher(), "record_milestone", (10, 30), self._on, **step)
        for indicator in Copied(replication=self.replication, case=self.case).indicators:
            yield self._by_adopter("record_measurement", (1, 20), **self.measurement(indicator, 20))
        yield self._by_adopter("conclude", summary=self.pick("ringkasan"))

    def _abandoned(self) -> Step:
        side = self._by_adopter if self.happens(0.7) else self._by_origin
        return side("abandon", (5, 40), reason=self.pick("alasan_lepas"), lesson=self.pick("pelajaran"))

    def _watcher(self) -> UUID:
        """The adopter, or a facilitator of her region."""
        cast_there = next(cast for cast in casts() if cast.region == self._adopter.region)
        watching = cast_there.holders.get(Role.FACILITATOR)
        return watching if watching and self.happens(0.3) else self._asker

    @property
    def _on(self) -> tuple[Any, UUID]:
        return REPLICATION, self._id

    def _by_adopter(self, code: str, days: tuple[int, int] = (1, 6), /, **fields: Any) -> Step:
        return self.do(self._asker, code, days, self._on, **fields)

    def _by_origin(self, code: str, days: tuple[int, int] = (1, 6), /, **fields: Any) -> Step:
        assert self.case.lead is not None  # only imported cases may lack one
        return self.do(self.case.lead, code, days, self._on, **fields)
