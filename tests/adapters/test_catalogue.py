"""No code without its sentence, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.catalogue import LANGUAGES, language_of, messages, text
from adapters.cli.mistakes import OF_FILES
from adapters.http import docs_page, openapi
from application.codec import BODIES
from domain.codes import EvaluationStatus, Place, ReplicationStatus
from domain.duties import Duty
from domain.people import Role

ROOT = Path(__file__).parents[2]
CODE = re.compile(
    r'\b(?:Blocker|invalid|Malformed|Problem|both|Embedded\w+Error)\(\s*(?:\d{3},\s*)?["\']([a-z_]+(?:\.[a-z_]+)?)["\']'
)


def codes() -> set[str]:
    sources = [p.read_text() for room in ("domain", "application", "adapters") for p in (ROOT / room).rglob("*.py")]
    said = {code for source in sources for code in CODE.findall(source)}
    moves = [table.name(move) for table in openapi.TABLES for move in table.moves]
    operations = [verb for path in openapi.document()["paths"].values() for verb in path.values()]
    shown = {*docs_page.SECTIONS, *(o["operationId"] for o in operations if o["summary"].startswith("api."))}
    said |= (
        {*OF_FILES.values(), "file.failed"}
        | {f"api.{name}" for name in shown}
        | {f"api.how.{rule}" for rule in docs_page.RULES}
    )
    return said | set(BODIES) | {f"command.{name}" for name in moves} | {f"duty.{d}" for d in Duty}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence(language: str) -> None:
    missing = sorted(code for code in codes() if not messages().get(code, {}).get(language))
    assert missing == []


def test_the_language_is_indonesian_unless_english_comes_first() -> None:
    assert [language_of(v) for v in (None, "", "id,en", "en-GB,id", "fr")] == ["id", "id", "id", "en", "id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_closed_lists_are_said_in_words(language: str) -> None:
    moves = [move for table in openapi.TABLES for move in table.moves]
    values = {who.name for move in moves for who in move.by} | set(Role) | set(Place)
    values |= {f"replication: {s}" for s in ReplicationStatus} | {f"evaluation: {s}" for s in EvaluationStatus}
    assert sorted(v for v in values if not messages().get(f"word.{v}", {}).get(language)) == []


def test_a_sentence_says_roles_and_places_in_its_own_language() -> None:
    assert (
        text("role.required", "id", roles="lead, coach") == "Hanya dapat dilakukan oleh: ketua tim inovasi, pendamping."
    )
    assert text("office.not_held", "en", office="agency_head:ka-dinkes").startswith(
        "The office head of the agency (ka-d"
    )


def test_a_missing_value_stays_readable() -> None:
    assert text("role.required", "en") == "Only for: roles."


@pytest.mark.parametrize(("language", "figure"), [("id", "100.000"), ("en", "100,000")])
def test_thousands_are_parted_as_each_language_does(language: str, figure: str) -> None:
    assert f" {figure} " in text("as_of.too_large", language, most=100_000)
    assert "2026" in text("query.number", language, name="version", least=1, most=2026)
