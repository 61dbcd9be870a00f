"""Random histories: duties are never joined, `actions` never lies, the fold gives the same at once and in steps."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import DomainError, InvalidInput
from domain.innovation.state import Innovation, evolve
from domain.people import Part
from tests.histories import CODES, FAR, STEP, USUAL_WAY, body_for, chosen
from tests.scenarios import Story, an_idea

HISTORIES = int(os.environ.get("JEJAK_HISTORIES", "300"))
STEPS = 25


@settings(max_examples=HISTORIES, deadline=None)
@given(FAR, st.lists(STEP, max_size=STEPS))
def test_no_history_joins_duties_and_actions_never_lie(far: int, steps: list[tuple[bool, int, Any, Any]]) -> None:
    story = an_idea()
    for row, by, body in USUAL_WAY[:far]:
        story = story.then(row, by, **body)
    for likely, number, by, named in steps:
        code = chosen([code for code in CODES if story.verdict(code, by).allowed] if likely else (), number)
        verdict = story.verdict(code, by)
        try:
            after = story.then(code, by, **body_for(code, named, story.now))
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
