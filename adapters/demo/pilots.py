"""The trial of an idea: started, measured, extended now and then, concluded, and what the region makes of it."""

from __future__ import annotations

from datetime import timedelta

from adapters.demo.asides import Asides
from adapters.demo.telling import INDICATORS, Steps
from domain.codes import BudgetSource, EvidenceKind, PilotResult, StopReason

PILOT_DAYS = 150
RESULTS = {PilotResult.SUCCEEDED: 72, PilotResult.ADJUST: 16, PilotResult.FAILED: 12}
ROLLOUTS = {
    PilotResult.SUCCEEDED: {"replicate": 88, "repeat": 8, "stop": 4},
    PilotResult.ADJUST: {"replicate": 25, "repeat": 65, "stop": 10},
    PilotResult.FAILED: {"replicate": 0, "repeat": 30, "stop": 70},
}


class Pilots(Asides):
    """The second chapter of a case's life; some go through it twice."""

    result = PilotResult.SUCCEEDED

    def started(self) -> Steps:
        """The trial begins, and the case may be shown to everybody."""
        begins = self.ahead(self.chance.randrange(20))
        yield self.do(
            self.lead,
            "start_pilot",
            (5, 30),
            place=self.about["tempat"],
            target_group=self.about["sasaran"].capitalize(),
            indicators=INDICATORS,
            starts_on=begins,
            ends_on=begins + timedelta(days=PILOT_DAYS),
            budget_source=self.chance.choice(list(BudgetSource)),
            legal_basis=[self.legal_basis()],
        )
        if not self.case.published and self.happens(0.4):
            redaction = {"no_personal_data": True, "pictures_consented": True}
            yield self.decide(self.coordinator, "publish_case", "alasan_setuju", redaction=redaction)
            if self.happens(0.1):
                yield self.decide(self.coordinator, "unpublish_case", "alasan_lain")

    def tried(self) -> Steps:
        """It runs, is measured, and is concluded with a report."""
        assert self.case.pilot is not None
        yield self.rest(40, 60)
        for _ in range(self.chance.randint(1, 3)):
            yield self.rest(15, 30)
            yield from self.measured()
            if self.happens(0.25):
                yield from self.obstructed()
        if self.happens(0.15):
            until = self.case.pilot.ends_on + timedelta(days=self.chance.randrange(30, 150))
            yield self.decide(self.secretary, "extend_pilot", "alasan_lain", ends_on=until)
            yield from self.measured()
        yield self.attach(EvidenceKind.REPORT)
        by = self.lead if self.happens(0.7) else self.owner.head
        if self.happens(0.03):
            yield self.decide(by, f"conclude_pilot.{PilotResult.FAILED}", "alasan_hasil")
            yield from self.rescinded(by)
        self.result = self.chance.choices(list(RESULTS), list(RESULTS.values()))[0]
        yield self.decide(by, f"conclude_pilot.{self.result}", "alasan_hasil", **self.late())

    def rolled_out(self) -> Steps:
        """The region takes it into use, has it tried again, or ends it."""
        ways = ROLLOUTS[self.result]
        way = self.chance.choices(list(ways), list(ways.values()))[0]
        if way == "stop":
            reason, lesson = StopReason.PILOT_MISSED_TARGET, self.pick("pelajaran")
            yield self.decide(self.secretary, "decide_rollout.stop", "alasan_tolak", reason_code=reason, lesson=lesson)
            yield from self.maybe_reopened()
            return
        if way == "replicate":
            if not self.case.legal_bases:
                yield from self.founded()
            yield self.attach(EvidenceKind.PROCEDURE)
        yield self.decide(self.secretary, f"decide_rollout.{way}", "alasan_setuju", **self.late())
