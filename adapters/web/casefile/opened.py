"""A case opened for reading: its events up to where the visitor looks from, and the words to tell them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.http.past import past_of
from adapters.http.query import Cut
from adapters.web.told import Sayer
from adapters.web.visit import SignedVisit
from application.streams import INNOVATION, fold
from domain.innovation import events as e
from domain.innovation.state import Innovation, place_after
from domain.people import Agency
from domain.record import Recorded


@dataclass(frozen=True)
class Opened:
    """A case as it stood where the visitor looks from, and everything recorded up to there."""

    case: Innovation
    events: Sequence[Recorded]
    agencies: Mapping[str, Agency]
    say: Sayer
    zone: str
    today: date
    moment: datetime | None  # from which the visitor looks; None: now

    @cached_property
    def places(self) -> Mapping[int, str]:
        """Where the case stood after each version."""
        return places_of(self.events)

    @property
    def past(self) -> bool:
        """Tell whether she looks from another moment than now."""
        return self.moment is not None


def places_of(events: Sequence[Recorded]) -> Mapping[int, str]:
    """Give where a case stood after each version."""
    found, place = {}, None
    for recorded in events:
        place = place_after(recorded.body) or place
        assert place is not None  # the first event has one
        found[recorded.version] = place
    return found


async def open_case(visit: SignedVisit, now: Innovation, cut: Cut) -> Opened:
    """Open a case now, at a version or at a moment; raises NotKnown and Problem like the API."""
    given = visit.given
    past = await past_of(given, cut, now)
    case = now if past.events[-1].version == now.version else fold(INNOVATION, past.events)
    assert case is not None  # who sees a case has its first event
    directory = given.house.directory()
    region = directory.regions[case.region]
    say = Sayer(
        language=visit.language,
        names=await given.names.of(sorted({str(person) for person in _persons(case, past.events)})),
        agencies={key: agency.name for key, agency in past.agencies.items()},
        regions={key: known.name for key, known in directory.regions.items()},
        things=_things(case, visit),
        events={recorded.version: recorded.body.stored_as for recorded in past.events},
    )
    today = (past.moment or given.house.clock()).astimezone(ZoneInfo(region.zone)).date()
    return Opened(case, past.events, past.agencies, say, region.zone, today, past.moment)


def _persons(case: Innovation, events: Sequence[Recorded]) -> Iterator[UUID]:
    """Name everybody the case's events speak of."""
    yield from case.team
    for recorded in events:
        yield recorded.actor.person
        for name in ("person", "lead"):
            person = getattr(recorded.body, name, None)
            if person is not None:
                yield person
        if isinstance(recorded.body, e.HistoricalCaseImported):
            yield from recorded.body.played.values()


def _things(case: Innovation, visit: SignedVisit) -> dict[str, str]:
    """Say what an id or a code in an event stands for."""
    label = Sayer(visit.language).label
    evidence = {str(item): known.fact.description for item, known in case.evidence.items()}
    obstacles = {str(item): known.fact.description for item, known in case.obstacles.items()}
    notes = {
        str(note.id): visit.text("told.note", field=label(note.field.partition("/")[0]), text=note.text)
        for note in case.notes
    }
    indicators = {code: indicator.name for code, indicator in case.indicators.items()}
    return {**evidence, **obstacles, **notes, **indicators}
