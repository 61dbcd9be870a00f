"""From idea to the pilot decision, as decisions alone: given, when, then."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET

from domain.codes import LegalBasisType, Outcome, Place, StopReason
from domain.errors import DomainError
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.measurement import Indicator
from domain.record import LegalBasis
from tests.scenarios import (
    ANI,
    BIDAN,
    BUDI,
    CITRA,
    DEWI,
    EKA,
    KARTIKA,
    KOORDINATOR,
    LESTARI,
    MAYA,
    OTHER_CASE,
    PROF,
    RATNA,
    SEKDA,
    TODAY,
    TONO,
    Story,
    a_submitted_idea,
    an_approved_pilot,
    an_endorsed_idea,
    an_idea,
    codes,
    complete,
)

SK = LegalBasis(type=LegalBasisType.SK_AGENCY_HEAD, number="188/12/2026", date=date(2026, 2, 1))
EVIDENCE = {"digest": "a" * 64, "size": 1, "media_type": "text/plain", "kind": "report", "description": "Laporan"}


def test_title_problem_affair_and_initiator_are_enough_to_begin() -> None:
    story = an_idea()
    assert story.now.place is Place.IDEA_DRAFT
    assert story.now.lead == ANI
    assert story.now.case_number == "KA-2026-0001"


def test_what_is_missing_before_submission_is_listed_beforehand() -> None:
    blockers = codes(an_idea().verdict("submit", ANI).blockers)
    assert blockers.count("submit.field_missing") == 6
    assert "submit.inclusion_missing" in blockers


def test_a_short_design_names_have_and_need() -> None:
    story = complete(an_idea()).then("revise_profile", ANI, design="kata " * 299)
    (blocker,) = story.verdict("submit", ANI).blockers
    assert (blocker.code, blocker.params) == ("submit.design_too_short", {"have": 299, "need": 300})


def test_submission_needs_the_pledge() -> None:
    assert complete(an_idea()).refused("submit", ANI, pledge=False) == "submit.pledge_required"


def test_notes_have_to_be_answered_before_it_is_submitted_again() -> None:
    asked = a_submitted_idea().then(
        "request_revision",
        CITRA,
        reason="Kurang jelas.",
        notes=(c.RevisionNoteInput(field="design", text="Jelaskan biaya."),),
    )
    assert asked.now.place is Place.IDEA_REVISION
    assert asked.refused("submit", ANI, pledge=True) == "submit.note_unanswered"
    answered = asked.then("revise_profile", ANI, answers=(c.Answer(note=asked.now.notes[0].id, text="Sudah."),))
    assert answered.then("submit", ANI, pledge=True).now.place is Place.IDEA_SUBMITTED


def test_the_whole_way_to_a_running_pilot() -> None:
    deferred = an_endorsed_idea().then("decide_pilot.defer", SEKDA, reason="Menunggu anggaran.")
    approved = deferred.then("decide_pilot.approve", SEKDA, reason="Anggaran ada.")
    running = approved.then(
        "start_pilot",
        ANI,
        place="Puskesmas Melati",
        target_group="Lansia",
        starts_on=TODAY,
        ends_on=date(2026, 6, 30),
        budget_source="blud",
        legal_basis=(SK,),
        indicators=(Indicator(code="antre", name="Lama antre", unit="menit", baseline=120, target=20),),
    )
    assert running.now.place is Place.PILOT_RUNNING
    assert running.now.pilot is not None


def test_somebody_without_the_role_is_told_so() -> None:
    assert a_submitted_idea().refused("endorse.endorse", ANI, reason="x") == "role.required"


@pytest.mark.parametrize("code", ["decide_pilot.approve", "decide_pilot.reject", "decide_pilot.defer"])
def test_who_endorsed_cannot_also_decide(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from domain.people import Role
    from tests import scenarios

    both = {**scenarios.CAPACITIES, SEKDA: (*scenarios.CAPACITIES[SEKDA], scenarios.cap(Role.AGENCY_HEAD, "ka-dinkes"))}
    monkeypatch.setattr(scenarios, "CAPACITIES", both)
    assert an_endorsed_idea(endorser=SEKDA).refused(code, SEKDA, reason="siap") == "duty.endorser_decider"


def test_a_waiver_lets_exactly_the_named_duty_through_and_shows() -> None:
    story = a_submitted_idea().then("add_team_member", ANI, person=BUDI)
    assert story.refused("endorse.endorse", BUDI, reason="x") == "duty.innovator_endorser"
    waived = story.then(
        "grant_duty_waiver", SEKDA, duty="innovator_endorser", person=BUDI, until=date(2026, 12, 31), reason="Kecil."
    )
    endorsed = waived.then("endorse.endorse", BUDI, reason="Didukung.")
    assert endorsed.recorded[-1].body.waived == ("innovator_endorser",)
    assert (
        waived.refused(
            "grant_duty_waiver", SEKDA, duty="coach_decider", person=SEKDA, until=date(2026, 12, 31), reason="x"
        )
        == "waiver.for_oneself"
    )


def test_a_coach_cannot_be_of_the_team_nor_the_team_a_coach() -> None:
    story = an_idea().then("assign_coach", KOORDINATOR, person=CITRA)
    assert story.refused("assign_coach", KOORDINATOR, person=TONO) == "coach.not_a_coach"
    assert story.refused("add_team_member", ANI, person=CITRA) == "team.not_of_agency"


def test_the_delegate_acts_for_the_office_with_her_letter() -> None:
    actor = an_endorsed_idea(endorser=KARTIKA).recorded[-1].actor
    assert (actor.person, actor.office, actor.letter) == (KARTIKA, "agency_head:ka-dinkes", "SPT 12/2026")


def test_a_rescinded_decision_gives_back_how_it_stood_and_stays_readable() -> None:
    story = an_approved_pilot().then("rescind_decision", SEKDA, reason="Keliru nomor.", letter="B/1/2026")
    assert story.now.place is Place.IDEA_ENDORSED
    assert any(isinstance(r.body, e.PilotApproved) for r in story.recorded)
    assert story.then("decide_pilot.approve", SEKDA, reason="Kini benar.").now.place is Place.PILOT_APPROVED


def test_only_the_same_office_may_rescind() -> None:
    assert an_approved_pilot().refused("rescind_decision", BUDI, reason="x", letter="y") == "role.required"


def test_a_rejected_idea_reopens_on_new_facts_only() -> None:
    rejected = an_endorsed_idea().then("decide_pilot.reject", SEKDA, reason="Tumpang tindih.")
    assert rejected.now.outcome is Outcome.REJECTED
    assert rejected.now.claimed_title is None
    assert rejected.refused("reopen", SEKDA, reason="x") == "reopen.new_facts_missing"
    reopened = rejected.then("attach_evidence", ANI, **EVIDENCE).then("reopen", SEKDA, reason="Ada data baru.")
    assert reopened.now.place is Place.IDEA_REVISION
    assert reopened.now.outcome is None


def test_a_stopped_case_keeps_its_lesson_and_reopens_where_it_was_left() -> None:
    stopped = an_approved_pilot().then(
        "stop", SEKDA, reason="Anggaran dialihkan.", reason_code=StopReason.NO_BUDGET, lesson="Pastikan DPA dahulu."
    )
    assert stopped.now.lesson == "Pastikan DPA dahulu."
    reopened = stopped.then("attach_evidence", ANI, **EVIDENCE).then("reopen", SEKDA, reason="Anggaran kembali.")
    assert reopened.now.place is Place.PILOT_APPROVED


def test_while_suspended_only_a_few_moves_go_on() -> None:
    story = an_approved_pilot().then("suspend", SEKDA, reason="Banjir.", review_on=date(2026, 5, 1))
    assert story.refused("link_plan", ANI, plan="rkpd", code="1.02") == "case.suspended"
    assert story.then("attach_evidence", ANI, **EVIDENCE).now.suspended
    resumed = story.then("resume", SEKDA, reason="Surut.")
    assert not resumed.now.suspended
    assert resumed.then("rescind_decision", SEKDA, reason="Belum.", letter="B/2").now.suspended


def test_a_partner_accepts_for_itself_only() -> None:
    story = an_idea().then("invite_partner", ANI, agency="ka-diskominfo", kind="government", contribution="Siaran.")
    assert story.refused("accept_partnership", MAYA) == "role.required"
    assert story.then("accept_partnership", LESTARI).now.partners["ka-diskominfo"].accepted


def test_a_case_moves_to_another_agency_by_both_heads() -> None:
    story = an_idea().then("offer_transfer", BUDI, agency="ka-diskominfo", reason="Tugas mereka.")
    assert story.refused("accept_transfer", EKA, reason="Ya.", lead=TONO) == "team.not_of_agency"
    moved = story.then("accept_transfer", EKA, reason="Ya.", lead=LESTARI)
    assert (moved.now.agency, moved.now.lead) == ("ka-diskominfo", LESTARI)


def test_a_correction_is_by_another_and_leaves_decisions_alone() -> None:
    story = an_endorsed_idea()
    fixed = story.then("correct", DEWI, event=1, field="profile.title", value="Antrean duduk", reason="Salah ketik.")
    assert fixed.now.title == "Antrean duduk"
    refused = {"event": story.now.version, "field": "reason", "value": "x", "reason": "y"}
    assert story.refused("correct", DEWI, **refused) == "correct.not_correctable"


def test_a_reason_never_names_a_citizen() -> None:
    story = a_submitted_idea()
    assert story.refused("endorse.endorse", BUDI, reason="Untuk 3201012345678901") == "input.personal_number"


def test_evidence_must_have_been_received_or_have_an_address() -> None:
    story = an_idea().then("attach_evidence", ANI, **EVIDENCE)
    assert story.refused("attach_evidence", ANI, **EVIDENCE) == "evidence.already_attached"
    (item,) = story.now.evidence
    assert story.then("withdraw_evidence", ANI, item=item, reason="Salah berkas.").now.evidence[item].withdrawn


def test_bytes_that_were_received_have_the_size_they_have() -> None:
    assert an_idea().refused("attach_evidence", ANI, **{**EVIDENCE, "size": 999}) == "evidence.size_differs"


def test_an_imported_case_counts_the_persons_named() -> None:
    from tests.scenarios import Story

    story = Story().begin(
        c.ImportHistorical(
            title="Bank Sampah",
            place=Place.IDEA_ENDORSED,
            source="Berita",
            agency="ka-dinkes",
            decider=SEKDA,
            affairs=("URS-11",),
        ),
        KOORDINATOR,
        "import_historical",
    )
    assert "endorser" in story.now.unknown_parts
    assert story.then("decide_pilot.approve", SEKDA, reason="Lanjut.").now.place is Place.PILOT_APPROVED


def imported(**parts: UUID) -> Story:
    past = {"title": "Lama", "place": "idea/endorsed", "source": "Berita", "agency": "ka-dinkes"}
    return Story().begin(msgspec.convert({**past, **parts}, c.ImportHistorical), KOORDINATOR, "import_historical")


@pytest.mark.parametrize(
    ("part", "person", "code"),
    [(part, OTHER_CASE, "person.unknown") for part in ("lead", "coach", "endorser", "decider")]
    + [("lead", LESTARI, "team.not_of_agency")],
)
def test_persons_of_a_past_case_exist_and_its_lead_is_of_the_owner(part: str, person: UUID, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        imported(**{part: person})
    assert (refusal.value.code, refusal.value.blockers[0].pointer) == (code, f"/{part}")
    assert imported(lead=ANI, coach=LESTARI).now.parts


def test_a_waiver_names_somebody_who_exists() -> None:
    waiver = {"duty": "innovator_endorser", "until": date(2026, 12, 31), "reason": "Kecil."}
    assert an_idea().refused("grant_duty_waiver", SEKDA, person=OTHER_CASE, **waiver) == "person.unknown"
    assert an_idea().refused("add_team_member", ANI, person=OTHER_CASE) == "person.unknown"


def test_an_open_case_cannot_be_imported_into_an_evaluation() -> None:
    from tests.scenarios import Story

    with pytest.raises(DomainError) as refusal:
        Story().begin(
            c.ImportHistorical(title="X", place=Place.EVALUATION_OPEN, source="Y", agency="ka-dinkes"),
            KOORDINATOR,
            "import_historical",
        )
    assert refusal.value.code == "import.evaluation"


def test_an_idea_from_a_service_unit_is_owned_by_the_agency_above_it() -> None:
    story = an_idea(BIDAN)
    assert (story.now.agency, story.now.profile.unit) == ("ka-dinkes", "ka-pkm-melati")
    submitted = complete(story, BIDAN).then("submit", BIDAN, pledge=True)
    for head in (BUDI, RATNA):
        assert submitted.verdict("endorse.endorse", head).allowed


def test_only_the_owners_head_offers_a_transfer_and_the_unit_stays_behind() -> None:
    story = complete(an_idea(BIDAN), BIDAN)
    assert story.refused("offer_transfer", RATNA, agency="ka-diskominfo", reason="Pindah.") == "role.required"
    for agency in ("ka-pkm-melati", "ka-univ"):
        assert story.refused("offer_transfer", BUDI, agency=agency, reason="Pindah.") == "transfer.not_an_owner"
    offered = story.then("offer_transfer", BUDI, agency="ka-diskominfo", reason="Pindah.")
    moved = offered.then("accept_transfer", EKA, lead=LESTARI, reason="Kami siap.")
    assert (moved.now.agency, moved.now.profile.unit) == ("ka-diskominfo", UNSET)


def test_an_organisation_outside_the_government_owns_no_case() -> None:
    with pytest.raises(DomainError) as refusal:
        an_idea(PROF)
    assert refusal.value.code == "agency.outside"


def test_a_coordinator_imports_for_her_own_region_only() -> None:
    past = c.ImportHistorical(
        title="Dari tempat lain", agency="kb-dinkes", place=Place.REPLICATION_OPEN, source="Berita, 2023"
    )
    with pytest.raises(DomainError) as refusal:
        Story().begin(past, KOORDINATOR, "import_historical")
    assert refusal.value.code == "import.not_your_region"


def test_an_id_or_a_digest_full_of_digits_names_no_citizen() -> None:
    digest = "1234567890123456" + "a" * 48
    attached = an_idea().then(
        "attach_evidence", ANI, digest=digest, size=1, media_type="text/plain", kind="report", description="Bukti"
    )
    item = UUID("00001234-5678-7123-8456-aaaaaaaaaaaa")
    assert attached.refused("withdraw_evidence", ANI, item=item, reason="Keliru") == "evidence.unknown"
    story = an_endorsed_idea()
    assert story.refused("decide_pilot.approve", SEKDA, reason="Layak", evidence=[item]) == "evidence.unknown"
