"""Pilot, replication, evaluation and outcome told as stories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
import pytest

from domain.codes import EvaluationStatus, Outcome, Place, ReplicationStatus
from domain.evaluation.lifecycle import EVALUATION_LIFECYCLE
from domain.innovation.events import ReplicationConfirmed
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.lifecycle import Lifecycle
from domain.replication.events import ReplicationConfirmed as ConfirmedThere
from domain.replication.lifecycle import REPLICATION_LIFECYCLE
from tests.scenarios import (
    ADVICE,
    ANI,
    BIDAN,
    BUDI,
    CITRA,
    DEWI,
    FAJAR,
    GITA,
    HASAN,
    INDRA,
    JOKO,
    KOORDINATOR,
    MEASURED,
    NINING,
    SEKDA,
    Story,
    a_concluded_evaluation,
    a_concluded_pilot,
    a_confirmed_copy,
    a_consolidated_evaluation,
    a_running_copy,
    a_running_pilot,
    a_seated_panel,
    an_institutionalised_case,
    codes,
    in_use,
    paper,
    scored,
)

ENDS = date(2026, 6, 30)
PEOPLE = {
    "code": "warga",
    "name": "Warga terlayani",
    "unit": "orang",
    "baseline": 0,
    "target": 50,
    "counts_people": True,
}


# The pilot


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"indicator": "lain"}, "measure.indicator_unknown"),
        ({"unit": "jam"}, "measure.unit"),
        ({"ends_on": date(2026, 1, 1)}, "input.period_reversed"),
        ({"ends_on": date(2026, 3, 3)}, "input.future_date"),
    ],
)
def test_a_measurement_speaks_of_what_is_known_and_over(wrong: dict[str, Any], code: str) -> None:
    assert a_running_pilot().refused("record_measurement", ANI, **{**MEASURED, **wrong}) == code


def test_people_counted_are_told_apart_and_add_up() -> None:
    counting = a_running_pilot(indicators=(PEOPLE,))
    counted = {**MEASURED, "indicator": "warga", "unit": "orang", "value": 30}
    assert counting.refused("record_measurement", ANI, **counted) == "measure.people_missing"
    apart = {"sex": {"female": 18, "male": 12}, "age": {"60+": 30}, "disability": {"with": 4, "without": 26}}
    short = {**apart, "age": {"60+": 29}}
    assert counting.refused("record_measurement", ANI, **counted, people=short) == "measure.people_differ"
    told = counting.then("record_measurement", ANI, **counted, people=apart)
    assert [m.indicator for m in told.now.measurements.values()] == ["warga"]


def test_a_pilot_is_concluded_when_everything_was_measured_and_a_report_is_there() -> None:
    running = a_running_pilot()
    found = codes(running.verdict("conclude_pilot.succeeded", ANI).blockers)
    assert found == ["pilot.measurement_missing", "pilot.report_missing"]
    assert a_concluded_pilot().now.place is Place.PILOT_CONCLUDED


def test_a_pilot_held_again_needs_new_measurements_and_a_new_report() -> None:
    again = a_concluded_pilot().then("decide_rollout.repeat", SEKDA, reason="Musim hujan.")
    pilot = msgspec.to_builtins(again.now.pilot)
    kept = {name: pilot[name] for name in ("place", "target_group", "starts_on", "ends_on", "budget_source")}
    started = again.then("start_pilot", ANI, **kept, indicators=pilot["indicators"], legal_basis=pilot["legal_basis"])
    found = codes(started.verdict("conclude_pilot.failed", ANI).blockers)
    assert found == ["pilot.measurement_missing", "pilot.report_missing"]


def test_a_pilot_is_extended_so_far_as_the_rulebook_lets_it() -> None:
    running = a_running_pilot()
    assert running.refused("extend_pilot", SEKDA, reason="x", ends_on=ENDS) == "pilot.not_longer"
    assert running.refused("extend_pilot", SEKDA, reason="x", ends_on=date(2027, 6, 30)) == "pilot.extended_too_far"
    most = running.then("extend_pilot", SEKDA, reason="x", ends_on=date(2026, 12, 27))
    assert codes(most.verdict("extend_pilot", SEKDA).blockers) == ["pilot.extended_too_far"]


def test_rolling_out_wants_a_legal_basis_and_a_procedure() -> None:
    found = codes(a_concluded_pilot().verdict("decide_rollout.replicate", SEKDA).blockers)
    assert found == ["rollout.legal_basis_missing", "rollout.procedure_missing"]


def test_a_past_case_makes_its_indicator_known_by_measuring_it() -> None:
    from domain.innovation.commands import ImportHistorical

    imported = Story().begin(
        ImportHistorical(title="Lama", place=Place.REPLICATION_OPEN, source="Berita", agency="ka-dinkes", lead=ANI),
        KOORDINATOR,
        "import_historical",
    )
    assert imported.refused("record_measurement", ANI, **MEASURED) == "measure.indicator_unknown"
    known = {"code": "antre", "name": "Lama antre", "unit": "menit", "baseline": 120, "target": 20}
    told = imported.then("record_measurement", ANI, **MEASURED, introduces=known)
    assert list(told.now.indicators) == ["antre"]
    assert told.then("record_measurement", ANI, **MEASURED).now.version == 3


# Replication


def test_nobody_copies_what_has_no_kit_or_is_her_own() -> None:
    fit = a_concluded_pilot().then("attach_evidence", ANI, **paper("procedure"))
    lawful = fit.then("attach_legal_basis", ANI, type="perda", number="1", date=date(2026, 1, 1))
    rolled_out = lawful.then("decide_rollout.replicate", SEKDA, reason="Terbukti.")
    assert codes(rolled_out.verdict("request_replication", HASAN).blockers) == ["replication.no_kit"]
    assert in_use().refused("request_replication", BUDI, problem="Sama.") == "replication.own_place"
    assert in_use().refused("request_replication", ANI, problem="Sama.") == "role.required"


def test_who_has_no_other_place_than_the_cases_own_is_told_so_beforehand() -> None:
    at_a_unit = in_use().then("revise_profile", ANI, unit="ka-pkm-melati", reason="Unitnya.")
    assert codes(at_a_unit.verdict("request_replication", BIDAN).blockers) == ["replication.own_place"]
    assert at_a_unit.refused("request_replication", BIDAN, problem="Sama.") == "replication.own_place"
    assert at_a_unit.verdict("request_replication", BUDI).allowed


def test_both_sides_confirm_by_two_persons_and_both_streams_know() -> None:
    done = a_running_copy().then("replication.conclude", HASAN, summary="Turun.")
    once = done.then("replication.confirm_by_origin", BUDI)
    assert once.now.confirmed == ()
    assert once.refused("replication.confirm_by_origin", ANI) == "replication.already_confirmed"
    twice = once.then("replication.confirm_by_adopter", NINING)
    assert [type(recorded.body) for recorded in twice.told[-2:]] == [ConfirmedThere, ReplicationConfirmed]
    assert twice.about("replication.abandon")[2].status is ReplicationStatus.CONFIRMED


def test_a_copy_goes_on_wherever_its_origin_stands() -> None:
    running = a_running_copy()
    rests = running.then("suspend", SEKDA, reason="Banjir.", review_on=date(2026, 9, 1))
    assert codes(rests.verdict("request_replication", HASAN).blockers) == ["case.suspended"]
    stopped = rests.then("stop", SEKDA, reason="x", reason_code="no_budget", lesson="y")
    done = stopped.then("replication.conclude", HASAN, summary="Turun.").then("replication.confirm_by_origin", ANI)
    assert len(done.then("replication.confirm_by_adopter", NINING).now.confirmed) == 1


# Evaluation


def test_an_evaluation_waits_for_a_confirmed_replication_or_a_waiver() -> None:
    assert in_use().refused("open_evaluation", KOORDINATOR) == "duty.replication_before_evaluation"
    waived = in_use().then(
        "grant_duty_waiver",
        SEKDA,
        duty="replication_before_evaluation",
        person=KOORDINATOR,
        until=date(2026, 12, 31),
        reason="Belum ada peminat.",
    )
    opened = waived.then("open_evaluation", KOORDINATOR)
    assert opened.recorded[-1].body.waived == ("replication_before_evaluation",)


def test_who_is_of_the_owner_agency_or_the_coach_does_not_judge() -> None:
    opened = a_confirmed_copy().then("open_evaluation", KOORDINATOR)
    assert opened.refused("evaluation.assign_evaluator", KOORDINATOR, person=JOKO) == "duty.evaluator_owner_agency"
    assert opened.refused("evaluation.assign_evaluator", KOORDINATOR, person=CITRA) == "evaluation.not_an_evaluator"
    seated = opened.then("evaluation.assign_evaluator", KOORDINATOR, person=FAJAR)
    assert seated.refused("evaluation.assign_evaluator", KOORDINATOR, person=FAJAR) == "evaluation.already_seated"


def test_an_evaluator_is_replaced_before_she_scored_or_for_a_conflict() -> None:
    panel = scored(FAJAR, a_seated_panel(), 70)
    change = {"person": FAJAR, "replacement": JOKO, "reason": "x"}
    assert panel.refused("evaluation.replace_evaluator", KOORDINATOR, **change) == "evaluation.already_scored"
    torn = panel.then("evaluation.declare_conflict", FAJAR, statement="Saya ikut menyusun.")
    assert torn.refused("evaluation.score", FAJAR, scores={"novelty": {"score": 1, "note": "x"}}) == "role.required"
    assert torn.refused("evaluation.replace_evaluator", KOORDINATOR, **change) == "duty.evaluator_owner_agency"
    assert FAJAR not in torn.now.evaluation.evaluators  # type: ignore[union-attr]


def test_scores_that_part_widely_are_talked_about_and_stand_after_consolidation() -> None:
    panel = scored(INDRA, scored(GITA, scored(FAJAR, a_seated_panel(), 20), 80), 90)
    assert codes(panel.verdict("evaluation.consolidate", KOORDINATOR).blockers) == ["evaluation.discussion_missing"]
    talked = panel.then("evaluation.record_discussion", KOORDINATOR, text="Arti baru tidak sama.")
    again = scored(FAJAR, talked, 30)
    assert codes(again.verdict("evaluation.consolidate", KOORDINATOR).blockers) == ["evaluation.discussion_missing"]
    stands = talked.then("evaluation.consolidate", KOORDINATOR)
    assert str(stands.about("evaluation.score")[2].result.score) == "63.33"
    assert codes(stands.verdict("evaluation.score", FAJAR).blockers) == ["place.not_here"]


def test_two_scores_are_not_enough() -> None:
    panel = scored(GITA, scored(FAJAR, a_seated_panel(), 70), 80)
    assert codes(panel.verdict("evaluation.consolidate", KOORDINATOR).blockers) == ["evaluation.scores_missing"]


def test_an_evaluation_is_concluded_from_either_address() -> None:
    here = a_consolidated_evaluation().then("conclude_evaluation", KOORDINATOR, **ADVICE)
    there = a_consolidated_evaluation().then("evaluation.conclude", KOORDINATOR, **ADVICE)
    assert here.now.place is there.now.place is Place.EVALUATION_CONCLUDED
    assert [here.about("evaluation.score")[2].status, there.about("evaluation.score")[2].status] == [
        EvaluationStatus.CONCLUDED,
        EvaluationStatus.CONCLUDED,
    ]


def test_a_cancelled_evaluation_gives_back_where_the_case_stood() -> None:
    first = a_seated_panel().then("evaluation.cancel", KOORDINATOR, reason="Panel tidak lengkap.")
    assert (first.now.place, first.now.evaluation) == (Place.REPLICATION_OPEN, None)
    again = an_institutionalised_case().then("open_evaluation", KOORDINATOR)
    assert (again.now.place, again.now.outcome) == (Place.EVALUATION_OPEN, Outcome.INSTITUTIONALISED)
    back = again.then("cancel_evaluation", KOORDINATOR, reason="x")
    assert (back.now.place, back.now.outcome) == (Place.CLOSED_INSTITUTIONALISED, Outcome.INSTITUTIONALISED)


def test_the_evaluation_of_a_stopped_case_can_be_cancelled() -> None:
    stopped = a_seated_panel().then("stop", SEKDA, reason="x", reason_code="no_budget", lesson="y")
    over = stopped.then("cancel_evaluation", KOORDINATOR, reason="Perkara dihentikan.")
    assert (over.now.place, over.now.evaluation) == (Place.CLOSED_STOPPED, None)
    assert over.about("evaluation.score")[2].status is EvaluationStatus.CANCELLED
    again = over.then("attach_evidence", ANI, **paper("data")).then("reopen", SEKDA, reason="Ada anggaran.")
    assert again.now.place is Place.REPLICATION_OPEN
    assert stopped.then("evaluation.cancel", KOORDINATOR, reason="x").now.place is Place.CLOSED_STOPPED


def test_a_correction_speaks_of_this_pilot_and_stays_plausible() -> None:
    story = a_running_pilot().then("record_measurement", ANI, **MEASURED)
    pilot, measured = story.now.pilot_version, story.now.version
    late = {"event": pilot, "field": "pilot.ends_on", "value": "2025-01-01", "reason": "x"}
    assert story.refused("correct", DEWI, **late) == "input.period_reversed"
    unit = {"event": measured, "field": "measurement.unit", "value": "jam", "reason": "x"}
    assert story.refused("correct", DEWI, **unit) == "measure.unit"
    right = story.then("correct", DEWI, event=measured, field="measurement.value", value=17, reason="Salah ketik.")
    assert right.now.measurements[measured].value == 17
    longer = story.then("correct", DEWI, event=pilot, field="pilot.ends_on", value="2026-07-31", reason="x")
    assert longer.now.pilot_first_end == date(2026, 7, 31)


def test_a_value_from_before_the_pilot_says_nothing_about_it() -> None:
    old = {**MEASURED, "starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)}
    story = a_running_pilot().then("record_measurement", ANI, **old)
    assert "pilot.measurement_missing" in codes(story.verdict("conclude_pilot.failed", ANI).blockers)


# Outcome


def test_who_departs_from_the_advice_shows_both() -> None:
    decided = a_concluded_evaluation().then("decide_outcome.widen", SEKDA, reason="Pulau dahulu.")
    body: Any = decided.recorded[-1].body
    assert (body.advised, body.reason, decided.now.place) == (
        "institutionalise",
        "Pulau dahulu.",
        Place.REPLICATION_OPEN,
    )


def test_anchoring_wants_a_regulation_or_three_years_of_budget() -> None:
    case = a_concluded_evaluation().now
    decree = msgspec.structs.replace(case, legal_bases=type(case.legal_bases)())
    story = a_concluded_evaluation()
    story.case = decree
    assert codes(story.verdict("decide_outcome.institutionalise", SEKDA).blockers) == ["outcome.not_anchored"]
    for year in (2024, 2026, 2025):
        story = story.then("record_budget_year", ANI, year=year, source="apbd", amount=10)
    assert story.verdict("decide_outcome.institutionalise", SEKDA).allowed


def test_a_rescinded_outcome_gives_back_the_evaluation_and_a_reopened_stop_the_outcome() -> None:
    back = an_institutionalised_case().then("rescind_decision", SEKDA, reason="Keliru.", letter="B/1")
    assert (back.now.place, back.now.outcome) == (Place.EVALUATION_CONCLUDED, None)
    assert back.verdict("decide_outcome.widen", SEKDA).allowed
    stopped = an_institutionalised_case().then("stop", SEKDA, reason="x", reason_code="no_budget", lesson="y")
    reopened = stopped.then("attach_evidence", ANI, **paper("data")).then("reopen", SEKDA, reason="Ada anggaran.")
    assert (reopened.now.place, reopened.now.outcome) == (Place.CLOSED_INSTITUTIONALISED, Outcome.INSTITUTIONALISED)


def test_what_is_being_scored_stays_as_it_is() -> None:
    assert codes(a_seated_panel().verdict("revise_profile", ANI).blockers) == ["evaluation.scoring"]
    assert a_seated_panel().refused("assign_coach", KOORDINATOR, person=FAJAR) == "coach.not_a_coach"


# The tables as graphs


def ways(table: Lifecycle[Any], more: Iterable[tuple[Any, Any]] = ()) -> dict[Any, set[Any]]:
    """Give where each status leads."""
    found: dict[Any, set[Any]] = {}
    for start, end in [*((s, m.end) for m in table.moves if m.end for s in m.start), *more]:
        found.setdefault(start, set()).add(end)
    return found


def reachable(start: Any, leads: dict[Any, set[Any]]) -> set[Any]:
    seen, waiting = {start}, [start]
    while waiting:
        for following in leads.get(waiting.pop(), set()) - seen:
            seen.add(following)
            waiting.append(following)
    return seen


def test_no_status_of_a_case_is_a_dead_end_and_every_one_leads_to_an_outcome() -> None:
    reopened = [(Place.CLOSED_REJECTED, Place.IDEA_REVISION), (Place.CLOSED_STOPPED, Place.PILOT_RUNNING)]
    leads = ways(INNOVATION_LIFECYCLE, reopened)
    assert INNOVATION_LIFECYCLE.by_code["reopen"].start == {start for start, _ in reopened}
    for place in Place:
        onward = leads.get(place, set()) - {place}
        assert onward - {Place.CLOSED_STOPPED} or place in {Place.CLOSED_REJECTED, Place.CLOSED_STOPPED}, place
        assert Place.CLOSED_INSTITUTIONALISED in reachable(place, leads), place
    assert reachable(Place.IDEA_DRAFT, leads) == set(Place)


def test_every_replication_and_evaluation_comes_to_an_end() -> None:
    over = {ReplicationStatus.DECLINED, ReplicationStatus.CONFIRMED, ReplicationStatus.ABANDONED}
    confirmed = [(ReplicationStatus.CONCLUDED, ReplicationStatus.CONFIRMED)]
    leads = ways(REPLICATION_LIFECYCLE, confirmed)
    for status in ReplicationStatus:
        assert (status in over) != bool(leads.get(status)), status
        assert ReplicationStatus.CONFIRMED in reachable(status, leads) or status in over
    ended = {EvaluationStatus.CONCLUDED, EvaluationStatus.CANCELLED}
    judged = ways(EVALUATION_LIFECYCLE)
    assert all((status in ended) != bool(judged.get(status)) for status in EvaluationStatus)
