"""What everybody may read of a case: what is on the list, while it is published, and not a word more."""

from __future__ import annotations

import msgspec

from application.published import TOLD, Decided, Published, published
from application.views.decisions import DECISIONS
from domain.innovation import events as e
from domain.innovation.profile import PROFILE_FIELDS
from tests.scenarios import (
    ANI,
    BUDI,
    CITRA,
    DEWI,
    FAJAR,
    KOORDINATOR,
    SEKDA,
    TODAY,
    Story,
    a_confirmed_copy,
    a_running_pilot,
    a_submitted_idea,
    an_institutionalised_case,
    in_use,
    paper,
)

REDACTED = {"no_personal_data": True, "pictures_consented": True}
SECRET = "hanya untuk pegawai"
OF_A_CASE = {
    *("case_number", "version", "position", "region", "agency", "source", "profile", "stage", "outcome", "suspended"),
    *("stays", "decisions", "legal_bases", "partners", "trial", "results", "copies", "judgement", "kit", "lesson"),
}
OF_A_PROFILE = {
    *("title", "problem", "design", "goals", "benefits", "initiator", "form", "kind", "origin", "affairs", "unit"),
    *("started_on", "cost", "inclusion"),
}
OF_A_DECISION = {
    *("version", "position", "type", "role", "agency", "region", "person", "letter", "occurred_on"),
    *("recorded_at", "late", "reason", "legal_basis", "advised", "rescinded"),
}
WITHHELD = {
    e.LeadHandedOver,  # who leads a team
    e.RevisionRequested,  # between a team, its coach and its head
    e.AgencyReturned,
    e.RecordCorrected,
    e.CaseUnpublished,  # its reason may be what had to be taken away
    e.DutyWaiverGranted,  # about a person
}


def shown(story: Story) -> Published:
    told = published(story.recorded)
    assert told is not None
    return told


def on_the_portal(story: Story) -> Story:
    return story.then("publish_case", KOORDINATOR, redaction=REDACTED, reason="Berguna bagi warga.")


def test_what_may_appear_is_decided_field_by_field() -> None:
    assert set(Published.__struct_fields__) == OF_A_CASE
    assert set(Decided.__struct_fields__) == OF_A_DECISION
    assert set(PROFILE_FIELDS) == OF_A_PROFILE


def test_of_every_decision_it_is_decided_whether_everybody_may_read_it() -> None:
    assert set(DECISIONS) == TOLD | WITHHELD
    assert not TOLD & WITHHELD


def test_a_case_is_known_only_while_it_is_published() -> None:
    hidden = a_running_pilot()
    open_to_all = on_the_portal(hidden)
    withdrawn = open_to_all.then("unpublish_case", KOORDINATOR, reason="Diperiksa lagi.")
    assert [published(story.recorded) is not None for story in (hidden, open_to_all, withdrawn)] == [False, True, False]
    assert published(()) is None


def test_what_is_kept_inside_stays_inside() -> None:
    story = a_running_pilot().then("attach_evidence", ANI, **{**paper("report"), "description": SECRET})
    story = story.then("record_obstacle", ANI, kind="budget", description=SECRET, note=SECRET)
    story = story.then("invite_partner", ANI, agency="ka-univ", kind="university", contribution=SECRET)
    waiver = {"duty": "innovator_coach", "person": CITRA, "until": TODAY.replace(month=4)}
    story = story.then("grant_duty_waiver", SEKDA, reason=SECRET, **waiver)
    story = on_the_portal(story)
    written = msgspec.json.encode(shown(story)).decode()
    assert SECRET not in written
    assert "ka-univ" not in written  # asked, not yet a partner
    assert not [person for person in (ANI, CITRA, KOORDINATOR, DEWI) if str(person) in written]


def test_who_decided_is_named_where_she_sits_in_an_office() -> None:
    decisions = shown(on_the_portal(a_running_pilot())).decisions
    assert [(d.type.split(".")[1], d.role, d.person) for d in decisions] == [
        ("agency_endorsed", "agency_head", BUDI),
        ("pilot_approved", "regional_secretary", SEKDA),
        ("case_published", "coordinator", None),
    ]


def test_results_and_who_copied_it_are_told_without_the_people_counted() -> None:
    told = shown(on_the_portal(a_confirmed_copy()))
    (result,) = told.results
    assert (result.indicator.baseline, result.indicator.target) == (120, 20)
    assert [value for _, value in result.measured] == [18]
    assert told.copies == (("kb-dinkes", "KB"),)
    assert told.kit is not None
    assert told.kit.lessons == "Mulai pelan."


def test_what_an_evaluation_found_is_told_once_it_is_concluded() -> None:
    told = shown(on_the_portal(an_institutionalised_case()))
    assert told.judgement is not None
    assert told.judgement.recommendation == "institutionalise"
    assert told.decisions[-2].advised == "institutionalise"
    assert [stay.stage for stay in told.stays] == ["idea", "pilot", "replication", "evaluation", "closed"]
    assert str(FAJAR) not in msgspec.json.encode(told).decode()


def test_a_stopped_case_leaves_its_lesson_and_one_that_goes_on_does_not() -> None:
    stopping = {"reason": "Anggaran habis.", "reason_code": "no_budget", "lesson": "Pastikan anggaran."}
    stopped = on_the_portal(in_use()).then("stop", SEKDA, **stopping)
    assert shown(stopped).lesson == "Pastikan anggaran."
    again = stopped.then("attach_evidence", ANI, **paper("letter"))
    item = again.recorded[-1].body.item  # type: ignore[attr-defined]
    assert shown(again.then("reopen", SEKDA, reason="Ada dana.", evidence=(item,))).lesson is None


def test_a_rescinded_decision_stays_and_says_so_and_what_nobody_was_told_is_not_rescinded_in_public() -> None:
    rescinded = a_running_pilot().then("suspend", SEKDA, reason="Banjir.", review_on=TODAY.replace(month=5))
    rescinded = rescinded.then("rescind_decision", SEKDA, reason="Keliru.", letter="1/2026")
    told = [(d.type.split(".")[1], d.rescinded) for d in shown(on_the_portal(rescinded)).decisions]
    assert ("suspended", True) in told
    assert ("decision_rescinded", False) in told

    asked = a_submitted_idea().then(
        "request_revision", CITRA, notes=({"field": "design", "text": "Jelaskan."},), reason="Kurang."
    )
    asked = on_the_portal(asked.then("rescind_decision", CITRA, reason="Keliru.", letter="2/2026"))
    assert [d.type.split(".")[1] for d in shown(asked).decisions] == ["case_published"]
