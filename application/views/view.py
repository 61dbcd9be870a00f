"""What a read view is: a row type and a pure fold. One fold serves the live view, the rebuild and the as-of report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from domain.evaluation import events as evaluation
from domain.innovation import events as e
from domain.innovation.profile import Profile, told
from domain.innovation.state import CARRIES_ITS_PLACE, PLACE_AFTER
from domain.office import events as office
from domain.record import Body, Recorded
from domain.replication import events as replication

R = TypeVar("R", bound=msgspec.Struct)
Key = tuple[Any, ...]
Rows = dict[Key, R | None]
"""Rows by key; None for a row that was taken away or never was."""
Fails = Callable[[Key, int, Exception], None]
"""Is told the key, the position, and why an event cannot be folded into its row."""
DAYS = ZoneInfo("Asia/Jakarta")
"""The zone in which views count days."""

OF_INNOVATION = frozenset[type[Body]](get_args(e.Event))
OF_REPLICATION = frozenset[type[Body]](get_args(replication.Event))
OF_EVALUATION = frozenset[type[Body]](get_args(evaluation.Event))
OF_OFFICE = frozenset[type[Body]](get_args(office.Event))
NONE = frozenset[type[Body]]()


def own_row(recorded: Recorded) -> tuple[Key, ...]:
    """Give the one row a stream has in most views."""
    return ((recorded.stream,),)


@dataclass(frozen=True)
class View(Generic[R]):
    """A name, a row type whose first fields are its key, which events change a row, and the fold of one row.

    The key begins with the stream, so a view can be folded stream by stream. A changed fold or row type is a new
    version. Folds set values and never count up; None takes a row away. `hears`: the events that change a row; the fold
    is not called for others. `stamp` takes over what is always that of the last event of a stream, out of all `stamps`:
    once after many events. `derive` fills the columns that follow from the row's other ones: when shown or stored.
    `rules` names what they are derived by: rows derived by other rules are built anew.
    """

    name: str
    version: int
    row: type[R]
    key: tuple[str, ...]
    hears: frozenset[type[Body]]
    evolve: Callable[[R | None, Recorded], R | None]
    derive: Callable[[R], R] = lambda row: row
    keys: Callable[[Recorded], Iterable[Key]] = own_row
    stamps: frozenset[type[Body]] = NONE
    stamp: Callable[[R, Recorded], R] = lambda row, _recorded: row
    rules: str = ""

    @property
    def table(self) -> str:
        return f"{self.name}_v{self.version}"

    @cached_property
    def touched_by(self) -> frozenset[type[Body]]:
        """The events that leave a row other than it was."""
        return self.hears | self.stamps

    @cached_property
    def _key_of(self) -> Callable[[R], Key]:
        first, *more = self.key
        return attrgetter(first, *more) if more else lambda row: (getattr(row, first),)

    def key_of(self, row: R) -> Key:
        """Give the key of a row."""
        return self._key_of(row)

    def concerns(self, kinds: AbstractSet[type[Body]]) -> bool:
        """Tell whether events of some of these kinds leave a row other than it was."""
        return not self.touched_by.isdisjoint(kinds)

    def touched(self, stream: UUID, events: Iterable[Recorded]) -> Iterable[Key]:
        """Give the keys of the rows that events of one stream, which concern the view, may change."""
        if self.keys is own_row:
            return ((stream,),)
        return {key for recorded in events if type(recorded.body) in self.hears for key in self.keys(recorded)}

    def follow(
        self,
        stream: UUID,
        events: Iterable[Recorded],
        rows: Rows[R],
        fails: Fails,
        stands_still: Callable[[Key], bool] = lambda _key: False,
    ) -> Iterable[Key]:
        """Fold events of one stream, in order, into `rows`, which holds the rows they touch; give the keys touched.

        `fails` is told of an event that cannot be folded; its row stays as it was and `stands_still` from then on.
        """
        if self.keys is not own_row:
            return self._follow_many(events, rows, fails, stands_still)
        key = (stream,)
        if stands_still(key):
            return ()
        row, last, hears, stamps, evolve = rows.get(key), None, self.hears, self.stamps, self.evolve
        for recorded in events:
            kind = type(recorded.body)
            if kind in hears:
                try:
                    row = evolve(row, recorded)
                except Exception as poison:  # noqa: BLE001  whatever it is, only this row stands still
                    fails(key, recorded.position, poison)
                    break
                last = recorded
            elif kind in stamps:
                last = recorded
        if last is None:
            return ()
        rows[key] = self.stamp(row, last) if row is not None and stamps else row
        return (key,)

    def _follow_many(
        self, events: Iterable[Recorded], rows: Rows[R], fails: Fails, stands_still: Callable[[Key], bool]
    ) -> set[Key]:
        """Fold events of a stream that has several rows; one the events name but that never was stays away."""
        touched = set[Key]()
        for recorded in events:
            if type(recorded.body) not in self.hears:
                continue
            for key in self.keys(recorded):
                if stands_still(key):
                    continue
                try:
                    found = self.evolve(rows.get(key), recorded)
                    if found is None or self.key_of(found) == key:
                        rows[key] = found
                        touched.add(key)
                except Exception as poison:  # noqa: BLE001  whatever it is, only this row stands still
                    fails(key, recorded.position, poison)
        return touched


def fold(view: View[R], events: Iterable[Recorded]) -> dict[Key, R]:
    """Fold events into rows by key, in memory."""
    (rows,) = fold_all((view,), events)
    return rows


def fold_all(views: Sequence[View[Any]], events: Iterable[Recorded]) -> tuple[dict[Key, Any], ...]:
    """Fold events into the rows of several views at once, in memory."""
    folded: list[tuple[View[Any], Rows[Any]]] = [(view, {}) for view in views]
    for recorded in events:
        for view, rows in folded:
            view.follow(recorded.stream, (recorded,), rows, raising)
    return tuple({key: view.derive(row) for key, row in rows.items() if row is not None} for view, rows in folded)


def fold_streams(views: Sequence[View[Any]], events: Iterable[Recorded]) -> Iterator[tuple[dict[Key, Any], ...]]:
    """Fold events that come stream by stream, giving the rows of each stream once it is whole: no more is held."""
    for stream, coming in groupby(events, key=attrgetter("stream")):
        told = tuple(coming)
        yield tuple(_folded(view, stream, told) for view in views)


def _folded(view: View[R], stream: UUID, events: Sequence[Recorded]) -> dict[Key, R]:
    rows: Rows[R] = {}
    view.follow(stream, events, rows, raising)
    return {key: view.derive(row) for key, row in rows.items() if row is not None}


def raising(_key: Key, _position: int, poison: Exception) -> None:
    """Bear no event that cannot be folded."""
    raise poison


def told_by(body: Body) -> dict[str, Any]:
    """Give the fields of the profile an event tells anew."""
    tells = TELLS.get(type(body))
    return tells(body) if tells else NOTHING


def _corrected(body: e.RecordCorrected) -> dict[str, Any]:
    thing, _, name = body.field.partition(".")
    return told(msgspec.convert({name: body.value}, Profile)) if thing == "profile" else NOTHING


NOTHING: dict[str, Any] = {}
TELLS: Mapping[type[Body], Callable[[Any], dict[str, Any]]] = {
    e.IdeaRegistered: lambda body: told(body.profile),
    e.HistoricalCaseImported: lambda body: told(body.profile),
    e.ProfileRevised: lambda body: told(body.changes),
    e.RecordCorrected: _corrected,
}
TELLING = frozenset(TELLS)
PLACING = frozenset[type[Body]]({*PLACE_AFTER, *CARRIES_ITS_PLACE})
"""The events that lead a case to a place."""
