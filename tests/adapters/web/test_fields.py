"""Forms read off commands: what is shown is sent, what is sent is the command, and every field has its words."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from adapters.catalogue import LANGUAGES, messages, text
from adapters.http.examples import EXAMPLES
from adapters.http.openapi import TABLES
from adapters.web.form_data import FormData
from adapters.web.forms.fields import (
    LEFT_OUT,
    Asking,
    Option,
    Options,
    answers,
    figure,
    own_fields,
    plain,
    questions,
    typed,
    written,
)
from adapters.web.forms.known import completed, corrected
from adapters.web.forms.sheet import label_code
from adapters.web.render import environment
from domain.innovation import commands as c
from domain.lifecycle import Lifecycle, Move
from domain.measurement import Indicator
from tests.scenarios import an_idea

ROWS = [(table, move) for table in TABLES for move in table.moves]
NAMES = [table.name(move) for table, move in ROWS]


def structs(kind: type) -> Iterator[tuple[type, str]]:
    """Give every field of a struct and of those inside it."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for part in info.fields:
        yield kind, part.name
        inner = plain(part.type)
        if isinstance(inner, inspect.VarTupleType):
            inner = plain(inner.item_type)
        if isinstance(inner, inspect.DictType):
            inner = plain(inner.value_type)
        if isinstance(inner, inspect.StructType):
            yield from structs(inner.cls)


@pytest.mark.parametrize(("table", "move"), ROWS, ids=NAMES)
def test_every_field_of_every_command_has_a_label_and_a_hint(table: Lifecycle[Any], move: Move[Any]) -> None:
    codes = [label_code(kind, owner.__name__, name) for owner, name in structs(move.body) for kind in ("field", "hint")]
    assert [code for code in codes if not all(messages().get(code, {}).get(each) for each in LANGUAGES)] == []


def test_every_row_that_is_chosen_says_what_it_means() -> None:
    chosen = [(table.name(move), move.command) for table, move in ROWS if move.choice]
    codes = {f"choice.{name}" for name, _ in chosen} | {f"title.{command}" for _, command in chosen}
    assert sorted(codes - messages().keys()) == []


def test_rows_of_one_command_share_no_field_that_only_some_of_them_have() -> None:
    for table in TABLES:
        for command in {move.command for move in table.moves if move.choice}:
            bodies = [set(own_fields(move.body)) for move in table.choices(command)]
            own = [{name for name in body if not all(name in other for other in bodies)} for body in bodies]
            assert sum(len(one) for one in own) == len(set().union(*own))


# What is shown is what is sent


class Sent(HTMLParser):
    """What a browser sends of a form whose fields nobody touches."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.select = self.area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "input" and (told.get("type") not in {"radio", "checkbox"} or "checked" in told):
            self.fields.append((told["name"], told.get("value", "")))
        elif tag == "select":
            self.select = told["name"]
        elif tag == "option" and "selected" in told:
            self.fields.append((self.select, told["value"]))
        elif tag == "textarea":
            self.area = told["name"]
            self.fields.append((self.area, ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[-1] = (self.area, self.fields[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            name, value = self.fields[-1]
            self.fields[-1] = (name, value.removeprefix("\n"))  # a line break right after the tag is none
            self.area = ""


def shown(kind: type, data: FormData, options: Options, language: str) -> FormData:
    """Show a form and give what the browser sends back."""
    asking = Asking(lambda owner, name: (name, owner), lambda value: value, options, data)
    macro = environment(language).get_template("macros/question.html").module.question  # type: ignore[attr-defined]
    html = "".join(macro(question, {}, "/", 300) for question in questions(kind, asking))
    return FormData(Sent(html).fields)


def options_for(value: Any, path: str = "") -> dict[str, list[Option]]:
    """Offer to choose what an example has chosen."""
    found: dict[str, list[Option]] = {}
    match value:
        case dict():
            for key, inner in value.items():
                found |= options_for(inner, f"{path}.{key}" if path else key)
        case [dict(), *_]:
            found |= options_for(value[0], path)
        case list():
            found[path] = [Option(str(one), "x") for one in value]
    return found


def without(value: Any, kind: type) -> Any:
    """Leave out of an example what is not asked for."""
    left = LEFT_OUT.get(kind, frozenset())
    told = {name: inner for name, inner in value.items() if name not in left | {"choice"}}
    if "indicators" in told:
        told["indicators"] = [{"counts_people": False, **without(one, Indicator)} for one in told["indicators"]]
    return told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("table", "move"), ROWS, ids=NAMES)
def test_a_form_sends_the_command_it_shows(table: Lifecycle[Any], move: Move[Any], language: str) -> None:
    wish = without(EXAMPLES[table.name(move)], move.body)
    options = options_for(wish) | {"scores": [Option("novelty", "Kebaruan")]}
    data = shown(move.body, FormData(typed(wish, language)), options, language)
    untouched = answers(move.body, shown(move.body, FormData([]), options, language), options, language)
    assert {**untouched, **answers(move.body, data, options, language)} == {**untouched, **wish}


def test_groups_lists_and_dictionaries_come_back_too() -> None:
    keys = {"people.sex": ("female", "male"), "people.age": ("0-17", "60+"), "people.disability": ("with", "without")}
    options = {path: [Option(key, key) for key in known] for path, known in keys.items()}
    counted = {
        "indicator": "antre",
        "value": 12.5,
        "people": {"sex": {"female": 7, "male": 0}, "age": {"60+": 5}, "disability": {"with": 1}},
        "introduces": {"name": "Lama antre", "unit": "menit", "baseline": 1, "target": 2, "counts_people": True},
        "legal_basis": [{"type": "perda", "number": "1"}, {"type": "perkada", "number": "2", "date": "2026-01-01"}],
    }
    sent = shown(c.RecordMeasurement, FormData(typed(counted, "id")), options, "id")
    assert answers(c.RecordMeasurement, sent, options, "id") == counted


def test_only_notes_that_were_answered_are_told() -> None:
    notes = [Option("n1", "Rinci biaya."), Option("n2", "Siapa yang dilayani?")]
    options = {"answers": notes, "inclusion": [Option("gender", "?"), Option("remote", "?")]}
    data = shown(c.ReviseProfile, FormData([("answers.1.text", "Lansia."), ("inclusion.remote", "Ya.")]), options, "id")
    told = answers(c.ReviseProfile, data, options, "id")
    assert told == {"answers": [{"note": "n2", "text": "Lansia."}], "inclusion": {"remote": "Ya."}}


ANY = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(lambda said: said.strip())


@given(said=st.lists(ANY, min_size=1, max_size=3), line=ANY)
def test_every_text_comes_back_letter_by_letter(said: list[str], line: str) -> None:
    wish = {"advice": "\n".join(said)}
    sent = shown(c.RecordReview, FormData(typed(wish, "id")), {}, "id")
    assert answers(c.RecordReview, sent, {}, "id") == wish
    titled = shown(c.RescindDecision, FormData(typed({"letter": line}, "id")), {}, "id")
    assert answers(c.RescindDecision, titled, {}, "id") == {"letter": line}


@given(number=st.integers(-(10**15), 10**15) | st.floats(-1e9, 1e9), language=st.sampled_from(LANGUAGES))
def test_a_number_is_read_as_it_is_written(number: float, language: str) -> None:
    said = written(number, language)
    assert figure(said, language) == (number if len(said) <= 25 else said)


@pytest.mark.parametrize(
    ("said", "language", "read"),
    [
        ("1.234,5", "id", 1234.5),
        ("1,234.5", "en", 1234.5),
        ("18.200.000", "id", 18_200_000),
        ("Rp18.200.000", "id", 18_200_000),
        ("12,5", "id", 12.5),
        ("12.5", "id", 12.5),
        ("1.234", "id", 1234),
        ("1.234", "en", 1.234),
        ("-3", "id", -3),
        ("dua puluh", "id", "dua puluh"),
        ("1e400", "id", "1e400"),
        ("9" * 30, "id", "9" * 30),
        ("1.2.3", "id", "1.2.3"),
        ("٣", "id", "٣"),
    ],
)
def test_figures_are_read_as_people_write_them(said: str, language: str, read: Any) -> None:
    assert figure(said, language) == read


def test_what_is_left_empty_is_not_told() -> None:
    data = FormData([("title", " "), ("problem", ""), ("cost", ""), ("legal_basis.0.number", ""), ("affairs", "")])
    assert answers(c.RegisterIdea, data, {}, "id") == {}


def test_rows_that_were_left_empty_close_up() -> None:
    rows = [("indicators.1.name", "Antre"), ("indicators.4.name", "Biaya"), ("indicators.2.name", "")]
    told = answers(c.StartPilot, FormData(rows), {}, "id")
    assert [row["name"] for row in told["indicators"]] == ["Antre", "Biaya"]


def test_what_the_server_knows_nobody_types() -> None:
    twice = [{"name": "Lama antre"}, {"name": "lama antre"}, {"name": "Lama antre"}]
    codes = [row["code"] for row in completed({"indicators": twice}, {})["indicators"]]
    assert codes == ["lama-antre", "lama-antre~2", "lama-antre~3"]
    known = {"antre": Indicator(code="antre", name="Lama antre", unit="menit", baseline=1, target=2)}
    assert completed({"indicator": "antre"}, known)["unit"] == "menit"


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("profile.title", "Antrean, duduk", "Antrean, duduk"),
        ("profile.kind", "Nondigital", "non_digital"),
        ("profile.affairs", "URS-01, URS-02", ["URS-01", "URS-02"]),
        ("profile.cost", "18.200.000", 18_200_000),
        ("actor", "x", "x"),
    ],
)
def test_a_correction_has_its_value_as_the_field_has_it(name: str, said: str, value: Any) -> None:
    told = corrected(an_idea().now, {"event": "1", "field": name, "value": said}, "id")
    assert told == {"event": 1, "field": name, "value": value}


def test_a_correction_of_nothing_stays_as_it_was_typed() -> None:
    for event in ("", "satu", "9" * 30):
        assert corrected(an_idea().now, {"event": event, "value": "x"}, "id")["event"] == event


def test_the_catalogue_says_what_a_text_may_hold() -> None:
    assert text("form.most", "id", most=40_000) == "Paling banyak 40.000 huruf."
