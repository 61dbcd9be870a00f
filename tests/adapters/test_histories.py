"""Random histories in the real log: views kept up page by page equal a rebuild and the plain fold, byte by byte."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import reduce
from typing import Any
from uuid import UUID, uuid5

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.postgres import view_tables
from adapters.postgres.connect import connect
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import ensure_built, rebuild
from adapters.postgres.recorder import LogRecorder
from adapters.postgres.view_tables import Connection
from adapters.postgres.view_writer import PROJECTOR_ROLE
from application.cases import Sender, begin, examine, make_move
from application.founding import found
from application.house import House
from application.ledger import Ledger, LedgerLog, finish
from application.ports import Directory
from application.streams import EVALUATION, INNOVATION, REPLICATION, Stream, load
from application.views import all_views, fold
from domain.codes import Initiator, Place
from domain.command import Command
from domain.errors import DomainError
from domain.innovation.commands import ImportHistorical, RegisterIdea
from domain.innovation.lifecycle import BIRTH
from domain.innovation.state import Innovation
from domain.office.events import DelegationGranted, DelegationKind, OfficeHeld, RoleGranted
from domain.people import OFFICES, Capacity
from domain.record import Body
from tests.databases import Databases
from tests.histories import AHEAD, BEFORE, BY_NAME, FAR, STEP, USUAL_WAY, body_for, chosen, there_is
from tests.scenarios import AGENCIES, ANI, CAPACITIES, KOORDINATOR, PEOPLE, REGIONS, RULES, TODAY

HISTORIES = 40
STEPS = 30
CASES = 3
VIEWS = all_views(RULES)
LIVED = sorted(place for place in Place if place.stage in {"idea", "pilot"})
PACE = st.tuples(st.integers(0, CASES - 1), st.booleans())
"""Which case the next step is about, and whether the projector looks at the log after it."""


def of_capacity(capacity: Capacity) -> Body:
    """Give the fact from which a capacity of the scenarios follows."""
    seat: dict[str, Any] = {"role": capacity.role, "agency": capacity.agency, "region": capacity.region}
    if capacity.letter is not None:
        return DelegationGranted(
            office=capacity.office,
            kind=DelegationKind.PLH,
            letter=capacity.letter,
            starts_on=BEFORE,
            ends_on=AHEAD,
            **seat,
        )
    if capacity.role in OFFICES:
        return OfficeHeld(office=capacity.office, letter="SK 1", **seat)
    return RoleGranted(**seat)


@contextmanager
def a_house(url: str) -> Iterator[House]:
    """Give the use cases on a database where the people of the scenarios hold what they hold there."""
    numbers = itertools.count()
    with connect(url) as connection:
        house = House(
            log=LedgerLog(Ledger(LogRecorder(connection))),
            directory=lambda: Directory.of(REGIONS.values(), AGENCIES.values(), TODAY),
            rulebooks=(RULES,),
            clock=lambda: datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC),
            new_id=lambda: uuid5(PEOPLE, f"new {next(numbers)}"),
            size_held=lambda _digest, _case: 1,
        )
        for person, capacities in CAPACITIES.items():
            finish(found(house, person, "KA", map(of_capacity, capacities), on=BEFORE))
        yield house


def begun(house: House, far: tuple[int, ...], imported_at: Place) -> list[UUID]:
    """Begin the cases of a history: ideas that have come so far, and one that lived before."""
    cases = []
    for n, steps in enumerate(far):
        idea = RegisterIdea(title=f"Ide {n}", problem="Lama.", initiator=Initiator.CIVIL_SERVANT, affairs=("URS-02",))
        cases.append(_begun(house, "register_idea", idea, ANI))
        for row, by, body in USUAL_WAY[:steps]:
            make_the_move(house, cases[-1], row, by, body)
    lived = ImportHistorical(title="Lama", place=imported_at, source="Laporan 2023", agency="ka-dinkes", lead=ANI)
    return [*cases, _begun(house, "import_historical", lived, KOORDINATOR)]


def _begun(house: House, row: str, command: Command, by: UUID) -> UUID:
    return finish(begin(house, BIRTH.by_code[row], command, Sender(by))).written.ranges[0].stream


def now(house: House, case_id: UUID) -> Innovation:
    events = finish(house.log.load(case_id))
    return reduce(INNOVATION.evolve, events[1:], INNOVATION.evolve(None, events[0]))


def make_a_move(house: House, case_id: UUID, step: tuple[bool, int, UUID, UUID]) -> None:
    """Send the command a step stands for; a refusal leaves no trace."""
    likely, number, by, named = step
    case, head = now(house, case_id), finish(house.log.head())
    row = chosen(allowed_rows(house, case, by) if likely else (), number)
    if there_is(row, case):
        try:
            make_the_move(house, case_id, row, by, body_for(row, named, case))
        except DomainError:
            assert finish(house.log.head()) == head


def allowed_rows(house: House, case: Innovation, by: UUID) -> list[str]:
    """Give every row somebody may make now on the case, its newest replication and its evaluation."""
    rows = []
    for table in ("", "replication.", "evaluation."):
        if there_is(table, case):
            kind, stream = about(case, table)
            verdicts = finish(examine(house, kind, finish(load(house, kind, stream)), by, None))
            rows += [kind.lifecycle.name(move) for move, verdict in verdicts if verdict.allowed]
    return sorted(rows)


def about(case: Innovation, row: str) -> tuple[Stream[Any], UUID]:
    """Give the stream a row is about: the case, its newest replication, or its evaluation."""
    if row.startswith("replication."):
        return REPLICATION, case.replications[-1]
    if row.startswith("evaluation."):
        assert case.evaluation is not None
        return EVALUATION, case.evaluation.id
    return INNOVATION, case.id


def make_the_move(house: House, case_id: UUID, row: str, by: UUID, body: dict[str, Any]) -> None:
    kind, stream = about(now(house, case_id), row)
    command = msgspec.convert(body, BY_NAME[row].body)
    finish(make_move(house, kind, stream, BY_NAME[row], command, Sender(by)))


def dumps(connection: Connection) -> dict[str, bytes]:
    return {view.name: b"".join(view_tables.dump(connection, view, view.table)) for view in VIEWS}


@settings(max_examples=HISTORIES, deadline=None)
@given(
    st.integers(1, 7),
    st.tuples(FAR, FAR),
    st.sampled_from(LIVED),
    st.lists(st.tuples(STEP, PACE), min_size=STEPS // 2, max_size=STEPS),
)
def test_views_kept_up_step_by_step_equal_a_rebuild_and_the_fold(
    databases: Databases,
    page_size: int,
    far: tuple[int, ...],
    imported_at: Place,
    steps: list[tuple[tuple[bool, int, UUID, UUID], tuple[int, bool]]],
) -> None:
    with databases.fresh() as url, a_house(url) as house, connect(url, PROJECTOR_ROLE) as connection:
        ensure_built(url, VIEWS)
        projector = Projector(url, VIEWS, page_size=page_size)
        cases = begun(house, far, imported_at)
        for step, (which, looks) in steps:
            make_a_move(house, cases[which], step)
            if looks:
                projector.step(connection)
        while projector.step(connection):
            pass
        live = dumps(connection)
        head = finish(house.log.head())
        assert [(view.equal, view.position) for view in rebuild(url, VIEWS)] == [(True, head)] * len(VIEWS)
        assert dumps(connection) == live
        _check_fold(house, connection, head)


def _check_fold(house: House, connection: Connection, head: int) -> None:
    events = finish(house.log.page(after=0, limit=head))
    for view in VIEWS:
        rows: dict[Any, Any] = fold(view, events)
        count = connection.execute(f"SELECT count(*) FROM view.{view.table}".encode()).fetchone()
        found = view_tables.by_key(view, view_tables.select(connection, view, view.table, rows)) if rows else {}
        assert found == rows
        assert count == (len(rows),)
    assert connection.execute("SELECT FROM view.parked").fetchone() is None
