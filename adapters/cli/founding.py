"""Ask what a real installation begins with: from the environment, and what is missing there at the terminal."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from adapters.cli.secret import AGAIN, PASSWORD_LETTERS_MIN, USERNAME
from adapters.cli.voice import err
from adapters.installation import ZONES, Installation

PREFIX = "JEJAK_FOUND_"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to know: its field of Installation, how it is asked, what an answer looks like."""

    field: str
    asked: str
    answer: str = r".*\S.*"

    @property
    def variable(self) -> str:
        """The environment variable that answers it; with `_FILE` behind, a file that does."""
        return PREFIX + self.field.upper()


QUESTIONS = (
    Question("level", "Tingkat daerah / level (provinsi, kabupaten, kota)", "provinsi|kabupaten|kota"),
    Question("region", "Nama daerah / region's name (Sumenep)"),
    Question("code", "Singkatan untuk nomor perkara / short form in case numbers (SMN)", "[A-Z]{2,6}"),
    Question("zone", "Zona waktu / time zone (WIB, WITA, WIT)", "|".join(ZONES)),
    Question("agency", "Perangkat daerah pertama / first agency (Sekretariat Daerah)"),
    Question("name", "Nama lengkap administrator / administrator's full name"),
    Question("username", "Nama pengguna administrator / administrator's username", USERNAME),
    Question(
        "password",
        f"Kata sandi administrator / administrator's password (≥ {PASSWORD_LETTERS_MIN})",
        f".{{{PASSWORD_LETTERS_MIN},1000}}",
    ),
)


def ask_installation() -> Installation:
    """Give what the environment and the person at the terminal say; without a terminal nothing may be missing."""
    told = {question.field: _told(question) for question in QUESTIONS}
    if not sys.stdin.isatty():
        _refuse_unless_complete(told)
    return Installation(**{question.field: _answer(question, told[question.field]) for question in QUESTIONS})


def _told(question: Question) -> str | None:
    file = os.environ.get(f"{question.variable}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(question.variable)


def _refuse_unless_complete(told: dict[str, str | None]) -> None:
    unfit = [question for question in QUESTIONS if not _fits(question, told[question.field])]
    if unfit:
        lines = "\n".join(f"  {question.variable}  {question.asked}" for question in unfit)
        err.print(
            "Basis data masih kosong dan tidak ada terminal untuk bertanya. Isi variabel lingkungan ini:\n"
            "The database is empty and there is no terminal to ask at. Set these environment variables:\n"
            f"{lines}"
        )
        raise typer.Exit(2)


def _answer(question: Question, given: str | None) -> str:
    hidden = question.field == "password"
    while not _fits(question, given):
        again = AGAIN if hidden else False
        given = str(typer.prompt(question.asked, hide_input=hidden, confirmation_prompt=again)).strip()
    assert given is not None
    return given


def _fits(question: Question, given: str | None) -> bool:
    return given is not None and re.fullmatch(question.answer, given) is not None
