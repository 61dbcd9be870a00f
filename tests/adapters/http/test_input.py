"""Every wrong field is named where it stands, in the reader's language."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from adapters.catalogue import LANGUAGES, text
from adapters.http.input import WORDINGS, as_struct
from adapters.http.problems import Problem
from domain.innovation import commands as c


def errors(kind: type[msgspec.Struct], value: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Problem) as problem:
        as_struct(value, kind)
    assert problem.value.status == 422
    return {error.pointer or "": error.code for error in problem.value.errors}


def test_every_mistake_is_named_where_it_stands() -> None:
    told = errors(
        c.RegisterIdea,
        {
            "title": "   ",
            "problem": "",
            "affairs": ["URS-02", "URS-99"],
            "initiator": "king",
            "cost": -1,
            "started_on": "kemarin",
            "inclusion": {"gender": 1},
            "evidence": ["x"],
            "a/b~c": 1,
        },
    )
    assert told == {
        "/a~1b~0c": "input.unknown_field",
        "/affairs/1": "input.invalid",
        "/cost": "input.invalid",
        "/evidence/0": "input.invalid",
        "/inclusion/...": "input.invalid",
        "/initiator": "input.invalid",
        "/problem": "input.invalid",
        "/started_on": "input.invalid",
        "/title": "input.invalid",
    }


def test_mistakes_inside_a_list_point_at_their_place() -> None:
    notes = {"reason": "r", "notes": [{"field": "design", "text": "t"}, {"field": "design"}]}
    assert errors(c.RequestRevision, notes) == {"/notes/1": "input.required"}
    assert errors(c.RequestRevision, {**notes, "notes": []}) == {"/notes": "input.invalid"}


@pytest.mark.parametrize("baseline", [10**400, "1", None, True], ids=["huge", "text", "null", "true"])
def test_what_is_no_number_is_an_input_error_too(baseline: Any) -> None:
    indicator = {"code": "a", "name": "a", "unit": "a", "baseline": baseline, "target": 1}
    assert "/indicators/0/baseline" in errors(c.StartPilot, {"indicators": [indicator]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wording_has_its_sentence(language: str) -> None:
    assert [code for _, code in WORDINGS if text(code, language) == code] == []
