"""A history as somebody may read it: of an evaluation without a result only her own scores."""

from __future__ import annotations

from application.queries import history, history_read_by
from application.streams import EVALUATION, fold
from domain.evaluation.events import Scored
from tests.scenarios import FAJAR, GITA, INDRA, a_consolidated_evaluation

EVENTS = [
    recorded for recorded in a_consolidated_evaluation().told if recorded.body.stored_as.startswith("evaluation.")
]


def test_without_a_result_everybody_reads_her_own_scores_only() -> None:
    before = fold(EVALUATION, EVENTS[:-1])
    for person in (FAJAR, GITA, INDRA):
        told = history_read_by(person, EVALUATION, EVENTS[:-1], before)
        scores = [entry for entry in told if entry["type"] == Scored.stored_as]
        assert [bool(entry["body"]) for entry in scores] == [judge == person for judge in (FAJAR, GITA, INDRA)]
        assert [bool(entry["changes"]) for entry in scores] == [judge == person for judge in (FAJAR, GITA, INDRA)]


def test_once_the_result_stands_its_past_is_open_too() -> None:
    assert history_read_by(FAJAR, EVALUATION, EVENTS[:-1], fold(EVALUATION, EVENTS)) == history(EVALUATION, EVENTS[:-1])
