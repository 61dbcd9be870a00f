"""What two streams must know is written to both or to none, also when the store fails at any of its calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest

from application.cases import Answer, Sender, make_move
from application.house import House
from application.ledger import finish
from application.memory import Memory
from application.ports import EventLog, LogUnavailable, OutcomeUnknown, Unit, Written
from domain.codes import Initiator, Place
from domain.errors import Refused
from domain.innovation.commands import RegisterIdea
from domain.record import Recorded
from tests.adapters.test_histories import _begun, a_house, about, make_the_move, now
from tests.databases import Databases
from tests.histories import BY_NAME, USUAL_WAY
from tests.scenarios import ANI, SEKDA

BOTH = (
    "request_replication",
    "replication.confirm_by_origin",
    "open_evaluation",
    "evaluation.assign_evaluator",
    "evaluation.consolidate",
    "evaluation.conclude",
)
CALLS_MAX = 40


class Failing:
    """The log, with one call that fails: it never arrives, or its answer is lost."""

    def __init__(self, log: EventLog, call: int, *, arrives: bool) -> None:
        self._log = log
        self._call = call
        self._arrives = arrives
        self.calls = 0

    async def load(self, stream: UUID, *, after: int = 0, up_to: int | None = None) -> Sequence[Recorded]:
        self._fail(LogUnavailable())
        return await self._log.load(stream, after=after, up_to=up_to)

    async def append(self, unit: Unit) -> Written:
        fails = self.calls + 1 == self._call
        if fails and self._arrives:
            await self._log.append(unit)
        self._fail(OutcomeUnknown())
        return await self._log.append(unit)

    def _fail(self, error: Exception) -> None:
        self.calls += 1
        if self.calls == self._call:
            raise error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def a_case_before(house: House, row: str) -> tuple[UUID, UUID, dict[str, Any]]:
    """Bring a case along the usual way up to before a row; give who makes it, and with what."""
    idea = RegisterIdea(title="Ide", problem="Lama.", initiator=Initiator.CIVIL_SERVANT, affairs=("URS-02",))
    case = _begun(house, "register_idea", idea, ANI)
    for step, by, body in USUAL_WAY:
        if step == row:
            return case, by, body
        make_the_move(house, case, step, by, body)
    raise AssertionError(row)


def tried(house: House, case: UUID, row: str, by: UUID, body: dict[str, Any]) -> Answer:
    kind, stream = about(now(house, case), row)
    move = BY_NAME[row]
    sender = Sender(by, key="sekali", request_hash=b"1")
    return finish(make_move(house, kind, stream, move, msgspec.convert(body, move.body), sender))


@pytest.mark.parametrize("arrives", [False, True], ids=["never arrives", "answer lost"])
@pytest.mark.parametrize("row", BOTH)
def test_a_failure_at_any_call_leaves_both_streams_or_none(databases: Databases, row: str, arrives: bool) -> None:
    with databases.fresh() as url, a_house(url) as house:
        case, by, body = a_case_before(house, row)
        head = finish(house.log.head())
        for call in range(1, CALLS_MAX):
            failing = Failing(house.log, call, arrives=arrives)
            broken = replace(house, log=failing, memory=Memory())
            try:
                tried(broken, case, row, by, body)
            except (LogUnavailable, OutcomeUnknown):
                assert failing.calls == call
            else:
                break
            written = finish(house.log.page(after=head, limit=10))
            assert not written or len({recorded.stream for recorded in written}) == 2
        else:
            raise AssertionError("never came through")
        done = finish(house.log.page(after=head, limit=10))
        again = tried(replace(house, memory=Memory()), case, row, by, body)
        assert again.replayed
        assert [event.position for event in again.events] == [recorded.position for recorded in done]
        assert finish(house.log.page(after=head, limit=10)) == done


def test_what_happens_to_the_case_between_two_looks_is_not_overwritten(
    databases: Databases,
) -> None:
    with databases.fresh() as url, a_house(url) as house:
        case, by, body = a_case_before(house, "evaluation.conclude")
        stopping = Stopping(house, case)
        with pytest.raises(Refused):
            tried(replace(house, log=stopping, memory=Memory()), case, "evaluation.conclude", by, body)
        assert now(house, case).place is Place.CLOSED_STOPPED
        assert stopping.stopped


class Stopping:
    """The log, in which the case is stopped right after somebody has read it."""

    def __init__(self, house: House, case: UUID) -> None:
        self._house, self._case = house, case
        self.stopped = False

    async def load(self, stream: UUID, *, after: int = 0, up_to: int | None = None) -> Sequence[Recorded]:
        found = await self._house.log.load(stream, after=after, up_to=up_to)
        if stream == self._case and not self.stopped:
            self.stopped = True
            lesson = {"reason": "x", "reason_code": "no_budget", "lesson": "y"}
            make_the_move(self._house, self._case, "stop", SEKDA, lesson)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._house.log, name)
