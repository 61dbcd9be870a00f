"""A large demonstration: thousands of lives of innovations at once, decided by the use cases, written in groups.

Everything that happens in one hour is decided first and then written in few calls, at that hour. States stay in memory
meanwhile, so nothing is read back. The same number of cases and the same seed give the same log.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from adapters.demo.case_teller import World
from adapters.demo.copies import Copy
from adapters.demo.governments import found_governments
from adapters.demo.lives import Life
from adapters.demo.panels import Panels, found_evaluators
from adapters.demo.past_cases import enter_regions
from adapters.demo.story import Script
from adapters.demo.telling import Pause, Step, at_work
from adapters.postgres.recorder import LogRecorder
from adapters.wiring import Desk
from application.cases import Answer, Sender, begin, make_move
from application.house import House
from application.ledger import Ledger, LedgerLog, finish
from application.memory import Memory
from application.ports import NOT_YET_RECORDED, StreamRange, Unit, Written
from application.streams import INNOVATION, Stream, kind_of, remembered
from domain.errors import Blocker, Refused
from domain.innovation.lifecycle import BIRTH
from domain.record import Recorded

BEGINS = datetime(2023, 1, 9, 1, tzinfo=UTC)
ENDS = datetime(2025, 12, 19, 9, tzinfo=UTC)
Progress = Callable[[int, int], None]


def generate(desk: Desk, cases: int, seed: int, progress: Progress = lambda _done, _of: None) -> int:
    """Found the governments in an empty log, let `cases` ideas live, and give the last position; all of it or nothing.

    `progress` hears how many cases have begun, and of how many.
    """
    if finish(desk.log.head()) > 0:
        raise Refused(Blocker("log.in_use"))
    script = Script(BEGINS, random.Random(seed))  # noqa: S311  chosen, not secret
    with desk.connection.transaction():
        desk.log.at(BEGINS)
        house = replace(desk.house, clock=lambda: script.moment, new_id=script.new_id)
        founding = replace(desk, house=house)
        found_governments(founding, on=BEGINS.date())
        enter_regions(desk)
        those = found_evaluators(founding, cases, on=BEGINS.date())
        terms = house.rulebook_on(BEGINS.date()).panel
        world = World(Panels(those, terms.load_max))
        births = _births(script.chance, cases)
        chronicle = Chronicle(_in_memory(desk, house), script, births, lambda at: Life(script.chance, at, world, terms))
        chronicle.run(progress)
        desk.log.at(None)
    return finish(desk.log.head())


def _in_memory(desk: Desk, house: House) -> House:
    """Give the house as it is while generating: nothing is read twice, nothing forgotten before its time."""
    known = house.directory()
    memory = Memory(states_max=10**9)
    return replace(house, log=Buffer(desk.recorder), directory=lambda: known, memory=memory)


def _births(chance: random.Random, cases: int) -> list[datetime]:
    """Spread the births of all cases over the years."""
    seconds = int((ENDS - BEGINS - timedelta(days=14)).total_seconds())
    return sorted(at_work(BEGINS + timedelta(seconds=chance.randrange(seconds))) for _ in range(cases))


class Chronicle:
    """All lives at once, hour by hour. A case is kept in memory as long as one of them looks at it."""

    def __init__(
        self, house: House, script: Script, births: Sequence[datetime], born: Callable[[datetime], Life]
    ) -> None:
        self._house, self._script = house, script
        self._births, self._born = deque(births), born
        self._agenda: list[tuple[datetime, int, Turn]] = []
        self._turns = 0
        self._watched = Counter[UUID]()

    def run(self, progress: Progress) -> None:
        """Take every step of every life in the order of time."""
        buffer, cases = self._house.log, len(self._births)
        assert isinstance(buffer, Buffer)
        while (hour := self._next_hour()) is not None and hour <= ENDS:
            self._script.moment, turns = hour, []
            while self._births and self._births[0] == hour:
                self._enter(self._born(self._births.popleft()))
            while self._agenda and self._agenda[0][0] == hour:
                turns.append(heapq.heappop(self._agenda))
            for _, _, turn in turns:
                finish(turn.take(self._house))
            buffer.write(hour)
            for _, n, turn in turns:
                self._go_on(turn, n)
            progress(cases - len(self._births), cases)

    def _next_hour(self) -> datetime | None:
        ahead = [self._births[0]] if self._births else []
        return min([*ahead, *(at for at, _, _ in self._agenda[:1])], default=None)

    def _enter(self, life: Life | Copy) -> None:
        turn = Turn(life)
        if turn.at is None:
            return
        self._turns += 1
        heapq.heappush(self._agenda, (turn.at, self._turns, turn))
        if isinstance(life, Copy):
            self._watched[life.case.id] += 1

    def _go_on(self, turn: Turn, n: int) -> None:
        """Find the next step of a life and let those begin that it gave rise to; forget what nobody looks at."""
        finish(turn.go_on(self._house))
        assert turn.case is not None
        if turn.case not in self._watched:  # it was born this hour
            self._watched[turn.case] = 1
        while turn.life.begun:
            self._enter(turn.life.begun.pop(0))
        if turn.at is not None:
            heapq.heappush(self._agenda, (turn.at, n, turn))
            return
        turn.forget(self._house)
        self._watched[turn.case] -= 1
        if not self._watched[turn.case]:
            del self._watched[turn.case]
            self._house.memory.forget(INNOVATION.evolve, turn.case)


class Turn:
    """A life, the step it takes next, and the case it is about."""

    def __init__(self, life: Life | Copy) -> None:
        self.life = life
        self.case: UUID | None = life.case.id if isinstance(life, Copy) else None
        self._own: dict[UUID, Stream[Any]] = {}  # its evaluations, or the replication it is
        self._steps = life.steps()
        self._step: Step | Pause | None = next(self._steps, None)

    @property
    def at(self) -> datetime | None:
        """When the next step is due, None when the life is told."""
        return self._step.at if self._step else None

    async def take(self, house: House) -> None:
        """Decide the step."""
        if not isinstance(self._step, Step):
            return
        done = await self._decided(house, self._step)
        self.life.there = done.state
        self.case = self.case or done.written.ranges[0].stream
        for event in done.events:
            if (kind := kind_of(event.body)) is self.life.tells:
                self._own[event.stream] = kind

    async def _decided(self, house: House, step: Step) -> Answer:
        sender = Sender(step.by)
        if self.case is None:
            birth = BIRTH.by_code[step.code]
            return await begin(house, birth, msgspec.convert(step.fields, birth.body), sender)
        kind, stream = step.on or (INNOVATION, self.case)
        move = kind.lifecycle.by_code[step.code]
        return await make_move(house, kind, stream, move, msgspec.convert(step.fields, move.body), sender)

    async def go_on(self, house: House) -> None:
        """Look at the case as it stands now and find the next step."""
        assert self.case is not None
        state = await remembered(house, INNOVATION, self.case)
        assert state is not None
        self.life.case = state
        self._step = next(self._steps, None)
        self.forget(house, keep=1)

    def forget(self, house: House, *, keep: int = 0) -> None:
        """Forget the streams only this life looks at, but for the newest ones."""
        while len(self._own) > keep:
            stream = next(iter(self._own))
            house.memory.forget(self._own.pop(stream).evolve, stream)


class Buffer(LedgerLog):
    """The log, written behind: units wait until the hour is written, and the states they lead to are remembered."""

    def __init__(self, recorder: LogRecorder) -> None:
        super().__init__(Ledger(recorder))
        self._recorder = recorder
        self._waiting: list[Unit] = []

    async def load(self, stream: UUID, *, after: int = 0, up_to: int | None = None) -> Sequence[Recorded]:
        """Give what the log holds of a stream nothing is remembered of; what is remembered is never behind."""
        return () if after else await super().load(stream, up_to=up_to)

    async def append(self, unit: Unit) -> Written:
        """Let a unit wait; positions and the case number are not known before it is written."""
        self._waiting.append(unit)
        streams: dict[UUID, list[int]] = {}
        for event in unit.events:
            streams.setdefault(event.originator_id, []).append(event.originator_version)
        return Written(
            command_id=unit.command_id,
            first_position=0,
            last_position=0,
            recorded_at=NOT_YET_RECORDED,
            case_number=None,
            ranges=tuple(StreamRange(stream, versions[0], versions[-1]) for stream, versions in streams.items()),
        )

    def write(self, moment: datetime) -> None:
        """Write everything that waits, at a moment, in groups whose units do not meet."""
        self._recorder.scripted_at = moment
        self._recorder.append_in_groups(self._waiting)
        self._waiting.clear()
