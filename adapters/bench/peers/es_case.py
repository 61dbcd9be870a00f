"""A case by the book of `eventsourcing`: an aggregate with `@event` methods, its application, PostgreSQL by default."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict

Document = dict[str, Any]


class Case(Aggregate):
    """Twelve kinds of events; the state keeps what each tells."""

    @event("IdeaRegistered")
    def __init__(self, document: Document) -> None:
        self.profile: Document = document["body"]["profile"]
        self.told: Document = {}
        self.last_on: str = document["occurred_on"]

    @event("ProfileRevised")
    def revise_profile(self, document: Document) -> None:
        self.profile = {**self.profile, **document["body"]["changes"]}
        self.last_on = document["occurred_on"]

    @event("CoachAssigned")
    def assign_coach(self, document: Document) -> None:
        self._tell("coach", document)

    @event("IdeaReviewed")
    def review_idea(self, document: Document) -> None:
        self._tell("review", document)

    @event("TeamMemberAdded")
    def add_team_member(self, document: Document) -> None:
        self._tell("member", document)

    @event("ObstacleRecorded")
    def record_obstacle(self, document: Document) -> None:
        self._tell("obstacle", document)

    @event("EvidenceAttached")
    def attach_evidence(self, document: Document) -> None:
        self._tell("evidence", document)

    @event("LegalBasisAttached")
    def attach_legal_basis(self, document: Document) -> None:
        self._tell("legal_basis", document)

    @event("PlanLinked")
    def link_plan(self, document: Document) -> None:
        self._tell("plan", document)

    @event("BudgetYearRecorded")
    def record_budget_year(self, document: Document) -> None:
        self._tell("budget_year", document)

    @event("PartnerInvited")
    def invite_partner(self, document: Document) -> None:
        self._tell("partner", document)

    @event("DependencyLinked")
    def link_dependency(self, document: Document) -> None:
        self._tell("dependency", document)

    def _tell(self, name: str, document: Document) -> None:
        self.told[name] = document["body"]
        self.last_on = document["occurred_on"]


AFTER_BIRTH = (
    Case.revise_profile,
    Case.assign_coach,
    Case.review_idea,
    Case.add_team_member,
    Case.record_obstacle,
    Case.attach_evidence,
    Case.attach_legal_basis,
    Case.link_plan,
    Case.record_budget_year,
    Case.invite_partner,
    Case.link_dependency,
)
"""The methods in the order of the documents, without the first."""


def tell_next(case: Case, documents: list[dict[str, Any]]) -> None:
    """Let the next event happen: the eleven after birth, again and again."""
    n = (case.version - 1) % len(AFTER_BIRTH)
    AFTER_BIRTH[n](case, documents[n + 1]["data"])


class Cases(Application[UUID]):
    """The application, with the library's defaults."""


def environment(url: str) -> dict[str, str]:
    """Give the settings of the library for a database."""
    address = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(address["dbname"]),
        "POSTGRES_HOST": str(address["host"]),
        "POSTGRES_PORT": str(address["port"]),
        "POSTGRES_USER": str(address["user"]),
        "POSTGRES_PASSWORD": "none: the socket knows the account",
    }
