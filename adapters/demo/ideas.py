"""From an idea to the decision about its pilot."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from adapters.demo.asides import Asides
from adapters.demo.governments import person_id
from adapters.demo.telling import Steps, words
from domain.codes import Initiator, Origin
from domain.people import Role

DELEGATED_FROM = date(2025, 11, 3)


class Ideas(Asides):
    """The first chapter of a case's life."""

    def registered(self) -> Steps:
        """Somebody writes the idea down."""
        yield self.do(
            self.lead,
            "register_idea",
            title=self.title,
            problem=self.told("masalah"),
            affairs=[self.affair],
            initiator=self.chance.choice(list(Initiator)),
        )

    def prepared(self) -> Steps:
        """A team comes together, with a coach when there is one."""
        if self.happens(0.4):
            yield from self.member_joins()
        if self.happens(0.85):
            self.coach = self.chance.choice(self.cast.coaches) if self.cast.coaches else None
        if self.coach:
            yield self.do(self.coordinator, "assign_coach", person=self.coach)
        if self.happens(0.5):
            yield from self.evidence()

    def written(self) -> Steps:
        """The idea is worked out and handed in, until the coach is content."""
        yield self.do(self.lead, "revise_profile", (3, 20), **self._profile())
        yield self.do(self.lead, "submit", pledge=True)
        self.world.make_known(self.case, self.chance)
        while self.coach:
            yield self.do(self.coach, "record_review", advice=self.pick("nasihat"))
            if self.happens(0.7):
                return
            yield from self._revised(self.coach)

    def endorsed(self) -> Steps:
        """The agency stands behind it, sooner or later."""
        if self.happens(0.1):
            yield self.decide(self.owner.head, "endorse.return", "alasan_tolak")
            yield self.do(self.lead, "revise_profile", cost=self.chance.randrange(2, 400) * 500_000)
            yield self.do(self.lead, "submit", pledge=True)
        if self.happens(0.05):
            yield self.decide(self.owner.head, "endorse.return", "alasan_lain")
            yield from self.rescinded(self.owner.head)
        yield self.decide(self._endorser(), "endorse.endorse", "alasan_setuju", **self.late())
        if Role.VERIFIER in self.cast.holders and self.happens(0.08):
            yield from self._revised(self.cast.holders[Role.VERIFIER])
            yield self.decide(self.owner.head, "endorse.endorse", "alasan_setuju")

    def decided(self) -> Steps:
        """The region decides whether it is tried."""
        while self.happens(0.2):
            yield self.decide(self.secretary, "decide_pilot.defer", "alasan_lain", until=self.ahead(60))
        if self.happens(0.03):
            yield self.decide(self.secretary, "decide_pilot.approve", "alasan_setuju")
            yield from self.rescinded(self.secretary)
        if self.happens(0.15):
            yield self.decide(self.secretary, "decide_pilot.reject", "alasan_tolak", **self.late())
            if self.happens(0.8):
                return
            yield self.attach()
            yield self.decide(self.secretary, "reopen", "alasan_lain", (20, 60))
            yield self.do(self.lead, "revise_profile", cost=self.chance.randrange(2, 400) * 500_000 + 1)
            yield self.do(self.lead, "submit", pledge=True)
            yield self.decide(self.owner.head, "endorse.endorse", "alasan_setuju")
        yield self.decide(self.secretary, "decide_pilot.approve", "alasan_setuju", **self.late())

    def _revised(self, by: UUID) -> Steps:
        """Somebody asks for more, the team answers every note and hands in again."""
        notes = [{"field": field, "text": text} for field, text in self.chance.sample(words()["catatan"], 2)]
        yield self.decide(by, "request_revision", "alasan_lain", notes=notes)
        answers = [{"note": note.id, "text": self.pick("jawaban")} for note in self.case.unanswered]
        told = f"{self.told('tujuan')} Dihitung ulang pada pekan ke-{self.case.version}."
        yield self.do(self.lead, "revise_profile", goals=told, answers=answers)
        yield self.do(self.lead, "submit", pledge=True)

    def _endorser(self) -> UUID:
        """The head herself, or whoever acts for her."""
        acting = self.owner.agency == "ka-dinkes" and self.at.date() > DELEGATED_FROM and self.happens(0.3)
        return person_id("kartika") if acting else self.owner.head

    def _profile(self) -> dict[str, Any]:
        paragraphs = self.chance.sample(words()["rancangan"], 7)
        return {
            "design": "\n\n".join(paragraph.format_map(self.about) for paragraph in paragraphs),
            "goals": self.told("tujuan"),
            "benefits": self.told("manfaat"),
            "form": "public_service",
            "kind": self.chance.choice(("digital", "non_digital")),
            "origin": self.chance.choice(list(Origin)),
            "inclusion": {name: text.format_map(self.about) for name, text in words()["inklusi"].items()},
        }
