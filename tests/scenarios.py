"""People, rules and cases the tests speak of, and given / when / then over pure decisions."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from application.streams import INNOVATION, KINDS, Stream, kind_of
from domain.codes import Form, Initiator, Kind, Origin
from domain.command import Command
from domain.errors import DomainError
from domain.innovation import commands as c
from domain.innovation.decisions.common import check_common
from domain.innovation.lifecycle import BIRTH
from domain.innovation.state import Innovation, evolve
from domain.lifecycle import Circumstances, Decided, Verdict
from domain.people import Actor, Agency, Capacity, Region, Role
from domain.record import Body, Envelope, Recorded
from domain.rulebook.model import Clocks, Panel, ProcessRulebook, Sentence

PEOPLE = UUID("11111111-1111-5111-8111-111111111111")
TODAY = date(2026, 3, 2)
CASE, OTHER_CASE = uuid5(PEOPLE, "case"), uuid5(PEOPLE, "other case")
_NUMBERS = itertools.count()


def person(name: str) -> UUID:
    return uuid5(PEOPLE, name)


ANI, BUDI, CITRA, DEWI, EKA, KARTIKA, KOORDINATOR, LESTARI, MAYA, SEKDA, TONO = (
    person(name)
    for name in ["ani", "budi", "citra", "dewi", "eka", "kartika", "koordinator", "lestari", "maya", "sekda", "tono"]
)
FAJAR, GITA, HASAN, INDRA, JOKO, NINING = (
    person(name) for name in ["fajar", "gita", "hasan", "indra", "joko", "nining"]
)
BIDAN, PROF, RATNA = person("bidan"), person("prof"), person("ratna")

REGIONS = {
    "KA": Region(code="KA", name="Kabupaten A", zone="Asia/Jakarta", seat="ka-setda"),
    "KB": Region(code="KB", name="Kota B", zone="Asia/Makassar", seat="kb-setda"),
    "SMN": Region(code="SMN", name="Kabupaten Sumenep", zone="Asia/Jakarta", read_only=True),
}
AGENCIES = {
    a.id: a
    for a in (
        Agency(id="ka-setda", name="Sekretariat Daerah", region="KA"),
        Agency(id="ka-dinkes", name="Dinas Kesehatan", region="KA"),
        Agency(id="ka-pkm-melati", name="Puskesmas Melati", region="KA", parent="ka-dinkes"),
        Agency(id="ka-bappeda", name="Bappeda", region="KA"),
        Agency(id="ka-diskominfo", name="Diskominfo", region="KA"),
        Agency(id="ka-univ", name="Universitas", region="KA", outside=True),
        Agency(id="kb-dinkes", name="Dinas Kesehatan B", region="KB"),
    )
}
_HEAD = Role.AGENCY_HEAD


def cap(role: Role, agency: str, letter: str | None = None) -> Capacity:
    return Capacity(role=role, agency=agency, region=agency[:2].upper(), letter=letter)


CAPACITIES: dict[UUID, tuple[Capacity, ...]] = {
    ANI: (cap(Role.OFFICIAL, "ka-dinkes"),),
    TONO: (cap(Role.OFFICIAL, "ka-dinkes"),),
    BUDI: (cap(Role.OFFICIAL, "ka-dinkes"), cap(_HEAD, "ka-dinkes")),
    KARTIKA: (cap(Role.OFFICIAL, "ka-dinkes"), cap(_HEAD, "ka-dinkes", "SPT 12/2026")),
    CITRA: (cap(Role.OFFICIAL, "ka-setda"), cap(Role.COACH, "ka-setda")),
    KOORDINATOR: (cap(Role.COORDINATOR, "ka-setda"),),
    SEKDA: (cap(Role.REGIONAL_SECRETARY, "ka-setda"),),
    DEWI: (cap(Role.VERIFIER, "ka-bappeda"),),
    MAYA: (cap(Role.FACILITATOR, "ka-bappeda"),),
    LESTARI: (cap(Role.OFFICIAL, "ka-diskominfo"),),
    EKA: (cap(Role.OFFICIAL, "ka-diskominfo"), cap(_HEAD, "ka-diskominfo")),
    BIDAN: (cap(Role.OFFICIAL, "ka-pkm-melati"),),
    RATNA: (cap(_HEAD, "ka-pkm-melati"),),
    PROF: (cap(Role.OFFICIAL, "ka-univ"),),
    FAJAR: (cap(Role.EVALUATOR, "ka-bappeda"),),
    GITA: (cap(Role.EVALUATOR, "ka-diskominfo"),),
    INDRA: (cap(Role.EVALUATOR, "ka-setda"),),
    JOKO: (cap(Role.OFFICIAL, "ka-dinkes"), cap(Role.EVALUATOR, "ka-dinkes")),
    HASAN: (cap(Role.OFFICIAL, "kb-dinkes"),),
    NINING: (cap(_HEAD, "kb-dinkes"),),
}

RULES = ProcessRulebook(
    id="process-2026",
    version=1,
    title=Sentence(id="Proses", en="Process"),
    effective_from=date(2023, 1, 1),
    source="test",
    design_words_min=300,
    required_fields=(
        "title",
        "problem",
        "design",
        "goals",
        "benefits",
        "initiator",
        "form",
        "kind",
        "origin",
        "affairs",
    ),
    inclusion_questions={"gender": Sentence(id="?", en="?")},
    pilot_extension_days_max=180,
    waiver_days_max=365,
    panel=Panel(size=3, load_max=5, scores_min=3, spread_max=30, criteria={"novelty": Sentence(id="?", en="?")}),
    clocks=Clocks(
        coach=5,
        endorsement=5,
        decision=10,
        revision=10,
        partner=10,
        transfer=10,
        pilot_report=10,
        replication_answer=10,
        replication_step=20,
        evaluation_panel=10,
        evaluation_scores=10,
        dormant_after_months=12,
    ),
    holidays=(),
    digest="0" * 64,
)


TOLD: dict[str, Any] = {
    "design": "kata " * 300,
    "goals": "Antre di bawah 20 menit.",
    "benefits": "Lansia duduk.",
    "form": Form.PUBLIC_SERVICE,
    "kind": Kind.NON_DIGITAL,
    "origin": Origin.ORIGINAL,
    "inclusion": {"gender": "Ya."},
}
"""What a profile still lacks after registration."""


def circumstances(by: UUID, *, acting_for: str | None = None, region: str = "KA", held: bool = True) -> Circumstances:
    return Circumstances(
        person=by,
        capacities=CAPACITIES.get(by, ()),
        acting_for=acting_for,
        today=TODAY,
        region=REGIONS[region],
        rulebook=RULES,
        regions=REGIONS,
        agencies=AGENCIES,
        named={p: CAPACITIES.get(p, ()) for p in CAPACITIES},
        new_id=lambda: uuid5(PEOPLE, f"new {next(_NUMBERS)}"),
        size_held=lambda _digest, _case: 1 if held else None,
        cases=frozenset({OTHER_CASE}),
    )


@dataclass
class Story:
    """A case and what hangs on it as told so far; every step goes through the real tables and the real folds.

    `recorded` are the case's own events, `told` those of all streams by position. A row of another table is named with
    its prefix (`replication.accept`) and is about the newest replication or evaluation.
    """

    case: Innovation | None = None
    recorded: tuple[Recorded, ...] = ()
    told: tuple[Recorded, ...] = ()
    children: dict[UUID, tuple[Stream[Any], Any]] = field(default_factory=dict)

    def begin(self, command: Command, by: UUID, code: str = "register_idea") -> Story:
        now = circumstances(by)
        decided = BIRTH.decide(BIRTH.by_code[code], None, command, now)
        check_common(None, command, now)
        return self._goes_on(CASE, "KA", decided, command)

    def then(self, row: str, by: UUID, /, **fields: Any) -> Story:
        """Make a move; raises DomainError when it is refused."""
        kind, stream, state = self.about(row)
        move = kind.lifecycle.by_code[row.removeprefix(kind.lifecycle.prefix)]
        command = msgspec.convert(fields, move.body)
        now = circumstances(by, acting_for=command.acting_for, region=state.region)
        decided = kind.lifecycle.decide(move, kind.subject(state, self.now), command, now)
        check_common(self.case, command, now)
        return self._goes_on(stream, state.region, decided, command)

    def about(self, row: str) -> tuple[Stream[Any], UUID, Any]:
        """Give the stream a row is about: its kind, id and state; KeyError when there is none yet."""
        kind = KINDS.get(row.partition(".")[0], INNOVATION) if "." in row else INNOVATION
        if kind is INNOVATION:
            return INNOVATION, CASE, self.now
        stream, (_, state) = [(s, child) for s, child in self.children.items() if child[0] is kind][-1]
        return kind, stream, state

    def verdict(self, row: str, by: UUID) -> Verdict[Any]:
        kind, _, state = self.about(row)
        move = kind.lifecycle.by_code[row.removeprefix(kind.lifecycle.prefix)]
        now = circumstances(by, region=state.region)
        return kind.lifecycle.examine(move, kind.subject(state, self.now), now)

    def refused(self, row: str, by: UUID, /, **fields: Any) -> str:
        with pytest.raises(DomainError) as refusal:
            self.then(row, by, **fields)
        return refusal.value.code

    def _goes_on(self, stream: UUID, region: str, decided: Decided, command: Command) -> Story:
        story = self
        for body in decided.bodies:
            story = story._with(stream, region, body, decided.actor, command)
        for fact in decided.elsewhere:
            known = story.children.get(fact.stream)
            there = fact.region or (known[1].region if known else "KA")
            story = story._with(fact.stream, there, fact.body, decided.actor, command)
        return story

    def _with(self, stream: UUID, region: str, body: Body, actor: Actor, command: Command) -> Story:
        version = 1 + sum(recorded.stream == stream for recorded in self.told)
        recorded = Recorded(
            stream=stream,
            version=version,
            position=len(self.told) + 1,
            region=region,
            command_id=CASE,
            recorded_at=datetime(2026, 3, 2, tzinfo=UTC),
            case_number="KA-2026-0001" if stream == CASE and version == 1 else None,
            envelope=Envelope(actor=actor, occurred_on=command.occurred_on or TODAY, correlation=CASE, causation=CASE),
            body=body,
        )
        told = (*self.told, recorded)
        if stream == CASE:
            return replace(self, case=evolve(self.case, recorded), recorded=(*self.recorded, recorded), told=told)
        kind, state = kind_of(body), self.children.get(stream, (None, None))[1]
        return replace(self, told=told, children={**self.children, stream: (kind, kind.evolve(state, recorded))})

    @property
    def now(self) -> Innovation:
        assert self.case is not None
        return self.case


def an_idea(by: UUID = ANI, **more: Any) -> Story:
    return Story().begin(
        c.RegisterIdea(
            title="Antrean tanpa berdiri",
            problem="Pasien lansia berdiri dua jam.",
            initiator=Initiator.CIVIL_SERVANT,
            affairs=("URS-02",),
            **more,
        ),
        by,
    )


def complete(story: Story, by: UUID = ANI) -> Story:
    return story.then("revise_profile", by, **TOLD)


def a_submitted_idea() -> Story:
    coached = complete(an_idea()).then("assign_coach", KOORDINATOR, person=CITRA)
    return coached.then("submit", ANI, pledge=True)


def an_endorsed_idea(endorser: UUID = BUDI) -> Story:
    return a_submitted_idea().then("endorse.endorse", endorser, reason="Sejalan dengan renja.")


def an_approved_pilot() -> Story:
    return an_endorsed_idea().then("decide_pilot.approve", SEKDA, reason="Layak diuji coba.")


MEASURED = {
    "indicator": "antre",
    "value": 18,
    "unit": "menit",
    "method": "Dicatat petugas loket.",
    "starts_on": date(2026, 2, 1),
    "ends_on": date(2026, 2, 28),
}
KIT = {"guide": "Panduan", "cost": 0, "people_needed": "Dua", "contact_office": "Puskesmas", "lessons": "Mulai pelan."}


def paper(kind: str) -> dict[str, Any]:
    """Give a document of a kind, each with a digest of its own."""
    digest = f"{next(_NUMBERS):064x}"
    return {"digest": digest, "size": 1, "media_type": "text/plain", "kind": kind, "description": kind}


def a_running_pilot(**more: Any) -> Story:
    pilot = {
        "place": "Puskesmas Melati",
        "target_group": "Lansia",
        "starts_on": date(2026, 1, 5),
        "ends_on": date(2026, 6, 30),
        "budget_source": "blud",
        "legal_basis": ({"type": "sk_agency_head", "number": "1", "date": date(2026, 1, 1)},),
        "indicators": ({"code": "antre", "name": "Lama antre", "unit": "menit", "baseline": 120, "target": 20},),
    }
    return an_approved_pilot().then("start_pilot", ANI, **{**pilot, **more})


def a_concluded_pilot() -> Story:
    measured = a_running_pilot().then("record_measurement", ANI, **MEASURED)
    reported = measured.then("attach_evidence", ANI, **paper("report"))
    return reported.then("conclude_pilot.succeeded", BUDI, reason="Tercapai.")


def in_use() -> Story:
    fit = a_concluded_pilot().then("attach_evidence", ANI, **paper("procedure"))
    lawful = fit.then("attach_legal_basis", ANI, type="perkada", number="12/2026", date=date(2026, 2, 1))
    return lawful.then("decide_rollout.replicate", SEKDA, reason="Terbukti.").then("publish_kit", ANI, **KIT)


def a_running_copy(story: Story | None = None) -> Story:
    asked = (story or in_use()).then("request_replication", HASAN, problem="Sama.")
    agreed = asked.then("replication.accept", BUDI, reason="Siap.").then(
        "replication.agree", NINING, agreement="pks", number="1", date=TODAY
    )
    planned = agreed.then("replication.plan_adaptation", HASAN, plan="Rencana", changes="Bahasa")
    running = planned.then("replication.start", HASAN, place="Anggrek", starts_on=TODAY)
    return running.then("replication.record_measurement", HASAN, **MEASURED)


def a_confirmed_copy() -> Story:
    done = a_running_copy().then("replication.conclude", HASAN, summary="Turun.")
    return done.then("replication.confirm_by_adopter", HASAN).then("replication.confirm_by_origin", ANI)


def scored(by: UUID, story: Story, value: int) -> Story:
    return story.then("evaluation.score", by, scores={"novelty": {"score": value, "note": "Lihat laporan."}})


def a_seated_panel() -> Story:
    story = a_confirmed_copy().then("open_evaluation", KOORDINATOR)
    for judge in (FAJAR, GITA, INDRA):
        story = story.then("evaluation.assign_evaluator", KOORDINATOR, person=judge)
    return story


ADVICE = {"reason": "Sepakat.", "drivers": "Tekun.", "inhibitors": "Mutasi.", "recommendation": "institutionalise"}


def a_consolidated_evaluation() -> Story:
    story = a_seated_panel()
    for judge, value in ((FAJAR, 70), (GITA, 80), (INDRA, 85)):
        story = scored(judge, story, value)
    return story.then("evaluation.consolidate", KOORDINATOR)


def a_concluded_evaluation() -> Story:
    return a_consolidated_evaluation().then("evaluation.conclude", KOORDINATOR, **ADVICE)


def an_institutionalised_case() -> Story:
    return a_concluded_evaluation().then("decide_outcome.institutionalise", SEKDA, reason="Layanan tetap.")


def codes(blockers: Iterable[Any]) -> list[str]:
    return [blocker.code for blocker in blockers]
