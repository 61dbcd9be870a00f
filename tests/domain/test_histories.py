"""Random histories over all three streams: duties are never joined, `actions` never lies, both sides know the same."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from application.snapshots import decode, encode
from application.streams import EVALUATION, REPLICATION, kind_of
from application.streams import fold as fold_stream
from application.views import all_views, fold
from application.views.view import Rows, View, raising
from domain.codes import EvaluationStatus, ReplicationStatus
from domain.errors import DomainError, InvalidInput
from domain.innovation import events as e
from domain.innovation.state import Innovation
from domain.people import Part
from tests.histories import CODES, FAR, STEP, USUAL_WAY, body_for, chosen
from tests.scenarios import JOKO, RULES, Story, an_idea

HISTORIES = int(os.environ.get("JEJAK_HISTORIES", "1000"))
STEPS = 12
VIEWS: tuple[View[Any], ...] = all_views(RULES)


@settings(max_examples=HISTORIES, deadline=None)
@given(FAR, st.lists(STEP, max_size=STEPS))
def test_no_history_joins_duties_and_actions_never_lie(far: int, steps: list[tuple[bool, int, Any, Any]]) -> None:
    story = an_idea()
    for row, by, body in USUAL_WAY[:far]:
        story = story.then(row, by, **body)
    for likely, number, by, named in steps:
        rows = [row for row in CODES if _is_there(story, row)]
        row = chosen([row for row in rows if story.verdict(row, by).allowed] if likely else (), number)
        if _is_there(story, row):
            story = _tried(story, row, by, named)
    _check_duties(story.now)
    _check_both_sides(story)
    _check_folds(story)
    _check_snapshots(story)


def _is_there(story: Story, row: str) -> bool:
    """Tell whether there is a stream the row is about."""
    kinds = {kind.lifecycle.prefix for kind, _ in story.children.values()}
    return not row.startswith(("replication.", "evaluation.")) or f"{row.partition('.')[0]}." in kinds


def _tried(story: Story, row: str, by: UUID, named: UUID) -> Story:
    """Make a move, or see it refused with the code that was told; an allowed one for its input, or a person named."""
    verdict = story.verdict(row, by)
    try:
        after = story.then(row, by, **body_for(row, named, story.now))
    except InvalidInput:
        assert verdict.allowed
        return story
    except DomainError as refusal:
        if verdict.allowed:
            assert refusal.code.startswith("duty.")
            assert refusal.blockers[0].pointer is not None
        else:
            assert refusal.code == verdict.blockers[0].code
        return story
    assert verdict.allowed
    return after


def _check_duties(case: Innovation) -> None:
    waived = {(w.duty, w.person) for w in case.waivers}
    parts = list(Part)
    for index, one in enumerate(parts):
        for other in parts[index + 1 :]:
            both = case.parts.get(one, frozenset()) & case.parts.get(other, frozenset())
            assert all((f"{one}_{other}", p) in waived for p in both)
    if case.evaluation is not None and case.agency == "ka-dinkes":
        assert JOKO not in case.evaluation.evaluators


def _check_both_sides(story: Story) -> None:
    """What a replication or evaluation and its case both must know never stands on one stream only."""
    case = story.now
    told = Counter(type(recorded.body) for recorded in story.recorded)
    copies = [state for kind, state in story.children.values() if kind is REPLICATION]
    panels = [state for kind, state in story.children.values() if kind is EVALUATION]
    assert {copy.id for copy in copies} == set(case.replications)
    confirmed = {copy.id for copy in copies if copy.status is ReplicationStatus.CONFIRMED}
    assert {fact.replication for fact in case.confirmed} == confirmed
    assert len(panels) == told[e.EvaluationOpened]
    for status, fact in (
        (EvaluationStatus.CONCLUDED, e.EvaluationConcluded),
        (EvaluationStatus.CANCELLED, e.EvaluationCancelled),
    ):
        assert sum(panel.status is status for panel in panels) == told[fact]
    assert sum(panel.result is not None for panel in panels) == told[e.EvaluationConsolidated]
    for panel in panels:
        if case.evaluation is not None and panel.id == case.evaluation.id:
            assert {seat.person for seat in panel.panel} == case.evaluation.evaluators


def _check_snapshots(story: Story) -> None:
    """A state written down and read again is the same, and goes on to the same."""
    for stream in {recorded.stream for recorded in story.told}:
        events = [recorded for recorded in story.told if recorded.stream == stream]
        kind = kind_of(events[0].body)
        state = None
        for recorded in events:
            state = kind.evolve(state, recorded)
            assert decode(kind.state, encode(state), stream, recorded.version) == state
        half = events[: (len(events) + 1) // 2]
        kept = decode(kind.state, encode(fold_stream(kind, half)), stream, half[-1].version)
        assert fold_stream(kind, events[len(half) :], kept) == state


def _check_folds(story: Story) -> None:
    """Folding again gives the same states, and every view the same rows at once and event by event."""
    states: dict[UUID, Any] = {}
    for recorded in story.told:
        states[recorded.stream] = kind_of(recorded.body).evolve(states.get(recorded.stream), recorded)
    assert states.pop(story.now.id) == story.now
    assert states == {stream: state for stream, (_, state) in story.children.items()}
    cut = len(story.told) // 2
    for view in VIEWS:
        rows: Rows[Any] = dict(fold(view, story.told[:cut]))
        for recorded in story.told[cut:]:
            view.follow(recorded.stream, (recorded,), rows, raising)
        assert {k: view.derive(row) for k, row in rows.items() if row is not None} == fold(view, story.told)
