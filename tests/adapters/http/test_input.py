"""Every wrong field is named where it stands, in the reader's language."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from adapters.catalogue import LANGUAGES, text
from adapters.http.input import as_struct
from adapters.http.problems import Problem
from domain.innovation import commands as c
from domain.unfit import WORDINGS


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
        "/affairs/1": "input.form",
        "/cost": "input.least",
        "/evidence/0": "input.kind",
        "/inclusion/...": "input.kind",
        "/initiator": "input.unknown_choice",
        "/problem": "input.empty",
        "/started_on": "input.kind",
        "/title": "input.empty",
    }


def test_mistakes_inside_a_list_point_at_their_place() -> None:
    notes = {"reason": "r", "notes": [{"field": "design", "text": "t"}, {"field": "design"}]}
    assert errors(c.RequestRevision, notes) == {"/notes/1": "input.required"}
    assert errors(c.RequestRevision, {**notes, "notes": []}) == {"/notes": "input.too_few"}


@pytest.mark.parametrize("baseline", [10**400, "1", None, True], ids=["huge", "text", "null", "true"])
def test_what_is_no_number_is_an_input_error_too(baseline: Any) -> None:
    indicator = {"code": "a", "name": "a", "unit": "a", "baseline": baseline, "target": 1}
    assert "/indicators/0/baseline" in errors(c.StartPilot, {"indicators": [indicator]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wording_has_its_sentence(language: str) -> None:
    assert [code for _, code in WORDINGS if text(code, language) == code] == []


@pytest.mark.parametrize(
    ("kind", "value", "indonesian", "english"),
    [
        (c.ImportHistorical, {"place": "idea/x"}, "Pilih salah satu: idea/draft, ", "Choose one of: idea/draft, "),
        (c.RegisterIdea, {"title": "x" * 301}, "Isian paling banyak 300 huruf.", "300 characters at most"),
        (c.RegisterIdea, {"title": 1}, "Isian harus berupa teks.", "must be text"),
        (c.RegisterIdea, {"affairs": ["URS-99"]}, "Bentuknya tidak sesuai.", "has not the form"),
        (c.StartPilot, {"legal_basis": [{"type": "x"}]}, "Pilih salah satu: perda, ", "Choose one of: perda, "),
        (c.StartPilot, {"budget": "1"}, "Isian harus berupa bilangan bulat.", "must be a whole number"),
        (c.StartPilot, {"budget": 10**18}, "Angka harus paling besar 1000000000000000.", "must be 1000000000000000 or"),
    ],
)
def test_what_is_wrong_is_said_in_words_of_the_reader(
    kind: type[msgspec.Struct], value: dict[str, Any], indonesian: str, english: str
) -> None:
    (field,) = value
    with pytest.raises(Problem) as problem:
        as_struct(value, kind)
    (blocker,) = (error for error in problem.value.errors if f"{error.pointer}/".startswith(f"/{field}/"))
    assert indonesian in text(blocker.code, "id", **blocker.params)
    assert english in text(blocker.code, "en", **blocker.params)
