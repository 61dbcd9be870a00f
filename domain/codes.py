"""The closed lists of the domain: laws, guidelines and the glossary name them."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where an innovation stands in its life (PP 38/2017)."""

    IDEA = "idea"
    PILOT = "pilot"
    REPLICATION = "replication"
    EVALUATION = "evaluation"
    CLOSED = "closed"


class Place(StrEnum):
    """Stage and status in one word: the nodes of the lifecycle."""

    IDEA_DRAFT = "idea/draft"
    IDEA_REVISION = "idea/revision"
    IDEA_SUBMITTED = "idea/submitted"
    IDEA_ENDORSED = "idea/endorsed"
    IDEA_DEFERRED = "idea/deferred"
    PILOT_APPROVED = "pilot/approved"
    PILOT_RUNNING = "pilot/running"
    PILOT_CONCLUDED = "pilot/concluded"
    REPLICATION_OPEN = "replication/open"
    EVALUATION_OPEN = "evaluation/open"
    EVALUATION_CONCLUDED = "evaluation/concluded"
    CLOSED_INSTITUTIONALISED = "closed/institutionalised"
    CLOSED_REJECTED = "closed/rejected"
    CLOSED_STOPPED = "closed/stopped"

    @property
    def stage(self) -> Stage:
        return Stage(self.value.split("/")[0])

    @property
    def status(self) -> str:
        return self.value.split("/")[1]


ANYWHERE = frozenset(Place)
OPEN = ANYWHERE - {Place.CLOSED_REJECTED, Place.CLOSED_STOPPED}


class Outcome(StrEnum):
    """How a life ended, or was anchored."""

    INSTITUTIONALISED = "institutionalised"
    STOPPED = "stopped"
    REJECTED = "rejected"


OUTCOME_OF = {
    Place.CLOSED_INSTITUTIONALISED: Outcome.INSTITUTIONALISED,
    Place.CLOSED_STOPPED: Outcome.STOPPED,
    Place.CLOSED_REJECTED: Outcome.REJECTED,
}


class Initiator(StrEnum):
    """Who had the idea (PP 38/2017 art. 6)."""

    REGIONAL_HEAD = "regional_head"
    DPRD_MEMBER = "dprd_member"
    AGENCY = "agency"
    CIVIL_SERVANT = "civil_servant"
    COMMUNITY = "community"


class Form(StrEnum):
    GOVERNANCE = "governance"
    PUBLIC_SERVICE = "public_service"
    OTHER = "other"


class Kind(StrEnum):
    DIGITAL = "digital"
    NON_DIGITAL = "non_digital"


class Origin(StrEnum):
    ORIGINAL = "original"
    ADAPTATION = "adaptation"
    MODIFICATION = "modification"


class PartnerKind(StrEnum):
    GOVERNMENT = "government"
    UNIVERSITY = "university"
    BUSINESS = "business"
    COMMUNITY = "community"
    MEDIA = "media"


class LegalBasisType(StrEnum):
    PERDA = "perda"
    PERKADA = "perkada"
    SK_REGIONAL_HEAD = "sk_regional_head"
    SK_AGENCY_HEAD = "sk_agency_head"
    ASSIGNMENT_LETTER = "assignment_letter"


class StopReason(StrEnum):
    NO_BUDGET = "no_budget"
    OFFICIAL_ROTATED = "official_rotated"
    REGULATION_CHANGED = "regulation_changed"
    REPLACED_BY_NATIONAL_SYSTEM = "replaced_by_national_system"
    NO_DEMAND = "no_demand"
    PILOT_MISSED_TARGET = "pilot_missed_target"
    HARM_OR_COMPLAINT = "harm_or_complaint"
    MERGED = "merged"
    OTHER = "other"


class EvidenceKind(StrEnum):
    REPORT = "report"
    PROCEDURE = "procedure"
    LETTER = "letter"
    REGULATION = "regulation"
    PHOTO = "photo"
    VIDEO = "video"
    DATA = "data"
    OTHER = "other"


class BudgetSource(StrEnum):
    APBD = "apbd"
    APBN = "apbn"
    BLUD = "blud"
    VILLAGE_FUND = "village_fund"
    GRANT = "grant"
    CSR = "csr"
    NONE = "none"


class Plan(StrEnum):
    """Planning documents an innovation serves."""

    RPJPD = "rpjpd"
    RPJMD = "rpjmd"
    RKPD = "rkpd"
    RENSTRA = "renstra"
    RENJA = "renja"
