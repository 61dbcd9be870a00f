"""What use cases are given: the log, the directory, the rules, the clock, ids, the evidence store, a memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from application.memory import Memory
from application.ports import Directory, EventLog, Snapshots
from application.views.view import DAYS
from domain.rulebook.model import ProcessRulebook


@dataclass(frozen=True, slots=True)
class House:
    """The one argument of every use case."""

    log: EventLog
    directory: Callable[[], Directory]
    rulebooks: tuple[ProcessRulebook, ...]
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    size_held: Callable[[str, UUID], int | None]
    memory: Memory = field(default_factory=Memory)
    snapshots: Snapshots | None = None

    def rulebook_on(self, day: date) -> ProcessRulebook:
        """Give the rulebook in force on a day; the oldest one for days before any."""
        in_force = [rules for rules in self.rulebooks if rules.effective_from <= day]
        return max(in_force or self.rulebooks[:1], key=lambda rules: (rules.effective_from, rules.version))

    def today(self, region: str | None = None) -> date:
        """Give the date it is now in a region; without one, where the views count days."""
        zone = ZoneInfo(self.directory().regions[region].zone) if region else DAYS
        return self.clock().astimezone(zone).date()

    def yesterday(self, region: str | None = None) -> date:
        """Give the last day that is over there: the latest whose end can be looked back at."""
        return self.today(region) - timedelta(days=1)
