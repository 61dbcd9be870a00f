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
FIRST_DAY = date(1945, 8, 17)
"""What rests on a government of Indonesia, a regulation too, is no older than the Republic."""
DAYS_AHEAD_MAX = 7_305
"""Twenty years: nothing a region plans reaches further than its long-term plan (RPJPD, UU 25/2004)."""


def check_common(case: Innovation | None, command: Command, now: Circumstances) -> None:
    """Check what every command may carry: its dates, the evidence it cites, and that it names no citizen."""
    problems = [*_future(command, now), *_unknown_evidence(case, command), *_unfit(command, now)]
    if problems:
        raise InvalidInput(*problems)


def _future(command: Command, now: Circumstances) -> Iterator[Blocker]:
    if command.occurred_on is not None and command.occurred_on > now.today:
        yield Blocker("input.future_date", {}, "/occurred_on")


def _unknown_evidence(case: Innovation | None, command: Command) -> Iterator[Blocker]:
    for index, item in enumerate(command.evidence):
        if case is None or not stands(case.evidence.get(item)):
            yield Blocker("evidence.unknown", {}, f"/evidence/{index}")


def _unfit(command: Command, now: Circumstances) -> Iterator[Blocker]:
    for pointer, value in leaves(msgspec.to_builtins(command, builtin_types=(UUID, date))):
        if isinstance(value, str) and pointer not in FINGERPRINTS and names_a_citizen(value):
            yield Blocker("input.personal_number", {}, pointer)
        if isinstance(value, date) and (far := too_far(value, now, pointer)):
            yield far


def too_far(day: date, now: Circumstances, pointer: str) -> Blocker | None:
    """Say that a day lies before the Republic or beyond every plan; None when it does not."""
    last = now.today + timedelta(days=DAYS_AHEAD_MAX)
    if FIRST_DAY <= day <= last:
        return None
    return Blocker("input.far_date", {"first": FIRST_DAY.isoformat(), "last": last.isoformat()}, pointer)


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Give everything a body says, each with its JSON pointer."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from leaves(inner, f"{pointer}/{index}")
        case _:
            yield pointer, value
