"""What every command may carry; the words mean the same everywhere."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from domain.record import LegalBasis
from domain.text import UNIQUE, Code, Paragraph, Reason
from domain.value import Value


class Command(Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A wish to change a case."""

    occurred_on: date | None = None
    note: Paragraph | None = None
    evidence: Annotated[tuple[UUID, ...], Meta(max_length=100, extra_json_schema=UNIQUE)] = ()
    legal_basis: Annotated[tuple[LegalBasis, ...], Meta(max_length=20)] = ()
    acting_for: Code | None = None

    def persons(self) -> tuple[UUID, ...]:
        """Give the persons named in the body, whose roles the decision has to know."""
        return ()

    def cases(self) -> tuple[UUID, ...]:
        """Give the other cases named in the body, of which the caller must know."""
        return ()


class Decision(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command that has to give its reason."""

    reason: Reason
