"""The commands of a replication. How it is requested stands with the innovation's own commands."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from domain.codes import Agreement
from domain.command import Command
from domain.measurement import Indicator, MeasurementInput
from domain.text import UNIQUE, Line, Paragraph, Reason, Text


class Accept(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The origin will help."""

    reason: Reason


class Decline(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The origin says no."""

    reason: Reason


class Agree(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name the paper that binds both sides."""

    agreement: Agreement
    number: Line
    date: dt.date


class PlanAdaptation(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say what will be done, by whom, and what is changed; without indicators the origin's hold."""

    plan: Text
    changes: Paragraph
    team: Annotated[tuple[UUID, ...], Meta(max_length=30, extra_json_schema=UNIQUE)] = ()
    indicators: Annotated[tuple[Indicator, ...], Meta(max_length=30)] = ()

    def persons(self) -> tuple[UUID, ...]:
        return self.team


class Start(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin at a place."""

    place: Line
    starts_on: dt.date


class RecordMilestone(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write down a step that was reached."""

    title: Line
    reached_on: dt.date


class Measure(MeasurementInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write down a value of an indicator at the adopter's place."""


class Conclude(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say what came of it."""

    summary: Paragraph


class Confirm(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One side says that the copy runs."""


class Abandon(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give the copy up, with what was learnt."""

    reason: Reason
    lesson: Paragraph
