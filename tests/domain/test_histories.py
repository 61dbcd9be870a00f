"""Random histories: duties are never joined, `actions` never lies, the fold gives the same at once and in steps."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.codes import LegalBasisType
from domain.errors import DomainError, InvalidInput
from domain.innovation.commands import Answer, Indicator, Redaction, RevisionNoteInput
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation, evolve
from domain.people import Part
from domain.record import LegalBasis
from tests.scenarios import CAPACITIES, Story, an_idea, complete

HISTORIES = int(os.environ.get("JEJAK_HISTORIES", "300"))
STEPS = 25
PERSONS = sorted(CAPACITIES, key=str)
CODES = sorted(INNOVATION_LIFECYCLE.by_code)
AHEAD = date(2026, 9, 1)
WAITING = Indicator(code="antre", name="Lama antre", unit="menit", baseline=120, target=20)


def body_for(code: str, person: Any, story: Story) -> dict[str, Any]:
    """Give input that a willing guard accepts, so that most moves get through."""
    basis = LegalBasis(type=LegalBasisType.SK_AGENCY_HEAD, number="1", date=date(2026, 1, 1))
    case = story.now
    note = case.unanswered[0].id if case.unanswered else None
    item = next((i for i, evidence in case.evidence.items() if not evidence.withdrawn), person)
    bodies: dict[str, dict[str, Any]] = {
        "revise_profile": {
            "goals": f"Tujuan {case.version}",
            "reason": "Perbaikan",
            "answers": (Answer(note=note, text="Sudah"),) if note else (),
        },
        "add_team_member": {"person": person},
        "hand_over_lead": {"person": person},
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
        "assign_coach": {"person": person},
        "offer_transfer": {"agency": "ka-diskominfo", "reason": "Tugas"},
        "accept_transfer": {"lead": person},
        "suspend": {"review_on": AHEAD},
        "stop": {"reason_code": "other", "lesson": "Belajar"},
        "rescind_decision": {"letter": "B/1"},
        "correct": {"event": 1, "field": "profile.goals", "value": "Baru"},
        "publish_case": {"redaction": Redaction(no_personal_data=True, pictures_consented=True)},
        "grant_duty_waiver": {"duty": "innovator_endorser", "person": person, "until": AHEAD},
    }
    command = INNOVATION_LIFECYCLE.by_code[code].command
    move = INNOVATION_LIFECYCLE.by_code[code]
    reason = {"reason": "Alasan"} if move.decision else {}
    return {**reason, **bodies.get(command, {})}


STEP = st.tuples(st.booleans(), st.integers(0, 99), st.sampled_from(PERSONS), st.sampled_from(PERSONS))


def chosen(story: Story, likely: bool, number: int, by: Any) -> str:
    """Pick a row, likely one of those this person may make now."""
    allowed = [code for code in CODES if story.verdict(code, by).allowed] if likely else []
    rows = allowed or CODES
    return rows[number % len(rows)]


@settings(max_examples=HISTORIES, deadline=None)
@given(st.lists(STEP, max_size=STEPS))
def test_no_history_joins_duties_and_actions_never_lie(steps: list[tuple[bool, int, Any, Any]]) -> None:
    story = complete(an_idea())
    for likely, number, by, named in steps:
        code = chosen(story, likely, number, by)
        verdict = story.verdict(code, by)
        try:
            after = story.then(code, by, **body_for(code, named, story))
        except InvalidInput:
            assert verdict.allowed
            continue
        except DomainError as refusal:
            assert not verdict.allowed or refusal.blockers[0].pointer is not None or refusal.code == "office.not_yours"
            if not verdict.allowed:
                assert refusal.code == verdict.blockers[0].code
            continue
        assert verdict.allowed
        story = after
    _check_duties(story.now)
    _check_fold(story)


def _check_duties(case: Innovation) -> None:
    waived = {(w.duty, w.person) for w in case.waivers}
    parts = list(Part)
    for index, one in enumerate(parts):
        for other in parts[index + 1 :]:
            both = case.parts.get(one, frozenset()) & case.parts.get(other, frozenset())
            assert all((f"{one}_{other}", p) in waived for p in both)


def _check_fold(story: Story) -> None:
    case = None
    for recorded in story.recorded:
        case = evolve(case, recorded)
    assert case == story.case
