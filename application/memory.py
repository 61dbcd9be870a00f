"""What a process remembers of streams, so that loading one reads only what happened since. Never trusted by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

STATES_MAX = 10_000


class Memory:
    """States by what folded them and stream, up to a number; the one used longest ago is forgotten first."""

    def __init__(self, states_max: int = STATES_MAX) -> None:
        self._states: dict[tuple[Any, UUID], Any] = {}
        self._states_max = states_max

    def recall(self, evolve: Any, stream: UUID) -> Any:
        """Give the state a stream had when it was last loaded, or None; asking for it counts as use."""
        known = self._states.pop((evolve, stream), None)
        if known is not None:
            self._states[evolve, stream] = known
        return known

    def keep(self, evolve: Any, stream: UUID, state: Any) -> None:
        """Remember a state, as the one used last; a newer one is not given up for it."""
        known = self._states.pop((evolve, stream), None)
        if known is not None and known.version > state.version:
            state = known
        self._states[evolve, stream] = state
        if len(self._states) > self._states_max:
            del self._states[next(iter(self._states))]

    def forget(self, evolve: Any, stream: UUID) -> None:
        """Forget a stream nobody will ask for again."""
        self._states.pop((evolve, stream), None)
