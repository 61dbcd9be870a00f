"""Random histories: who makes which move next, with input a willing guard accepts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.codes import LegalBasisType
from domain.evaluation.lifecycle import EVALUATION_LIFECYCLE
from domain.innovation.commands import Answer, Redaction, RevisionNoteInput
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation
from domain.lifecycle import Lifecycle, Move
from domain.measurement import Indicator
from domain.record import LegalBasis
from domain.replication.lifecycle import REPLICATION_LIFECYCLE
from tests.scenarios import (
    ADVICE,
    ANI,
    BUDI,
    CAPACITIES,
    CITRA,
    FAJAR,
    GITA,
    HASAN,
    INDRA,
    KIT,
    KOORDINATOR,
    MEASURED,
    NINING,
    OTHER_CASE,
    SEKDA,
    TOLD,
    paper,
)

PERSONS = sorted(CAPACITIES, key=str)
TABLES: tuple[Lifecycle[Any], ...] = (INNOVATION_LIFECYCLE, REPLICATION_LIFECYCLE, EVALUATION_LIFECYCLE)
CODES = sorted(table.name(move) for table in TABLES for move in table.moves)
BY_NAME: dict[str, Move[Any]] = {table.name(move): move for table in TABLES for move in table.moves}
AHEAD = date(2026, 9, 1)
BEFORE = date(2026, 2, 1)
WAITING = Indicator(code="antre", name="Lama antre", unit="menit", baseline=120, target=20)
STEP = st.tuples(
    st.sampled_from((True, True, True, False)), st.integers(0, 99), st.sampled_from(PERSONS), st.sampled_from(PERSONS)
)
"""Whether a likely row, which one, by whom, and whom it names."""
SCORES = {"scores": {"novelty": {"score": 75, "note": "Lihat laporan."}}}
PILOT = {
    "place": "P",
    "target_group": "T",
    "starts_on": BEFORE,
    "ends_on": date(2026, 9, 1),
    "budget_source": "none",
    "indicators": (WAITING,),
    "legal_basis": (LegalBasis(type=LegalBasisType.SK_AGENCY_HEAD, number="1", date=date(2026, 1, 1)),),
}
USUAL_WAY: tuple[tuple[str, UUID, dict[str, Any]], ...] = (
    ("revise_profile", ANI, TOLD),
    ("assign_coach", KOORDINATOR, {"person": CITRA}),
    ("submit", ANI, {"pledge": True}),
    ("endorse.endorse", BUDI, {"reason": "Sejalan dengan renja."}),
    ("decide_pilot.approve", SEKDA, {"reason": "Layak diuji coba."}),
    ("start_pilot", ANI, PILOT),
    ("record_measurement", ANI, MEASURED),
    ("attach_evidence", ANI, paper("report")),
    ("conclude_pilot.succeeded", ANI, {"reason": "Tercapai."}),
    ("attach_evidence", ANI, paper("procedure")),
    ("attach_legal_basis", ANI, {"type": "perkada", "number": "1", "date": BEFORE}),
    ("decide_rollout.replicate", SEKDA, {"reason": "Terbukti."}),
    ("publish_kit", ANI, KIT),
    ("request_replication", HASAN, {"problem": "Sama."}),
    ("replication.accept", BUDI, {"reason": "Siap."}),
    ("replication.agree", NINING, {"agreement": "pks", "number": "1", "date": BEFORE}),
    ("replication.plan_adaptation", HASAN, {"plan": "Rencana", "changes": "Bahasa"}),
    ("replication.start", HASAN, {"place": "Anggrek", "starts_on": BEFORE}),
    ("replication.record_measurement", HASAN, MEASURED),
    ("replication.conclude", HASAN, {"summary": "Turun."}),
    ("replication.confirm_by_adopter", HASAN, {}),
    ("replication.confirm_by_origin", ANI, {}),
    ("open_evaluation", KOORDINATOR, {}),
    ("evaluation.assign_evaluator", KOORDINATOR, {"person": FAJAR}),
    ("evaluation.assign_evaluator", KOORDINATOR, {"person": GITA}),
    ("evaluation.assign_evaluator", KOORDINATOR, {"person": INDRA}),
    ("evaluation.score", FAJAR, SCORES),
    ("evaluation.score", GITA, SCORES),
    ("evaluation.score", INDRA, SCORES),
    ("evaluation.consolidate", KOORDINATOR, {}),
    ("evaluation.conclude", KOORDINATOR, ADVICE),
    ("decide_outcome.institutionalise", SEKDA, {"reason": "Layanan tetap."}),
)
"""How an idea usually comes to be institutionalised: a history begins somewhere along it."""
FAR = st.integers(0, len(USUAL_WAY))


def there_is(row: str, case: Innovation) -> bool:
    """Tell whether there is a stream the row could be about."""
    return {"replication": bool(case.replications), "evaluation": case.evaluation is not None}.get(
        row.partition(".")[0] if row.startswith(("replication.", "evaluation.")) else "", True
    )


def chosen(allowed: Sequence[str], number: int) -> str:
    """Pick one of the rows somebody may make now; any row when there is none."""
    rows = allowed or CODES
    return rows[number % len(rows)]


def body_for(code: str, named: UUID, case: Innovation) -> dict[str, Any]:
    """Give input that a willing guard accepts, so that most moves get through."""
    note = case.unanswered[0].id if case.unanswered else None
    item = next((i for i, evidence in case.evidence.items() if not evidence.withdrawn), named)
    corrections = (
        {"event": 1, "field": "profile.goals", "value": "Baru"},
        {"event": case.version, "field": "occurred_on", "value": BEFORE.isoformat()},
    )
    bodies: dict[str, dict[str, Any]] = {
        "revise_profile": {
            "goals": f"Tujuan {case.version}",
            "reason": "Perbaikan",
            "answers": (Answer(note=note, text="Sudah"),) if note else (),
        },
        "add_team_member": {"person": named},
        "hand_over_lead": {"person": named},
        "submit": {"pledge": True},
        "record_review": {"advice": "Baik"},
        "request_revision": {"notes": (RevisionNoteInput(field="goals", text="Lengkapi"),)},
        "start_pilot": PILOT,
        "record_measurement": MEASURED,
        "record_obstacle": {"kind": "people", "description": "Kurang"},
        "resolve_obstacle": {"obstacle": next(iter(case.obstacles), named), "resolution": "Beres"},
        "record_budget_year": {"year": 2024 + case.version % 3, "source": "apbd", "amount": 10},
        "extend_pilot": {"ends_on": date(2026, 9, 2 + case.version % 20)},
        "publish_kit": KIT,
        "request_replication": {"problem": "Sama."},
        "conclude_evaluation": ADVICE,
        "add_dependency": {"innovation": OTHER_CASE, "flows": "Data"},
        "replication.accept": {"reason": "Siap."},
        "replication.decline": {"reason": "Penuh."},
        "replication.agree": {"agreement": "mou", "number": "2", "date": BEFORE},
        "replication.plan_adaptation": {"plan": "Rencana", "changes": "Jadwal"},
        "replication.start": {"place": "Anggrek", "starts_on": BEFORE},
        "replication.record_milestone": {"title": "Terlatih", "reached_on": BEFORE},
        "replication.record_measurement": MEASURED,
        "replication.conclude": {"summary": "Turun."},
        "replication.abandon": {"reason": "Mutasi.", "lesson": "Latih dua."},
        "evaluation.assign_evaluator": {"person": named},
        "evaluation.declare_conflict": {"statement": "Teman."},
        "evaluation.replace_evaluator": {"person": FAJAR, "replacement": named, "reason": "x"},
        "evaluation.score": {"scores": {"novelty": {"score": case.version * 37 % 101, "note": "Lihat."}}},
        "evaluation.record_discussion": {"text": "Dibahas."},
        "evaluation.conclude": ADVICE,
        "attach_evidence": {
            "digest": f"{case.version:064x}",
            "size": 1,
            "media_type": "text/plain",
            "kind": ("report", "procedure")[case.version % 2],
            "description": "Bukti",
        },
        "withdraw_evidence": {"item": item, "reason": "Salah"},
        "attach_legal_basis": {"type": "perda", "number": "1", "date": date(2025, 1, 1)},
        "link_plan": {"plan": "rkpd", "code": "1"},
        "invite_partner": {"agency": "ka-diskominfo", "kind": "government", "contribution": "Siaran"},
        "withdraw_partner": {"agency": "ka-diskominfo", "reason": "Selesai"},
        "assign_coach": {"person": named},
        "offer_transfer": {"agency": "ka-diskominfo", "reason": "Tugas"},
        "accept_transfer": {"lead": named},
        "suspend": {"review_on": AHEAD},
        "stop": {"reason_code": "other", "lesson": "Belajar"},
        "rescind_decision": {"letter": "B/1"},
        "correct": corrections[case.version % 2],
        "publish_case": {"redaction": Redaction(no_personal_data=True, pictures_consented=True)},
        "grant_duty_waiver": {"duty": "innovator_endorser", "person": named, "until": AHEAD},
    }
    reason = {"reason": "Alasan"} if BY_NAME[code].decision else {}
    stopping = bodies["stop"] if code.endswith(".stop") else {}
    command = code.rpartition(".")[0] if BY_NAME[code].choice else code
    return {**reason, **stopping, **bodies.get(command, {})}
