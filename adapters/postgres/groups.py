"""Which units share a call: those that do not meet in a stream, a read, a key or a claim, up to a size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from adapters.postgres.units import Prepared
from application.ports import Unit

EVENTS_MAX = 256
BYTES_MAX = 1 << 20
T = TypeVar("T")


def next_group(queue: deque[T], prepared: Callable[[T], Prepared], *, most: int = EVENTS_MAX) -> list[T]:
    """Take units from the queue, in order, that do not meet, `most` at most; the others stay in their order."""
    group, stay = list[T](), list[T]()
    events = size = 0
    written, touched = set[Hashable](), set[Hashable]()
    while queue and len(group) < most:
        waiting = queue.popleft()
        unit = prepared(waiting)
        writes, reads = set(_writes(unit.unit)), set(unit.unit.reads)
        events, size = events + len(unit.stored), size + unit.size
        meets = not writes.isdisjoint(touched) or not reads.isdisjoint(written)
        if group and (meets or events > EVENTS_MAX or size > BYTES_MAX):
            stay.append(waiting)
        else:
            group.append(waiting)
        written |= writes
        touched |= writes | reads
    queue.extendleft(reversed(stay))
    return group


def _writes(unit: Unit) -> Iterator[Hashable]:
    """Give what nobody else of the group may touch: streams, key, claims."""
    yield from {event.originator_id for event in unit.events}
    if unit.receipt:
        yield unit.receipt.person, unit.receipt.key
    for claim in (*unit.claims, *unit.releases):
        yield claim.kind, claim.scope, claim.value
