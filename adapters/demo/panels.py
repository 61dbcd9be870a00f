"""Who judges in a large demonstration: as many evaluators as its cases need, none on more panels than she may."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from adapters.demo.cast import Evaluator, casts, evaluators
from adapters.demo.governments import person_id
from adapters.demo.telling import words
from adapters.postgres import directory
from adapters.wiring import Desk
from application.founding import found
from application.ledger import finish
from domain.office.events import RoleGranted
from domain.people import Role

CASES_PER_EVALUATOR = 40
EVALUATORS_MIN = 6
DRAWS_MAX = 40


def found_evaluators(desk: Desk, cases: int, *, on: date) -> tuple[Evaluator, ...]:
    """Enter evaluators of no agency that has ideas, enough for so many cases; give them and those of the plan."""
    first, last = words()["nama_orang_depan"], words()["nama_orang_belakang"]
    entered = []
    with desk.connection.transaction():
        for n in range(EVALUATORS_MIN + cases // CASES_PER_EVALUATOR):
            region = casts()[n % len(casts())].region
            person, agency = person_id(f"penilai-{n}"), f"{region.lower()}-setda"
            name = f"{first[n % len(first)]} {last[n // len(first) % len(last)]}"
            directory.enter_person(desk.connection, person, name)
            granted = RoleGranted(role=Role.EVALUATOR, agency=agency, region=region)
            finish(found(desk.house, person, region, [granted], on=on))
            entered.append(Evaluator(person, frozenset({agency})))
    return (*evaluators(), *entered)


class Panels:
    """The seats taken by every evaluator. A seat is taken before it is written, and given back after that."""

    def __init__(self, those: Sequence[Evaluator], load_max: int) -> None:
        self._those = those
        self._load_max = load_max
        self._load = Counter[UUID]()

    def take(self, chance: random.Random, size: int, fits: Callable[[Evaluator], bool]) -> tuple[UUID, ...]:
        """Take a seat for each of `size` persons with room who fit; none at all when there are fewer."""
        found: dict[UUID, None] = {}
        for _ in range(DRAWS_MAX):
            drawn = chance.choice(self._those)
            if self._load[drawn.person] < self._load_max and fits(drawn):
                found[drawn.person] = None
            if len(found) == size:
                self._load.update(found.keys())
                return tuple(found)
        return ()

    def give_back(self, *people: UUID) -> None:
        """Give seats back, as soon as that is in the log."""
        self._load.subtract(people)
