"""How an innovation may live: every branch of the tables, taken as chance has it, by people who may take it."""

from __future__ import annotations

import random
from datetime import datetime

from adapters.demo.case_teller import World
from adapters.demo.ideas import Ideas
from adapters.demo.pilots import Pilots
from adapters.demo.telling import Steps
from adapters.demo.uses import Uses
from application.streams import EVALUATION
from domain.codes import Place
from domain.rulebook.model import Panel

FORGOTTEN, STOPPED = 0.04, 0.03


class Life(Ideas, Pilots, Uses):
    """One innovation, from the idea to wherever it gets."""

    tells = EVALUATION
    _forgotten = False

    def __init__(self, chance: random.Random, begins: datetime, world: World, terms: Panel) -> None:
        """Be born at a moment; `terms` say how panels are staffed."""
        super().__init__(chance, begins, world)
        self.terms = terms

    def steps(self) -> Steps:
        """Tell the whole life; it may stop anywhere, as real ones do."""
        yield from self.registered()
        for part in (self.prepared, self.written, self.endorsed, self.decided):
            yield from part()
            yield from self._between()
            if self._over:
                return
        ways = {
            Place.PILOT_APPROVED: self.started,
            Place.PILOT_RUNNING: self.tried,
            Place.PILOT_CONCLUDED: self.rolled_out,
            Place.REPLICATION_OPEN: self.used,
            Place.EVALUATION_CONCLUDED: self.outcome,
            Place.CLOSED_INSTITUTIONALISED: self.kept,
        }
        while not self._over:
            yield from ways[self.case.place]()
            yield from self._between()

    def _between(self) -> Steps:
        """Between two parts a case may be forgotten in a drawer, stopped, or have other things happen to it."""
        self._forgotten = self.happens(FORGOTTEN)
        if self._over:
            return
        yield from self.aside()
        if self.case.is_open and self.happens(STOPPED):
            yield from self.stopped()

    @property
    def _over(self) -> bool:
        return self._forgotten or not self.case.is_open
