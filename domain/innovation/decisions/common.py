"""What every command must hold, of whatever stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from domain.command import Command
from domain.errors import Blocker, InvalidInput
from domain.innovation.decisions.file import stands
from domain.innovation.state import Innovation
from domain.lifecycle import Circumstances
from domain.text import names_a_citizen

FINGERPRINTS = frozenset({"/digest", "/source_evidence"})
"""Hexadecimal, so they may hold sixteen digits in a row; as ids may, and name nobody."""
PAST = frozenset({"occurred_on", "date", "issued_on", "reached_on"})
"""Fields whose day has come: something happened, was signed, issued or reached on it."""
FIRST_DAY = date(1945, 8, 17)
"""What rests on a government of Indonesia, a regulation too, is no older than the Republic."""
DAYS_AHEAD_MAX = 7_305
"""Twenty years: nothing a region plans reaches further than its long-term plan (RPJPD, UU 25/2004)."""


def check_common(case: Innovation | None, command: Command, now: Circumstances) -> None:
    """Check what every command may carry: its dates, the evidence it cites, its lists, and that it names no citizen."""
    problems = [*_unknown_evidence(case, command), *_unfit(command, now)]
    if problems:
        raise InvalidInput(*problems)


def _unknown_evidence(case: Innovation | None, command: Command) -> Iterator[Blocker]:
    for index, item in enumerate(command.evidence):
        if case is None or not stands(case.evidence.get(item)):
            yield Blocker("evidence.unknown", {}, f"/evidence/{index}")


def _unfit(command: Command, now: Circumstances) -> Iterator[Blocker]:
    body = msgspec.to_builtins(command, builtin_types=(UUID, date))
    for pointer in doubles(body):
        yield Blocker("input.twice", {}, pointer)
    for pointer, value in leaves(body):
        if isinstance(value, str) and pointer not in FINGERPRINTS and names_a_citizen(value):
            yield Blocker("input.personal_number", {}, pointer)
        if isinstance(value, date) and (unfit := unfit_day(value, now, pointer)):
            yield unfit


def unfit_day(day: date, now: Circumstances, pointer: str, field: str | None = None) -> Blocker | None:
    """Say that a day lies before the Republic, beyond every plan, or ahead though its field tells of the past."""
    last = now.today + timedelta(days=DAYS_AHEAD_MAX)
    if not FIRST_DAY <= day <= last:
        return Blocker("input.far_date", {"first": FIRST_DAY.isoformat(), "last": last.isoformat()}, pointer)
    if day > now.today and (field or pointer.rpartition("/")[2]) in PAST:
        return Blocker("input.future_date", {}, pointer)
    return None


def doubles(value: Any, pointer: str = "") -> Iterator[str]:
    """Give the pointer of everything a list says a second time."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from doubles(inner, f"{pointer}/{escaped(key)}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            if inner in value[:index]:
                yield f"{pointer}/{index}"
            yield from doubles(inner, f"{pointer}/{index}")


def escaped(key: str) -> str:
    """Give a key as a JSON pointer has it (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Give everything a body says, each with its JSON pointer."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, f"{pointer}/{escaped(key)}")
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from leaves(inner, f"{pointer}/{index}")
        case _:
            yield pointer, value
