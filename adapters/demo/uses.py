"""In use at home and asked for by others: the kit, requests to copy it, and the years after."""

from __future__ import annotations

from adapters.demo.cast import Adopter, casts
from adapters.demo.copies import Copy
from adapters.demo.judgements import Judgements
from adapters.demo.telling import Steps

ROUNDS_MAX = 6


class Uses(Judgements):
    """The third chapter of a case's life, and what follows once it is anchored."""

    def used(self) -> Steps:
        """Others copy it, and it is judged when one of them has confirmed, or without that when it may."""
        again = self.case.evaluation is not None
        if self.happens(0.9 if self.case.kit is None else 0.15):
            yield from self._kit_published()
        for _ in range(self.chance.randint(1, 3)):
            yield from self._copied()
        yield self.rest(*((120, 240) if again else (15, 40)))
        yield from self.measured()
        for _ in range(ROUNDS_MAX):
            if self.case.confirmed:
                break
            yield self.rest(20, 40)
        if self.case.confirmed or self.happens(0.4):
            yield from self.judged()

    def kept(self) -> Steps:
        """Anchored, it is measured and paid for year by year, copied on, and judged anew."""
        yield self.rest(180, 300)
        yield from self.measured()
        yield self.budgeted(self.at.year)
        if self.happens(0.5):
            yield from self._copied()
        if self.happens(0.85):
            yield from self.judged()

    def _kit_published(self) -> Steps:
        yield self.do(
            self.lead,
            "publish_kit",
            (5, 30),
            guide=self.told("panduan"),
            cost=self.chance.randrange(2, 200) * 500_000,
            people_needed=self.pick("orang_diperlukan"),
            contact_office=f"Bidang pelayanan {self.about['layanan']}",
            lessons=self.pick("pelajaran"),
        )

    def _copied(self) -> Steps:
        """Somebody asks to copy it; how that goes on is a life of its own."""
        adopter = self._adopter()
        if self.case.kit is None or adopter is None:
            return
        asker = self.chance.choice([person for person in adopter.officials if person not in self.case.team])
        self.adopters.add(adopter.agency)
        yield self.do(
            asker, "request_replication", (3, 25), problem=self.told("masalah_penerima"), agency=adopter.agency
        )
        self.begun.append(Copy(self.chance, self.at, self.about, self.case, adopter, asker))

    def _adopter(self) -> Adopter | None:
        """An agency of this region or another one that has not asked before."""
        free = [
            adopter
            for cast in casts()
            for adopter in cast.adopters
            if adopter.agency not in self.adopters
            and adopter.agency != self.case.agency
            and not self.case.team.issuperset(adopter.officials)
        ]
        return self.chance.choice(free) if free else None
