"""A large demonstration: thousands of lives of ideas at once, decided by the use cases, written in groups.

Everything that happens in one hour is decided first and then written in few calls, at that hour. States stay in memory
meanwhile, so nothing is read back. The same number of cases and the same seed give the same log.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from adapters.demo.governments import found_governments
from adapters.demo.lives import Life, at_work
from adapters.demo.story import Script
from adapters.postgres.recorder import LogRecorder
from adapters.wiring import Desk
from application.cases import Sender, begin, move_case
from application.house import House
from application.ledger import Ledger, LedgerLog, finish
from application.memory import Memory
from application.ports import StreamRange, Unit, Written, as_recorded
from application.streams import INNOVATION, load
from domain.innovation.lifecycle import BIRTH, INNOVATION_LIFECYCLE
from domain.record import Recorded

BEGINS = datetime(2023, 1, 9, 1, tzinfo=UTC)
ENDS = datetime(2025, 12, 19, 9, tzinfo=UTC)
UNITS_MAX = 500
Progress = Callable[[int, int], None]


class LogInUse(Exception):
    """The log holds something already: invented cases go into a new database only."""


def generate(desk: Desk, cases: int, seed: int, progress: Progress = lambda _done, _of: None) -> int:
    """Found the governments in an empty log, let `cases` ideas live, and give the last position; all of it or nothing.

    `progress` hears how many cases have begun, and of how many.
    """
    if finish(desk.log.head()) > 0:
        raise LogInUse
    script = Script(BEGINS, random.Random(seed))  # noqa: S311  chosen, not secret
    with desk.connection.transaction():
        desk.log.at(BEGINS)
        house = replace(desk.house, clock=lambda: script.moment, new_id=script.new_id)
        found_governments(replace(desk, house=house), on=BEGINS.date())
        _let_live(_in_memory(desk, house), script, cases, progress)
        desk.log.at(None)
    return finish(desk.log.head())


def _in_memory(desk: Desk, house: House) -> House:
    """Give the house as it is while generating: nothing is read twice, nothing forgotten before its time."""
    known = house.directory()
    memory = Memory(states_max=10**9)
    return replace(house, log=Buffer(desk.recorder), directory=lambda: known, memory=memory)


def _let_live(house: House, script: Script, cases: int, progress: Progress) -> None:
    """Take every step of every life in the order of time, hour by hour."""
    buffer, begun = house.log, 0
    assert isinstance(buffer, Buffer)
    agenda = [(turn.at, n, turn) for n, turn in enumerate(_turns(script.chance, cases))]
    heapq.heapify(agenda)
    while agenda and agenda[0][0] <= ENDS:
        script.moment, hour = agenda[0][0], []
        while agenda and agenda[0][0] == script.moment:
            hour.append(heapq.heappop(agenda))
        for _, _, turn in hour:
            begun += turn.case is None
            finish(turn.take(house))
        buffer.write(script.moment)
        for _, n, turn in hour:
            if finish(turn.goes_on(house)):
                heapq.heappush(agenda, (turn.at, n, turn))
        progress(begun, cases)


def _turns(chance: random.Random, cases: int) -> list[Turn]:
    """Spread the births of all cases over the years."""
    taken: set[str] = set()
    seconds = int((ENDS - BEGINS - timedelta(days=14)).total_seconds())
    begins = (at_work(BEGINS + timedelta(seconds=chance.randrange(seconds))) for _ in range(cases))
    return [Turn(Life(chance, moment, taken)) for moment in begins]


class Turn:
    """A life, the step it takes next, and the case it has become."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._steps = life.steps()
        self._step = next(self._steps)
        self.case: UUID | None = None

    @property
    def at(self) -> datetime:
        return self._step.at

    async def take(self, house: House) -> None:
        """Decide the step."""
        step, sender = self._step, Sender(self._step.by)
        if self.case is None:
            birth = BIRTH.by_code[step.code]
            done = await begin(house, birth, msgspec.convert(step.fields, birth.body), sender)
            self.case = done.written.ranges[0].stream
        else:
            move = INNOVATION_LIFECYCLE.by_code[step.code]
            await move_case(house, self.case, move, msgspec.convert(step.fields, move.body), sender)

    async def goes_on(self, house: House) -> bool:
        """Look at the case as it stands now and find the next step; False when there is none."""
        assert self.case is not None
        state = await load(house, INNOVATION, self.case)
        assert state is not None
        self._life.case = state
        step = next(self._steps, None)
        if step is None:
            house.memory.forget(INNOVATION.evolve, self.case)
            return False
        self._step = step
        return True


class Buffer(LedgerLog):
    """The log, written behind: units wait until the hour is written, and their events are read from memory."""

    def __init__(self, recorder: LogRecorder) -> None:
        super().__init__(Ledger(recorder))
        self._recorder = recorder
        self._waiting: list[Unit] = []
        self._written: dict[UUID, tuple[Recorded, ...]] = {}
        self._head = recorder.max_notification_id() or 0

    async def load(self, stream: UUID, *, after: int = 0, up_to: int | None = None) -> Sequence[Recorded]:
        """Give what was written of a stream in the last hour, or all of it to whom it is new."""
        if after:
            return [recorded for recorded in self._written.get(stream, ()) if recorded.version > after]
        return self._written.get(stream) or await super().load(stream, up_to=up_to)

    async def append(self, unit: Unit) -> Written:
        """Let a unit wait; the case number is not known before it is written."""
        self._waiting.append(unit)
        first, self._head = self._head + 1, self._head + len(unit.events)
        versions = [event.originator_version for event in unit.events]
        return Written(
            command_id=unit.command_id,
            first_position=first,
            last_position=self._head,
            recorded_at=datetime.min.replace(tzinfo=UTC),
            case_number=None,
            ranges=(StreamRange(unit.events[0].originator_id, versions[0], versions[-1]),),
        )

    def write(self, moment: datetime) -> None:
        """Write everything that waits, at a moment. What was written before is in the states by now."""
        self._recorder.scripted_at = moment
        self._written.clear()
        for first in range(0, len(self._waiting), UNITS_MAX):
            units = self._waiting[first : first + UNITS_MAX]
            for unit, written in zip(units, self._recorder.append_all(units), strict=True):
                self._written[unit.events[0].originator_id] = as_recorded(unit.events, written)
        self._waiting.clear()
