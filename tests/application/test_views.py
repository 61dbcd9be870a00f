"""The folds behind the lists, the worklist and the report: told as stories, read as rows."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from application.reports import Names, Scope, portfolio
from application.reports.decisions import DECISIONS_REPORT, read
from application.reports.portfolio import PORTFOLIO_REPORT
from application.reports.report import digest_of
from application.views import View, all_views, fold
from application.views.clocks import working_days_after
from application.views.decisions import DECISION_VIEW, DECISIONS, DecisionRow
from application.views.register import REGISTER, RegisterRow
from application.views.view import Rows, raising
from application.views.worklist import WorklistRow, addresses, worklist
from domain.codes import Place, StopReason
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation
from domain.lifecycle import Move
from domain.measurement import Indicator
from domain.record import Body, LegalBasis
from tests.scenarios import (
    ANI,
    BUDI,
    CAPACITIES,
    CASE,
    CITRA,
    DEWI,
    EKA,
    FAJAR,
    KARTIKA,
    KOORDINATOR,
    LESTARI,
    OTHER_CASE,
    RULES,
    SEKDA,
    TODAY,
    Story,
    a_concluded_evaluation,
    a_concluded_pilot,
    a_running_pilot,
    a_seated_panel,
    a_submitted_idea,
    an_approved_pilot,
    an_endorsed_idea,
    an_idea,
    an_institutionalised_case,
    complete,
)

WORKLIST = worklist(RULES)
CUT_OFF = datetime(2026, 3, 31, tzinfo=UTC)
EVIDENCE = {"digest": "a" * 64, "size": 1, "media_type": "text/plain", "kind": "report", "description": "Laporan"}


def listed(story: Story) -> RegisterRow:
    return fold(REGISTER, story.recorded)[(CASE,)]


def waiting(story: Story) -> WorklistRow:
    return fold(WORKLIST, story.recorded)[(CASE,)]


def tasks(story: Story) -> set[tuple[str, str]]:
    return {(task.command, task.address) for task in waiting(story).tasks}


def decided(story: Story) -> list[DecisionRow]:
    return sorted(fold(DECISION_VIEW, story.recorded).values(), key=lambda row: row.version)


def at(story: Story, *days: int) -> Story:
    """Record the last events on these days after the first."""
    start = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # a Monday
    kept, moved = story.recorded[: -len(days)], story.recorded[-len(days) :]
    later = [
        msgspec.structs.replace(r, recorded_at=start + timedelta(days=d)) for r, d in zip(moved, days, strict=True)
    ]
    return replace(story, recorded=(*kept, *later))


def an_imported_case() -> Story:
    place = Place.IDEA_ENDORSED
    past = c.ImportHistorical(title="Bank Sampah", place=place, source="Berita", agency="ka-dinkes", coach=CITRA)
    return Story().begin(past, KOORDINATOR, "import_historical")


def every_story() -> list[Story]:
    """Stories that together hold every event there is."""
    revision = a_submitted_idea().then(
        "request_revision", CITRA, reason="Kurang.", notes=(c.RevisionNoteInput(field="design", text="Jelaskan."),)
    )
    answered = revision.then("revise_profile", ANI, answers=(c.Answer(note=revision.now.notes[0].id, text="Sudah."),))
    partner = {"agency": "ka-diskominfo", "kind": "government", "contribution": "Siaran."}
    attached = an_idea().then("attach_evidence", ANI, **EVIDENCE)
    (item,) = attached.now.evidence
    basis = {"type": "sk_agency_head", "number": "188/12/2026", "date": date(2026, 2, 1)}
    running = an_approved_pilot().then(
        "start_pilot",
        ANI,
        place="Puskesmas Melati",
        target_group="Lansia",
        starts_on=TODAY,
        ends_on=date(2026, 6, 30),
        budget_source="blud",
        legal_basis=(msgspec.convert(basis, LegalBasis),),
        indicators=(Indicator(code="antre", name="Lama antre", unit="menit", baseline=120, target=20),),
    )
    suspended = running.then("suspend", SEKDA, reason="Banjir.", review_on=date(2026, 5, 1))
    stopped = running.then("stop", SEKDA, reason="x", reason_code=StopReason.NO_BUDGET, lesson="y")
    an_obstacle = a_running_pilot().then("record_obstacle", ANI, kind="people", description="Kurang")
    redaction = {"no_personal_data": True, "pictures_consented": True}
    return [
        answered,
        answered.then("submit", ANI, pledge=True).then("record_review", CITRA, advice="Baik."),
        a_submitted_idea().then("endorse.return", BUDI, reason="Belum."),
        an_endorsed_idea(KARTIKA).then("decide_pilot.reject", SEKDA, reason="x"),
        an_endorsed_idea().then("decide_pilot.defer", SEKDA, reason="x", until=date(2026, 6, 1)),
        an_approved_pilot().then("rescind_decision", SEKDA, reason="Keliru.", letter="B/1/2026"),
        an_idea().then("invite_partner", ANI, **partner).then("accept_partnership", LESTARI),
        an_idea()
        .then("invite_partner", ANI, **partner)
        .then("withdraw_partner", ANI, agency="ka-diskominfo", reason="Batal."),
        attached.then("withdraw_evidence", ANI, item=item, reason="Salah berkas."),
        an_idea().then("add_team_member", ANI, person=BUDI).then("hand_over_lead", ANI, person=BUDI, reason="Cuti."),
        an_idea().then("link_plan", ANI, plan="rkpd", code="1.02").then("attach_legal_basis", ANI, **basis),
        an_idea()
        .then("offer_transfer", BUDI, agency="ka-diskominfo", reason="x")
        .then("accept_transfer", EKA, reason="Ya.", lead=LESTARI),
        suspended.then("resume", SEKDA, reason="Surut.").then("rescind_decision", SEKDA, reason="x", letter="B/2"),
        stopped.then("attach_evidence", ANI, **EVIDENCE).then("reopen", SEKDA, reason="x"),
        a_submitted_idea()
        .then("publish_case", KOORDINATOR, redaction=redaction, reason="x")
        .then("unpublish_case", KOORDINATOR, reason="y"),
        a_submitted_idea().then(
            "grant_duty_waiver", SEKDA, duty="innovator_endorser", person=BUDI, until=date(2026, 12, 31), reason="x"
        ),
        an_endorsed_idea().then(
            "correct", DEWI, event=1, field="profile.title", value="Antrean duduk", reason="Salah ketik."
        ),
        an_imported_case(),
        a_running_pilot()
        .then("extend_pilot", SEKDA, reason="x", ends_on=date(2026, 9, 1))
        .then("record_budget_year", ANI, year=2026, source="apbd", amount=1)
        .then("add_dependency", ANI, innovation=OTHER_CASE, flows="Data"),
        a_concluded_pilot().then("decide_rollout.repeat", SEKDA, reason="x"),
        an_obstacle.then("resolve_obstacle", ANI, obstacle=next(iter(an_obstacle.now.obstacles)), resolution="Beres"),
        a_seated_panel()
        .then("evaluation.declare_conflict", FAJAR, statement="Teman.")
        .then("cancel_evaluation", KOORDINATOR, reason="x"),
        an_institutionalised_case(),
        a_concluded_evaluation().then("decide_outcome.widen", SEKDA, reason="x"),
        a_concluded_evaluation().then("decide_outcome.improve", SEKDA, reason="x"),
    ]


def test_the_stories_hold_every_event_there_is() -> None:
    told = {type(recorded.body) for story in every_story() for recorded in story.recorded}
    known = {cls for cls in vars(e).values() if isinstance(cls, type) and issubclass(cls, Body) and cls is not Body}
    assert told == known


@pytest.mark.parametrize("move", INNOVATION_LIFECYCLE.moves, ids=lambda move: str(move.code))
def test_the_list_of_decisions_is_what_the_tables_decision_rows_write(move: Move[Innovation]) -> None:
    written = [getattr(e, name) for name in move.decide.__code__.co_names if hasattr(e, name)]
    bodies = [cls for cls in written if isinstance(cls, type) and issubclass(cls, Body)]
    assert bodies
    assert {issubclass(cls, DECISIONS) for cls in bodies} == {move.decision}


def test_the_register_row_says_what_the_case_is() -> None:
    for story in every_story():
        case, row = story.now, listed(story)
        assert (row.stage, row.status) == (case.place.stage, case.place.status)
        assert (row.suspended, row.published, row.imported) == (case.suspended, case.published, case.imported)
        assert (row.title, row.agency, row.lead, row.outcome) == (case.title, case.agency, case.lead, case.outcome)
        assert (frozenset(row.team), row.coach, row.offered_to) == (case.team, case.coach, case.offered_to)
        assert (set(row.partners), row.submitted, row.version) == (
            set(case.partners),
            case.submitted_before,
            case.version,
        )


def test_what_is_waited_for_follows_the_case() -> None:
    assert tasks(complete(an_idea())) == {("submit", f"lead:{ANI}")}
    submitted = a_submitted_idea()
    assert tasks(submitted) == {("record_review", f"coach:{CITRA}"), ("endorse", "agency_head:ka-dinkes")}
    reviewed = submitted.then("record_review", CITRA, advice="Baik.")
    assert tasks(reviewed) == {("endorse", "agency_head:ka-dinkes")}
    assert tasks(an_endorsed_idea()) == {("decide_pilot", "decider:KA")}
    assert tasks(an_approved_pilot()) == {("start_pilot", f"lead:{ANI}")}
    rejected = an_endorsed_idea().then("decide_pilot.reject", SEKDA, reason="x")
    assert tasks(rejected) == set()


def test_without_a_coach_the_coordinator_is_asked_for_one() -> None:
    assert ("assign_coach", "coordinator:KA") in tasks(complete(an_idea()).then("submit", ANI, pledge=True))


def test_an_offer_and_an_invitation_wait_at_the_other_agency() -> None:
    offered = an_idea().then("offer_transfer", BUDI, agency="ka-diskominfo", reason="x")
    assert ("accept_transfer", "agency_head:ka-diskominfo") in tasks(offered)
    partner = {"agency": "ka-diskominfo", "kind": "government", "contribution": "Siaran."}
    invited = an_idea().then("invite_partner", ANI, **partner)
    assert ("accept_partnership", "partner:ka-diskominfo") in tasks(invited)
    assert ("accept_partnership", "partner:ka-diskominfo") not in tasks(invited.then("accept_partnership", LESTARI))


def test_every_task_lies_with_somebody_who_may_do_it() -> None:
    everybody = {person: addresses(person, caps) for person, caps in CAPACITIES.items()}
    for story in every_story():
        for task in waiting(story).tasks:
            doers = [p for p, known in everybody.items() if task.address in known]
            rows = INNOVATION_LIFECYCLE.choices(task.command)
            able = [p for p in doers for row in rows if not _not_who(story, row.code, p)]
            assert able, (task, story.now.place)


def _not_who(story: Story, code: str, person: Any) -> bool:
    return any(b.code in {"role.required", "place.not_here"} for b in story.verdict(code, person).blockers)


def test_due_days_are_working_days() -> None:
    friday = date(2026, 3, 6)
    assert working_days_after(friday, 1) == date(2026, 3, 9)
    assert working_days_after(friday, 1, holidays=frozenset({date(2026, 3, 9)})) == date(2026, 3, 10)
    (task,) = waiting(at(an_endorsed_idea(), 0)).tasks
    assert task.due_on == date(2026, 3, 16)


def test_clocks_rest_while_the_case_is_suspended() -> None:
    suspended = an_endorsed_idea().then("suspend", SEKDA, reason="Banjir.", review_on=date(2026, 5, 1))
    assert waiting(suspended).tasks == ()
    resumed = suspended.then("resume", SEKDA, reason="Surut.")
    (task,) = waiting(at(resumed, 0, 1, 3)).tasks  # endorsed on Monday, suspended on Tuesday, resumed on Thursday
    assert task.due_on == date(2026, 3, 18)


def test_a_deferred_decision_is_due_after_the_day_it_was_deferred_to() -> None:
    (task,) = waiting(an_endorsed_idea().then("decide_pilot.defer", SEKDA, reason="x", until=date(2026, 6, 1))).tasks
    assert task.due_on == date(2026, 6, 15)


def test_a_rescinded_decision_stays_and_names_what_took_it_back() -> None:
    rows = decided(an_approved_pilot().then("rescind_decision", SEKDA, reason="Keliru.", letter="B/1/2026"))
    assert [(row.type.split(".")[1], row.rescinded_by) for row in rows] == [
        ("agency_endorsed", None),
        ("pilot_approved", rows[-1].version),
        ("decision_rescinded", None),
    ]


def test_a_decision_entered_later_than_it_was_taken_is_late_until_its_date_is_put_right() -> None:
    story = a_submitted_idea().then("endorse.endorse", BUDI, reason="x", occurred_on=date(2026, 3, 1))
    (row,) = decided(story)
    assert row.late
    version = story.now.version
    fixed = story.then("correct", DEWI, event=version, field="occurred_on", value="2026-03-02", reason="Salah.")
    first, _ralat = decided(fixed)
    assert (first.occurred_on, first.late) == (TODAY, False)
    of_no_decision = story.then("correct", DEWI, event=1, field="occurred_on", value="2026-03-01", reason="x")
    assert [r.version for r in decided(of_no_decision)] == [version, version + 1]


def test_acting_for_an_office_shows_the_letter() -> None:
    (row,) = decided(an_endorsed_idea(endorser=KARTIKA))
    assert (row.office, row.letter) == ("agency_head:ka-dinkes", "SPT 12/2026")


@pytest.mark.parametrize("view", all_views(RULES), ids=lambda view: str(view.name))
def test_a_fold_goes_on_from_rows_that_were_stored(view: View[Any]) -> None:
    for story in every_story():
        whole = fold(view, story.recorded)
        for cut in range(1, len(story.recorded)):
            rows = fold(view, story.recorded[:cut])
            stored: Rows[Any] = {k: msgspec.convert(msgspec.to_builtins(row), view.row) for k, row in rows.items()}
            view.follow(CASE, story.recorded[cut:], stored, raising)
            assert {k: view.derive(row) for k, row in stored.items() if row is not None} == whole


@pytest.mark.parametrize("view", all_views(RULES), ids=lambda view: str(view.name))
def test_what_a_view_does_not_hear_would_not_change_its_rows(view: View[Any]) -> None:
    """`hears` only spares work: nothing that matters may be missing in it."""
    for story in every_story():
        for cut, recorded in enumerate(story.recorded):
            if type(recorded.body) not in view.hears:
                for row in fold(view, story.recorded[:cut]).values():
                    assert view.evolve(row, recorded) == row


def test_the_report_is_the_same_bytes_whenever_it_is_made() -> None:
    story, known = an_approved_pilot(), Names({BUDI: "Budi"})
    scope = Scope(story.recorded[-1].position, CUT_OFF, "KA")
    first = DECISIONS_REPORT.make(story.recorded, scope, known)
    later = story.then("suspend", SEKDA, reason="x", review_on=date(2026, 5, 1))
    again = DECISIONS_REPORT.make(iter(later.recorded), scope, known)
    assert first == again
    assert DECISIONS_REPORT.make(story.recorded, scope).digest == first.digest, "names are not part of the digest"
    document = read(first.json)
    assert digest_of(document.facts) == first.digest == document.digest
    assert document.facts.count == 2
    assert document.names == {str(BUDI): "Budi"}
    elsewhere = replace(scope, region="SMN")
    assert read(DECISIONS_REPORT.make(story.recorded, elsewhere).json).facts.count == 0


def test_the_portfolio_counts_an_imported_case_where_it_stood_but_not_the_days_nobody_knows() -> None:
    moved_on = an_imported_case().then("decide_pilot.approve", SEKDA, reason="x")
    for story, idea, pilot in ((an_imported_case(), (1, 1, None), (0, 0, None)), (moved_on, (0, 1, None), (1, 1, 29))):
        facts = portfolio.read(PORTFOLIO_REPORT.make(story.recorded, Scope(story.now.position, CUT_OFF)).json).facts
        figures = [(figure.here, figure.reached, figure.median_days) for figure in facts.by_stage]
        assert figures[:2] == [idea, pilot]


def test_the_table_of_a_report_holds_no_formula() -> None:
    story = a_submitted_idea().then("endorse.endorse", BUDI, reason="=HYPERLINK(1)")
    report = DECISIONS_REPORT.make(story.recorded, Scope(story.now.version, CUT_OFF), Names({BUDI: "Budi"}))
    (row,) = csv.DictReader(io.StringIO(report.csv.decode(), newline=""))
    assert row["reason"] == "'=HYPERLINK(1)"
    assert (row["name"], row["recorded_at"]) == ("Budi", "2026-03-02T07:00:00+07:00")
