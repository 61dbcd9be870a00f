"""Read views: each a row type and a pure fold. The same fold serves the live view, the rebuild and the as-of report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from domain.record import Recorded

R = TypeVar("R", bound=msgspec.Struct)
Key = tuple[Any, ...]


@dataclass(frozen=True)
class View(Generic[R]):
    """A name, a row type whose first fields are its key, and the fold of one row."""

    name: str
    version: int
    row: type[R]
    key: tuple[str, ...]
    keys: Callable[[Recorded], Iterable[Key]]
    evolve: Callable[[R | None, Recorded, Key], R | None]

    @property
    def table(self) -> str:
        return f"{self.name}_v{self.version}"


def fold(view: View[R], events: Iterable[Recorded]) -> dict[Key, R]:
    """Fold events into rows by key, in memory."""
    rows: dict[Key, R] = {}
    for recorded in events:
        for key in view.keys(recorded):
            row = view.evolve(rows.get(key), recorded, key)
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row
    return rows


def of_innovation(recorded: Recorded) -> Iterator[Key]:
    """Give the case an event belongs to, as the key of per-case views."""
    if recorded.body.stored_as.startswith("innovation."):
        yield (recorded.stream,)
