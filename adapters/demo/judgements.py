"""How an innovation is judged: a panel is seated and scores, the scores stand, and the region decides on the advice."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from uuid import UUID

from adapters.demo.asides import Asides
from adapters.demo.cast import Evaluator
from adapters.demo.telling import Pause, Step, Steps
from application.streams import EVALUATION
from domain.codes import LegalBasisType, Recommendation, StopReason
from domain.duties import Duty
from domain.evaluation.state import result_of
from domain.innovation.decisions.outcome import BUDGET_YEARS_MIN, budget_years_running
from domain.innovation.lifecycle import ABOVE_A_DECREE
from domain.people import Part, Role
from domain.rulebook.model import Panel

WAITS_MAX = 6
ADVICE = ((72, Recommendation.INSTITUTIONALISE), (60, Recommendation.WIDEN), (45, Recommendation.IMPROVE))


class Judgements(Asides):
    """The fourth chapter of a case's life, and again every year once it is anchored."""

    terms: Panel

    def judged(self) -> Steps:
        """Open an evaluation and see it to its end; when nobody has room, there is none."""
        larger = int(self.happens(0.1))
        panel = yield from self._panel_found(self.terms.size + larger)
        if not panel:
            return
        yield from self._opened(len(panel))
        if self.happens(0.08):
            yield self._ended("cancel", reason=self.pick("alasan_batal"))
            self.world.panels.give_back(*panel)
            return
        panel = yield from self._seated(panel)
        if self.happens(0.02):
            yield self._ended("cancel", reason=self.pick("alasan_batal"))
        else:
            yield from self._scored(panel)
            yield from self._summed_up()
        self.world.panels.give_back(*panel)

    def outcome(self) -> Steps:
        """The region decides on what was advised, or departs from it and says why."""
        assert self.case.evaluation is not None
        assert self.case.evaluation.recommendation is not None
        way, why = self.case.evaluation.recommendation, "alasan_setuju"
        if self.happens(0.15):
            way = self.chance.choice([other for other in Recommendation if other is not way])
            why = "alasan_menyimpang"
        if way is Recommendation.STOP:
            reason, lesson = self.chance.choice(list(StopReason)), self.pick("pelajaran")
            yield self.decide(self.secretary, "decide_outcome.stop", why, reason_code=reason, lesson=lesson)
            yield from self.maybe_reopened()
            return
        if way is Recommendation.INSTITUTIONALISE:
            yield from self._anchored()
        if self.happens(0.03):
            yield self.decide(self.secretary, f"decide_outcome.{way}", why)
            yield from self.rescinded(self.secretary)
        yield self.decide(self.secretary, f"decide_outcome.{way}", why, **self.late())

    # On the way

    def _panel_found(self, size: int) -> Generator[Step | Pause, None, tuple[UUID, ...]]:
        """Wait until so many who may judge this have room, though not for ever."""
        for _ in range(WAITS_MAX):
            panel = self.world.panels.take(self.chance, size, self._may_judge)
            if panel:
                return panel
            yield self.rest(15, 30)
        return ()

    def _may_judge(self, evaluator: Evaluator) -> bool:
        played = self.case.parts.get(Part.INNOVATOR, frozenset()) | self.case.parts.get(Part.COACH, frozenset())
        return evaluator.person not in played and self.case.agency not in evaluator.agencies

    def _opened(self, size: int) -> Steps:
        verifier = self.cast.holders.get(Role.VERIFIER)
        opener = verifier if verifier and self.happens(0.3) else self.coordinator
        if not self.case.confirmed:
            duty, until = Duty.REPLICATION_BEFORE_EVALUATION, self.ahead(60)
            yield self.decide(self.secretary, "grant_duty_waiver", "alasan_lain", duty=duty, person=opener, until=until)
        fields = {"panel_size": size} if size > self.terms.size else {}
        yield self.do(opener, "open_evaluation", (2, 15), **fields)

    def _seated(self, panel: tuple[UUID, ...]) -> Generator[Step | Pause, None, tuple[UUID, ...]]:
        """Give everybody a seat; now and then one of them leaves it to another."""
        for person in panel:
            yield self._on_it(self.coordinator, "assign_evaluator", (1, 3), person=person)
        if not self.happens(0.12):
            return panel
        left, *stay = self.chance.sample(panel, len(panel))
        others = self.world.panels.take(self.chance, 1, lambda one: one.person not in panel and self._may_judge(one))
        if not others:
            return panel
        if self.happens(0.7):
            yield self._on_it(left, "declare_conflict", statement=self.pick("benturan"))
        replaced = {"person": left, "replacement": others[0], "reason": self.pick("alasan_ganti")}
        yield self._on_it(self.coordinator, "replace_evaluator", **replaced)
        self.world.panels.give_back(left)
        return (*stay, *others)

    def _scored(self, panel: tuple[UUID, ...]) -> Steps:
        """Everybody scores, some twice; scores that part widely are talked about before they stand."""
        merit = self.chance.randrange(48, 92)
        for person in panel:
            yield self._on_it(person, "score", (2, 12), scores=self._scores(merit - 40 * self.happens(0.08)))
        if self.happens(0.1):
            yield self._on_it(self.chance.choice(panel), "score", scores=self._scores(merit))
        if result_of(self.judging).spread > self.judging.spread_max or self.happens(0.05):
            yield self._on_it(self.coordinator, "record_discussion", text=self.pick("pembahasan"))
        yield self._on_it(self.coordinator, "consolidate")

    def _scores(self, merit: int) -> dict[str, Any]:
        return {
            criterion: {
                "score": min(100, max(0, merit + self.chance.randint(-8, 8))),
                "note": self.pick("catatan_nilai"),
            }
            for criterion in self.judging.criteria
        }

    def _summed_up(self) -> Steps:
        score = result_of(self.judging).score
        advice = next((advice for least, advice in ADVICE if score >= least), Recommendation.STOP)
        yield self._ended(
            "conclude",
            reason=self.pick("alasan_nilai"),
            drivers=self.pick("pendorong"),
            inhibitors=self.pick("penghambat"),
            recommendation=advice,
        )

    def _anchored(self) -> Steps:
        """See to a regulation above a decree, or to three years of budget."""
        law = any(basis.type in ABOVE_A_DECREE for basis in self.case.legal_bases.values())
        if law or budget_years_running(self.case) >= BUDGET_YEARS_MIN:
            return
        if self.happens(0.6):
            basis = self.legal_basis(LegalBasisType.PERKADA, LegalBasisType.PERDA)
            yield self.do(self.lead, "attach_legal_basis", (10, 60), **basis)
        else:
            for year in range(self.at.year - 1, self.at.year - 1 + BUDGET_YEARS_MIN):
                yield self.budgeted(year)

    def _on_it(self, by: UUID, code: str, days: tuple[int, int] = (1, 6), /, **fields: Any) -> Step:
        """Have somebody do something on the evaluation the case is in."""
        assert self.case.evaluation is not None
        return self.do(by, code, days, (EVALUATION, self.case.evaluation.id), **fields)

    def _ended(self, code: str, **fields: Any) -> Step:
        """Have the coordinator end it, from the case or from the evaluation."""
        if self.happens(0.5):
            return self.do(self.coordinator, f"{code}_evaluation", **fields)
        return self._on_it(self.coordinator, code, **fields)
