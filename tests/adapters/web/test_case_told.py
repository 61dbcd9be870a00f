"""Every event of a case is told in whole sentences; every decision has its deed and its stamp."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import Any

import msgspec
import pytest

from adapters.catalogue import LANGUAGES, messages
from adapters.web.pages.case_compare import marked
from adapters.web.told import Sayer, details
from application.codec import BODIES, decode
from application.views.decisions import DECISIONS
from application.views.worklist import AWAITED
from domain.evaluation.lifecycle import EVALUATION_LIFECYCLE
from domain.innovation.events import RecordCorrected
from domain.replication.lifecycle import REPLICATION_LIFECYCLE

FOLDER = Path(__file__).parents[2] / "stored_events"
OF_A_CASE = sorted(name for name in BODIES if name.startswith("innovation."))


def entry(name: str, **changes: Any) -> dict[str, Any]:
    body = decode(name, (FOLDER / f"{name}.json").read_bytes()).body
    return {"type": name, "body": msgspec.to_builtins(body), "changes": changes}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OF_A_CASE)
def test_an_event_is_told_in_sentences(name: str, language: str) -> None:
    for said in details(entry(name), Sayer(language)):
        assert said.strip()
        assert "None" not in said
        assert "{" not in said


def test_a_sentence_speaks_of_fields_its_event_has() -> None:
    unknown = {}
    for code, said in messages().items():
        name = next((name for name in OF_A_CASE if code.startswith(f"told.{name}")), None)
        if name is None:
            continue
        fields = {*BODIES[name].__struct_fields__} | ({"before"} if name == RecordCorrected.stored_as else set())
        asked = {field for text in said.values() for _, field, *_ in Formatter().parse(text) if field}
        asked |= {part} if (part := code.removeprefix(f"told.{name}").strip(".")) else set()
        if asked - fields:
            unknown[code] = asked - fields
    assert unknown == {}


def test_every_decision_has_a_deed_and_a_stamp_and_every_task_its_name() -> None:
    tasks = {move.command for moves in AWAITED.values() for move in moves} | {"assign_coach"}
    tasks |= {f"replication.{move.command}" for move in REPLICATION_LIFECYCLE.moves if move.awaited}
    tasks |= {f"evaluation.{move.command}" for move in EVALUATION_LIFECYCLE.moves if move.awaited}
    codes = {f"{said}.{event.stored_as}" for event in DECISIONS for said in ("decided", "stamp")}
    codes |= {f"task.{task}" for task in tasks}
    assert sorted(codes - messages().keys()) == []


def test_a_correction_names_what_stood_there_before() -> None:
    correction = entry(RecordCorrected.stored_as, measurements=[[{"value": 60.0}], [{"value": 64.0}]])
    correction["body"] |= {"event": 4, "field": "measurement.value", "value": 64.0}
    said = details(correction, Sayer("id", events={4: "innovation.measurement_recorded.v1"}))
    assert said == ["Pengukuran, nilai pada Pengukuran dicatat (versi 4): menjadi 64.", "Sebelumnya 60."]


@pytest.mark.parametrize("text", ["people, other", "report", "2026-01-31", "kader, community, data"])
def test_what_people_wrote_is_told_as_they_wrote_it(text: str) -> None:
    say = Sayer("id")
    for name in ("description", "title", "lesson", "guide", "text", "resolution"):
        assert say.value(name, text) == text
    assert say.value("evidence", [{"kind": "report", "description": text}]).endswith(f": {text}")


def test_values_of_closed_lists_and_days_are_told_in_words() -> None:
    say = Sayer("id")
    told = [say.value("kind", "report"), say.value("initiator", "civil_servant"), say.value("ends_on", "2026-01-31")]
    assert told == ["laporan", "aparatur sipil negara", "31 Januari 2026"]
    assert say.value("parts_unknown", ["coach"]) == "pendamping"


def test_of_two_texts_the_words_that_differ_are_marked() -> None:
    assert marked("antre dua jam penuh", "antre satu jam penuh") == (
        [("same", "antre"), ("del", "dua"), ("same", "jam penuh")],
        [("same", "antre"), ("ins", "satu"), ("same", "jam penuh")],
    )
    assert marked("–", "antre") == ([("same", "–")], [("same", "antre")])


@pytest.mark.parametrize(
    "typed", ["2026-11-30 09:00", "2026-01-01t10:00", "9999-12-31T23:59:59-12:00", "people, other"]
)
def test_what_was_typed_is_told_as_it_was_typed(typed: str) -> None:
    assert Sayer("id").value("reason", typed) == typed
