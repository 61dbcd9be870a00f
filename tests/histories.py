"""Random histories: who makes which move next, with input a willing guard accepts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.codes import LegalBasisType
from domain.innovation.commands import Answer, Redaction, RevisionNoteInput
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation
from domain.measurement import Indicator
from domain.record import LegalBasis
from tests.scenarios import ANI, BUDI, CAPACITIES, CITRA, KOORDINATOR, SEKDA, TOLD

PERSONS = sorted(CAPACITIES, key=str)
CODES = sorted(INNOVATION_LIFECYCLE.by_code)
AHEAD = date(2026, 9, 1)
BEFORE = date(2026, 2, 1)
WAITING = Indicator(code="antre", name="Lama antre", unit="menit", baseline=120, target=20)
STEP = st.tuples(
    st.sampled_from((True, True, True, False)), st.integers(0, 99), st.sampled_from(PERSONS), st.sampled_from(PERSONS)
)
"""Whether a likely row, which one, by whom, and whom it names."""
USUAL_WAY: tuple[tuple[str, UUID, dict[str, Any]], ...] = (
    ("revise_profile", ANI, TOLD),
    ("assign_coach", KOORDINATOR, {"person": CITRA}),
    ("submit", ANI, {"pledge": True}),
    ("endorse.endorse", BUDI, {"reason": "Sejalan dengan renja."}),
    ("decide_pilot.approve", SEKDA, {"reason": "Layak diuji coba."}),
)
"""How an idea usually comes to a pilot: a history begins somewhere along it."""
FAR = st.integers(0, len(USUAL_WAY))


def chosen(allowed: Sequence[str], number: int) -> str:
    """Pick one of the rows somebody may make now; any row when there is none."""
    rows = allowed or CODES
    return rows[number % len(rows)]


def body_for(code: str, named: UUID, case: Innovation) -> dict[str, Any]:
    """Give input that a willing guard accepts, so that most moves get through."""
    basis = LegalBasis(type=LegalBasisType.SK_AGENCY_HEAD, number="1", date=date(2026, 1, 1))
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
        "start_pilot": {
            "place": "P",
            "target_group": "T",
            "starts_on": AHEAD,
            "ends_on": AHEAD,
            "budget_source": "none",
            "indicators": (WAITING,),
            "legal_basis": (basis,),
        },
        "attach_evidence": {
            "digest": f"{case.version:064x}",
            "size": 1,
            "media_type": "text/plain",
            "kind": "report",
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
    move = INNOVATION_LIFECYCLE.by_code[code]
    reason = {"reason": "Alasan"} if move.decision else {}
    return {**reason, **bodies.get(move.command, {})}
