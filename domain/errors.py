"""Why the domain says no: a stable code, its figures, and where in the input the trouble stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

type_of_param = str | int


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why a move cannot be made. The sentence for `code` stands in the catalogue."""

    code: str
    params: Mapping[str, type_of_param] = field(default_factory=dict)
    pointer: str | None = None  # RFC 6901, only when a part of the input is to blame


class DomainError(Exception):
    """A command was refused; `blockers[0]` is the reason given first."""

    def __init__(self, *blockers: Blocker) -> None:
        super().__init__(", ".join(blocker.code for blocker in blockers))
        self.blockers = blockers

    @property
    def code(self) -> str:
        return self.blockers[0].code


class Refused(DomainError):
    """The caller or the state of the case does not allow the move."""


class InvalidInput(DomainError):
    """The body of the command breaks a rule."""


def invalid(code: str, pointer: str, **params: type_of_param) -> InvalidInput:
    """Name one part of the input and what is wrong with it."""
    return InvalidInput(Blocker(code, params, pointer))
