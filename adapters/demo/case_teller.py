"""What every chapter of a case's life is told with: the case, its people, and the world it shares with others."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from adapters.demo.cast import casts
from adapters.demo.copies import Copy
from adapters.demo.panels import Panels
from adapters.demo.telling import Step, Steps, Teller, words
from domain.codes import EvidenceKind
from domain.evaluation.state import Evaluation
from domain.innovation.state import Innovation
from domain.people import Role

KNOWN_MAX = 200


@dataclass
class World:
    """What all lives share: the titles taken, the seats on panels, and the cases a region's officials know of."""

    panels: Panels
    titles: set[str] = field(default_factory=set)
    known: dict[str, list[UUID]] = field(default_factory=dict)

    def make_known(self, case: Innovation, chance: random.Random) -> None:
        """Let a submitted case be known; only some are, newer ones rather than older."""
        known = self.known.setdefault(case.region, [])
        if len(known) < KNOWN_MAX:
            known.append(case.id)
        else:
            known[chance.randrange(KNOWN_MAX)] = case.id


class CaseTeller(Teller):
    """One case on its way. `case` and `there` are set to what they are before each next step."""

    case: Innovation
    there: Any  # the stream the last step was taken on

    def __init__(self, chance: random.Random, begins: datetime, world: World) -> None:
        """Be born at a moment, under a title nobody has taken."""
        super().__init__(chance, begins)
        self.world = world
        self.cast = chance.choices(casts(), [len(cast.owners) for cast in casts()])[0]
        self.owner = chance.choice(self.cast.owners)
        self.lead = chance.choice(self.owner.officials)
        self.coach: UUID | None = None
        self.adopters: set[str] = set()
        self.begun: list[Copy] = []
        place = self.pick("wilayah"), self.pick("nama_depan"), self.pick("nama_belakang")
        field_of_work = words()["bidang"][self.owner.agency.partition("-")[2]]
        self.affair, service = field_of_work["affair"], chance.choice(field_of_work["layanan"])
        self.about = {
            "layanan": service.lower(),
            "sasaran": self.pick("sasaran"),
            "tempat": " ".join(place),
            "jumlah": f"{chance.randrange(3, 90) * 50:,}".replace(",", "."),
        }
        self.title = self._unused(service, " ".join(place))

    def _unused(self, service: str, place: str) -> str:
        while (title := f"{self.pick('cara')} {service} {place}") in self.world.titles:
            place = f"{self.pick('nama_depan')} {self.pick('nama_belakang')} {self.chance.randrange(2, 90)}"
        self.world.titles.add(title)
        return title

    @property
    def secretary(self) -> UUID:
        return self.cast.holders[Role.REGIONAL_SECRETARY]

    @property
    def coordinator(self) -> UUID:
        return self.cast.holders[Role.COORDINATOR]

    @property
    def judging(self) -> Evaluation:
        """The evaluation the last step was taken on."""
        return cast("Evaluation", self.there)

    def attach(self, kind: EvidenceKind | None = None) -> Step:
        """Make a document a fact of the case."""
        known = [(k, description) for k, description in words()["bukti"] if kind is None or k == kind]
        sort, description = self.chance.choice(known)
        return self.do(
            self.lead,
            "attach_evidence",
            digest=f"{self.chance.getrandbits(256):064x}",
            size=self.chance.randrange(20_000, 4_000_000),
            media_type="application/pdf",
            kind=sort,
            description=f"{description}, {self.about['tempat']}",
            url=f"https://arsip.example/dokumen/{self.chance.getrandbits(40):010x}.pdf",
            **self.late(),
        )

    def measured(self, days: int = 25) -> Steps:
        """Measure everything the pilot asked for."""
        for indicator in self.case.indicators:
            yield self.do(self.lead, "record_measurement", (1, 3), **self.measurement(indicator, days))

    def budgeted(self, year: int) -> Step:
        """Say what a year's budget gives."""
        source = self.chance.choice(("apbd", "apbd", "apbd", "blud", "village_fund", "csr"))
        amount = self.chance.randrange(4, 300) * 1_000_000
        return self.do(self.lead, "record_budget_year", year=year, source=source, amount=amount)

    def rescinded(self, by: UUID) -> Steps:
        """Somebody takes back what she has just decided."""
        letter = f"Surat Nomor 800/{self.chance.randrange(1, 900)}"
        yield self.decide(by, "rescind_decision", "alasan_lain", letter=letter)
