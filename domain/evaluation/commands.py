"""The commands of an evaluation. How it is concluded and cancelled stands with the innovation's own commands."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from domain.command import Command
from domain.evaluation.events import Score
from domain.text import Code, Paragraph, Reason

Scores = Annotated[dict[Code, Score], Meta(min_length=1, max_length=30)]


class AssignEvaluator(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give a person a seat on the panel."""

    person: UUID

    def persons(self) -> tuple[UUID, ...]:
        return (self.person,)


class DeclareConflict(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say that one cannot judge this, and why."""

    statement: Paragraph


class ReplaceEvaluator(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give the seat of a person to another one."""

    person: UUID
    replacement: UUID
    reason: Reason

    def persons(self) -> tuple[UUID, ...]:
        return (self.person, self.replacement)


class GiveScores(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Score every criterion, each with a note; may be done again until the scores are consolidated."""

    scores: Scores


class RecordDiscussion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write down what the panel said about scores that part widely."""

    text: Paragraph


class Consolidate(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the scores stand as they are."""
