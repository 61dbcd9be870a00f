"""People, rules and cases the tests speak of, and given / when / then over pure decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from domain.codes import Form, Initiator, Kind, Origin
from domain.command import Command
from domain.errors import DomainError
from domain.innovation import commands as c
from domain.innovation.decisions import check_common
from domain.innovation.lifecycle import BIRTH, INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation, evolve
from domain.lifecycle import Circumstances, Decided, Verdict
from domain.people import Agency, Capacity, Region, Role
from domain.record import Envelope, Recorded
from domain.rulebook.model import Clocks, Panel, ProcessRulebook, Sentence

PEOPLE = UUID("11111111-1111-5111-8111-111111111111")
TODAY = date(2026, 3, 2)
CASE = uuid5(PEOPLE, "case")


def person(name: str) -> UUID:
    return uuid5(PEOPLE, name)


ANI, BUDI, CITRA, DEWI, EKA, KARTIKA, KOORDINATOR, LESTARI, MAYA, SEKDA, TONO = (
    person(name)
    for name in ["ani", "budi", "citra", "dewi", "eka", "kartika", "koordinator", "lestari", "maya", "sekda", "tono"]
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
    return Capacity(role=role, agency=agency, region="KA", letter=letter)


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
    panel=Panel(size=3, load_max=5, scores_min=3, spread_max=30, criteria={}),
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
    counter = iter(range(10_000))
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
        new_id=lambda: uuid5(PEOPLE, f"new-{by}-{next(counter)}"),
        held=lambda _digest: held,
    )


@dataclass
class Story:
    """A case as told so far; every step goes through the real table and the real fold."""

    case: Innovation | None = None
    recorded: tuple[Recorded, ...] = ()

    def begin(self, command: Command, by: UUID, code: str = "register_idea") -> Story:
        now = circumstances(by)
        decided = BIRTH.decide(BIRTH.by_code[code], None, command, now)
        check_common(None, command, now)
        return self._told(decided, command)

    def then(self, row: str, by: UUID, /, **fields: Any) -> Story:
        """Make a move; raises DomainError when it is refused."""
        assert self.case is not None
        move = INNOVATION_LIFECYCLE.by_code[row]
        command = msgspec.convert(fields, move.body)
        now = circumstances(by, acting_for=command.acting_for)
        decided = INNOVATION_LIFECYCLE.decide(move, self.case, command, now)
        check_common(self.case, command, now)
        return self._told(decided, command)

    def verdict(self, code: str, by: UUID) -> Verdict[Innovation]:
        assert self.case is not None
        return INNOVATION_LIFECYCLE.examine(INNOVATION_LIFECYCLE.by_code[code], self.case, circumstances(by))

    def refused(self, row: str, by: UUID, /, **fields: Any) -> str:
        with pytest.raises(DomainError) as refusal:
            self.then(row, by, **fields)
        return refusal.value.code

    def _told(self, decided: Decided, command: Command) -> Story:
        story, case = self, self.case
        for body in decided.bodies:
            n = len(story.recorded) + 1
            recorded = Recorded(
                stream=CASE,
                version=n,
                position=n,
                region="KA",
                command_id=CASE,
                recorded_at=datetime(2026, 3, 2, tzinfo=UTC),
                case_number="KA-2026-0001" if n == 1 else None,
                envelope=Envelope(
                    actor=decided.actor, occurred_on=command.occurred_on or TODAY, correlation=CASE, causation=CASE
                ),
                body=body,
            )
            case = evolve(case, recorded)
            story = replace(story, case=case, recorded=(*story.recorded, recorded))
        return story

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


def codes(blockers: Iterable[Any]) -> list[str]:
    return [blocker.code for blocker in blockers]
