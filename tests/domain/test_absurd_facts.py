"""What can be no fact of a case: days before the Republic or beyond every plan, quantities of no measure, empty files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.codes import Place
from domain.errors import InvalidInput
from domain.innovation import commands as c
from domain.innovation.decisions.common import DAYS_AHEAD_MAX, FIRST_DAY
from domain.measurement import Indicator
from tests.scenarios import (
    ANI,
    DEWI,
    HASAN,
    KOORDINATOR,
    MEASURED,
    SEKDA,
    TODAY,
    Story,
    a_running_copy,
    a_running_pilot,
    a_submitted_idea,
    an_endorsed_idea,
    an_idea,
    paper,
)

BEFORE, LAST = FIRST_DAY - timedelta(days=1), TODAY + timedelta(days=DAYS_AHEAD_MAX)
BASIS: dict[str, Any] = {"type": "perda", "number": "1"}


def test_no_fact_is_older_than_the_republic() -> None:
    idea = an_idea()
    assert idea.refused("link_plan", ANI, plan="renja", code="1", occurred_on=BEFORE) == "input.far_date"
    assert idea.refused("revise_profile", ANI, started_on=date(1, 1, 1)) == "input.far_date"
    assert idea.refused("attach_legal_basis", ANI, **BASIS, date=BEFORE) == "input.far_date"
    assert idea.refused("link_plan", ANI, plan="renja", code="1", legal_basis=({**BASIS, "date": BEFORE},)) == (
        "input.far_date"
    )
    assert idea.then("attach_legal_basis", ANI, **BASIS, date=FIRST_DAY).now.legal_bases


def test_no_plan_reaches_beyond_twenty_years() -> None:
    idea = an_endorsed_idea()
    beyond = LAST + timedelta(days=1)
    assert idea.refused("decide_pilot.defer", SEKDA, reason="x", until=beyond) == "input.far_date"
    assert idea.then("decide_pilot.defer", SEKDA, reason="x", until=LAST).now.place.status == "deferred"


@pytest.mark.parametrize(
    ("event", "field", "value"), [(1, "profile.started_on", "9999-12-31"), (1, "occurred_on", "0001-01-01")]
)
def test_a_correction_puts_no_such_day_in(event: int, field: str, value: str) -> None:
    assert an_idea().refused("correct", DEWI, reason="x", event=event, field=field, value=value) == "input.far_date"


@pytest.mark.parametrize("value", [1e15, -1e15, 1e308])
def test_a_quantity_stays_within_what_is_measured(value: float) -> None:
    indicator = {"code": "a", "name": "a", "unit": "a", "baseline": 0, "target": 1}
    for body, kind in (
        ({**indicator, "baseline": value}, Indicator),
        ({**indicator, "target": value}, Indicator),
        ({**msgspec.to_builtins(MEASURED), "value": value}, c.RecordMeasurement),
    ):
        with pytest.raises(msgspec.ValidationError, match="float"):
            msgspec.convert(body, kind)
    measured = a_running_pilot().then("record_measurement", ANI, **MEASURED)
    event = measured.now.version
    wrong = {"reason": "x", "event": event, "field": "measurement.value", "value": value}
    assert measured.refused("correct", DEWI, **wrong) == "input.out_of_range"


@pytest.mark.parametrize(
    "wrong",
    [{"size": 0}, {"digest": "0" * 64 + "\n"}, {"media_type": "text/plain\n"}, {"url": "https://a.id/b\n"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_evidence_has_bytes_and_every_value_ends_where_it_ends(wrong: dict[str, Any]) -> None:
    msgspec.convert(paper("report"), c.AttachEvidence)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**paper("report"), **wrong}, c.AttachEvidence)


def test_an_affair_ends_where_it_ends() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"affairs": ["URS-02\n"]}, c.ReviseProfile)


@pytest.mark.parametrize(
    ("row", "fields", "pointer"),
    [
        ("revise_profile", {"affairs": ("URS-02", "URS-01", "URS-02")}, "/affairs/2"),
        ("correct", {"event": 1, "field": "profile.affairs", "value": ["URS-02", "URS-02"]}, "/value/1"),
    ],
)
def test_nothing_is_named_twice_in_a_list(row: str, fields: dict[str, Any], pointer: str) -> None:
    by = DEWI if row == "correct" else ANI
    with pytest.raises(InvalidInput) as refusal:
        a_submitted_idea().then(row, by, reason="x", **fields)
    assert [(b.code, b.pointer) for b in refusal.value.blockers] == [("input.twice", pointer)]


TOMORROW = date(2026, 3, 3)
DECREE = {"type": "perda", "number": "1", "date": TOMORROW}


@pytest.mark.parametrize(
    ("row", "by", "fields", "pointer"),
    [
        ("attach_legal_basis", ANI, DECREE, "/date"),
        (
            "record_obstacle",
            ANI,
            {"kind": "people", "description": "x", "legal_basis": (DECREE,)},
            "/legal_basis/0/date",
        ),
        ("attach_evidence", ANI, {**paper("report"), "issued_on": TOMORROW}, "/issued_on"),
        ("revise_profile", ANI, {"started_on": TOMORROW, "reason": "x"}, "/started_on"),
        ("correct", DEWI, {"event": 1, "field": "profile.started_on", "value": "2026-03-03", "reason": "x"}, "/value"),
        ("correct", DEWI, {"event": 1, "field": "occurred_on", "value": "2026-03-03", "reason": "x"}, "/value"),
        ("replication.record_milestone", HASAN, {"title": "x", "reached_on": TOMORROW}, "/reached_on"),
    ],
)
def test_what_has_happened_lies_not_ahead(row: str, by: UUID, fields: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        a_running_copy().then(row, by, **fields)
    assert [(b.code, b.pointer) for b in refusal.value.blockers] == [("input.future_date", pointer)]


def test_a_past_case_began_by_today_and_an_idea_may_be_planned() -> None:
    past = c.ImportHistorical(
        title="Lama", place=Place.REPLICATION_OPEN, source="Berita", agency="ka-dinkes", started_on=TOMORROW
    )
    with pytest.raises(InvalidInput) as refusal:
        Story().begin(past, KOORDINATOR, "import_historical")
    assert refusal.value.code == "input.future_date"
    assert an_idea(started_on=TOMORROW).now.profile.started_on == TOMORROW
