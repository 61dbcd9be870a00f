"""What a read view is: a row type and a pure fold. One fold serves the live view, the rebuild and the as-of report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from domain.innovation import events as e
from domain.innovation.profile import Profile, told
from domain.record import Body, Recorded

R = TypeVar("R", bound=msgspec.Struct)
Key = tuple[Any, ...]
DAYS = ZoneInfo("Asia/Jakarta")
"""The zone in which views count days."""


@dataclass(frozen=True)
class View(Generic[R]):
    """A name, a row type whose first fields are its key, which rows an event touches, and the fold of one row.

    The key begins with the stream, so a view can be folded stream by stream. A changed fold or row type is a new
    version. Folds set values and never count up; None takes a row away. `derive` fills the columns that follow from the
    row's other ones: once when a row is shown or stored, not at every event.
    """

    name: str
    version: int
    row: type[R]
    key: tuple[str, ...]
    keys: Callable[[Recorded], Iterable[Key]]
    evolve: Callable[[R | None, Recorded], R | None]
    derive: Callable[[R], R] = lambda row: row

    @property
    def table(self) -> str:
        return f"{self.name}_v{self.version}"

    @cached_property
    def _key_of(self) -> Callable[[R], Key]:
        first, *more = self.key
        return attrgetter(first, *more) if more else lambda row: (getattr(row, first),)

    def key_of(self, row: R) -> Key:
        """Give the key of a row."""
        return self._key_of(row)

    def after(self, row: R | None, recorded: Recorded, key: Key) -> R | None:
        """Give the row of a key after an event; a row the event names but that never was stays away."""
        found = self.evolve(row, recorded)
        return found if found is None or self.key_of(found) == key else row


def fold(view: View[R], events: Iterable[Recorded]) -> dict[Key, R]:
    """Fold events into rows by key, in memory."""
    (rows,) = fold_all((view,), events)
    return rows


def fold_all(views: Sequence[View[Any]], events: Iterable[Recorded]) -> tuple[dict[Key, Any], ...]:
    """Fold events into the rows of several views at once, in memory."""
    folded: list[tuple[View[Any], dict[Key, Any]]] = [(view, {}) for view in views]
    for recorded in events:
        for view, rows in folded:
            for key in view.keys(recorded):
                row = view.after(rows.get(key), recorded, key)
                if row is None:
                    rows.pop(key, None)
                else:
                    rows[key] = row
    return tuple({key: view.derive(row) for key, row in rows.items()} for view, rows in folded)


def of_innovation(recorded: Recorded) -> tuple[Key, ...]:
    """Give the case an event belongs to, as the key of per-case views."""
    return ((recorded.stream,),) if recorded.body.stored_as.startswith("innovation.") else ()


def of_replication(recorded: Recorded) -> tuple[Key, ...]:
    """Give the replication an event belongs to."""
    return ((recorded.stream,),) if recorded.body.stored_as.startswith("replication.") else ()


def of_evaluation(recorded: Recorded) -> tuple[Key, ...]:
    """Give the evaluation an event belongs to."""
    return ((recorded.stream,),) if recorded.body.stored_as.startswith("evaluation.") else ()


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
