"""How a command is carried out for whoever sends it by HTTP, a program or a form: once, whatever is sent again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from uuid import UUID

from adapters.http.problems import Problem
from adapters.service import Service
from application.cases import Answer, Sender, carried_out_before
from application.errors import Busy, Stale
from domain.errors import DomainError

REFUSALS = (Problem, Busy, DomainError, Stale)
"""What a command may be refused with."""


async def carry_out(
    given: Service, sender: Sender, work: Callable[[], Awaitable[Answer]], stream: UUID | None = None
) -> Answer:
    """Do the work when it is its turn; before anything is refused, look whether it was carried out before."""
    try:
        async with nullcontext() if stream is None else given.turns.of(stream):
            return await work()
    except REFUSALS:
        before = await carried_out_before(given.house, sender)
        if before is None:
            raise
        return before
