"""What may happen to a case at any time, beside its way from stage to stage."""

from __future__ import annotations

from collections.abc import Callable

from adapters.demo.case_teller import CaseTeller
from adapters.demo.telling import Steps, words
from domain.codes import Plan, StopReason


class Asides(CaseTeller):
    """Evidence, partners, obstacles, money, rests, corrections, changes of hands."""

    def aside(self) -> Steps:
        """Let at most two things happen."""
        ways: dict[Callable[[], Steps], int] = {
            self.evidence: 12,
            self._planned: 8,
            self.founded: 5,
            self._partnered: 6,
            self.obstructed: 6,
            self._funded: 5,
            self._linked: 3,
            self.member_joins: 4,
            self._corrected: 4,
            self._suspended: 3,
            self._transferred: 2,
            self._handed_over: 2,
            self._waived: 1,
        }
        for way in self.chance.choices(list(ways), list(ways.values()), k=self.chance.choice((0, 0, 1, 1, 2))):
            if self.case.is_open:
                yield from way()

    def stopped(self) -> Steps:
        """The case is ended, and now and then opened again where it was left."""
        reason, lesson = self.chance.choice(list(StopReason)), self.pick("pelajaran")
        yield self.decide(self.secretary, "stop", "alasan_tolak", reason_code=reason, lesson=lesson)
        yield from self.maybe_reopened()

    def maybe_reopened(self) -> Steps:
        """New facts may open a stopped case again."""
        if self.happens(0.2):
            yield self.attach()
            yield self.decide(self.secretary, "reopen", "alasan_lain", (20, 60))

    def evidence(self) -> Steps:
        """A document is attached, and now and then withdrawn."""
        yield self.attach()
        if self.happens(0.05):
            item = max(self.case.evidence.values(), key=lambda evidence: evidence.version).fact.item
            yield self.do(self.lead, "withdraw_evidence", item=item, reason=self.pick("alasan_lain"))

    def founded(self) -> Steps:
        """The case gets a legal basis."""
        yield self.do(self.lead, "attach_legal_basis", **self.legal_basis())

    def obstructed(self) -> Steps:
        """Something gets in the way, and is mostly overcome."""
        by = self.coach if self.coach and self.coach == self.case.coach and self.happens(0.3) else self.lead
        kind, text = self.chance.choice(words()["kendala"])
        described = text.format_map(self.about)
        owner = self.chance.choice((None, None, *(agency for agency, _ in self.cast.partners)))
        yield self.do(by, "record_obstacle", kind=kind, description=described, owner=owner, **self.late())
        if self.happens(0.8):
            standing = [item.fact.obstacle for item in self.case.obstacles.values() if item.resolution is None]
            said = self.pick("jalan_keluar")
            yield self.do(self.lead, "resolve_obstacle", (5, 30), obstacle=min(standing), resolution=said)

    def member_joins(self) -> Steps:
        """Another official of the owner takes part."""
        for person in self.owner.officials:
            if person not in self.case.team:
                yield self.do(self.lead, "add_team_member", person=person)
                return

    def _planned(self) -> Steps:
        code = f"{self.chance.randrange(1, 8)}.{self.chance.randrange(1, 40):02}"
        yield self.do(self.lead, "link_plan", plan=self.chance.choice(list(Plan)), code=code)

    def _funded(self) -> Steps:
        yield self.budgeted(self.at.year + self.chance.choice((0, 0, 1)))

    def _linked(self) -> Steps:
        others = [case for case in self.world.known.get(self.case.region, ()) if case != self.case.id]
        if others:
            other = self.chance.choice(others)
            yield self.do(self.lead, "add_dependency", innovation=other, flows=self.pick("aliran"))

    def _partnered(self) -> Steps:
        agency, officer = self.chance.choice(self.cast.partners)
        if agency in {self.owner.agency, *self.case.partners}:
            return
        contribution = "Tenaga dan tempat kegiatan"
        yield self.do(self.lead, "invite_partner", agency=agency, kind="government", contribution=contribution)
        if self.happens(0.8):
            yield self.do(officer, "accept_partnership", (2, 15))
        if self.happens(0.15):
            yield self.do(self.lead, "withdraw_partner", agency=agency, reason=self.pick("alasan_lain"))

    def _handed_over(self) -> Steps:
        others = [person for person in self.owner.officials if person != self.lead]
        if others:
            new = self.chance.choice(others)
            yield self.decide(self.lead, "hand_over_lead", "alasan_lain", person=new)
            self.lead = new

    def _transferred(self) -> Steps:
        owner = self.chance.choice(self.cast.owners)
        if owner is self.owner or owner.agency in {*self.case.partners, *self.adopters}:
            return
        reason = self.pick("alasan_lain")
        yield self.do(self.owner.head, "offer_transfer", agency=owner.agency, reason=reason)
        lead = self.chance.choice(owner.officials)
        yield self.decide(owner.head, "accept_transfer", "alasan_setuju", (2, 15), lead=lead)
        self.owner, self.lead = owner, lead

    def _corrected(self) -> Steps:
        if self.happens(0.5):
            wrong = {"field": "profile.cost", "value": self.chance.randrange(2, 400) * 500_000 + 2}
        else:
            wrong = {"field": "occurred_on", "value": self.past(self.chance.randrange(1, 20)).isoformat()}
        yield self.decide(self.coordinator, "correct", "alasan_lain", event=1, **wrong)

    def _suspended(self) -> Steps:
        yield self.decide(self.secretary, "suspend", "alasan_lain", review_on=self.ahead(90))
        if self.happens(0.1):
            yield from self.rescinded(self.secretary)
        elif self.happens(0.95):
            yield self.decide(self.secretary, "resume", "alasan_setuju", (10, 60))
        else:
            yield from self.stopped()

    def _waived(self) -> Steps:
        yield self.decide(
            self.secretary,
            "grant_duty_waiver",
            "alasan_lain",
            duty="innovator_coach",
            person=self.lead,
            until=self.ahead(120),
        )
