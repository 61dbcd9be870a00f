"""Ask what a real installation begins with: from the environment, and what is missing there at the terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import typer

from adapters.catalogue import both
from adapters.cli.secret import PASSWORD, USERNAME, ask, ask_password, password_length
from adapters.cli.voice import err
from adapters.installation import ZONES, Installation
from domain.errors import Blocker

PREFIX = "JEJAK_FOUND_"


LEVELS = ("provinsi", "kabupaten", "kota")
BLANK = Blocker("input.empty")


def _one_of(known: Iterable[str]) -> Blocker:
    return Blocker("input.unknown_choice", {"known": ", ".join(known)})


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to know: its field of Installation, how it is asked, what an answer looks like, and why not else."""

    field: str
    asked: str
    answer: str = r".*\S.*"
    why_not: Blocker = BLANK

    @property
    def variable(self) -> str:
        """The environment variable that answers it; with `_FILE` behind, a file that does."""
        return PREFIX + self.field.upper()

    def fits(self, given: str) -> bool:
        """Tell whether an answer is one."""
        return re.fullmatch(self.answer, given) is not None

    @property
    def reason(self) -> str:
        """Why an answer does not fit."""
        return both(self.why_not.code, **self.why_not.params)


QUESTIONS = (
    Question("level", "Tingkat daerah / level: provinsi, kabupaten, kota", "|".join(LEVELS), _one_of(LEVELS)),
    Question("region", "Nama daerah tanpa tingkatnya, misalnya Sumenep / region's name without its level"),
    Question(
        "code",
        "Singkatan untuk nomor perkara, misalnya SMN / short form in case numbers",
        "[A-Z]{2,6}",
        Blocker("region.code"),
    ),
    Question("zone", "Zona waktu / time zone: WIB, WITA, WIT", "|".join(ZONES), _one_of(ZONES)),
    Question("agency", "Perangkat daerah pertama, misalnya Sekretariat Daerah / first agency"),
    Question("name", "Nama lengkap administrator / administrator's full name"),
    Question("username", "Nama pengguna administrator / administrator's username", USERNAME, Blocker("account.name")),
    Question("password", "Kata sandi administrator / administrator's password", PASSWORD, password_length()),
)


def ask_installation() -> Installation:
    """Give what the environment and the person at the terminal say; without a terminal nothing may be missing."""
    told = [(question, _told(question)) for question in QUESTIONS]
    if not sys.stdin.isatty():
        _refuse_unless_complete(told)
    return Installation(**{question.field: _answer(question, given) for question, given in told})


def _told(question: Question) -> str | None:
    file = os.environ.get(f"{question.variable}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(question.variable)


def _refuse_unless_complete(told: list[tuple[Question, str | None]]) -> None:
    lines = [f"  {question.variable}  {question.asked}" for question, given in told if given is None]
    if lines:
        err.print("\n".join([both("found.missing"), *lines]))
    unfit = [question for question, given in told if given is not None and not question.fits(given)]
    for question in unfit:
        err.print(_refusal(question))
    if lines or unfit:
        raise typer.Exit(2)


def _answer(question: Question, given: str | None) -> str:
    refusal = _refusal(question)
    while given is None or not question.fits(given):
        if given is not None:
            err.print(refusal)
        refusal = question.reason
        given = ask_password(question.asked) if question.field == "password" else ask(question.asked).strip()
    return given


def _refusal(question: Question) -> str:
    return f"{both('found.unfit', variable=question.variable)}  {question.reason}"
