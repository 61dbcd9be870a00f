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


class ReplicationStatus(StrEnum):
    """How far a replication has come."""

    REQUESTED = "requested"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    AGREED = "agreed"
    ADAPTING = "adapting"
    RUNNING = "running"
    CONCLUDED = "concluded"
    CONFIRMED = "confirmed"
    ABANDONED = "abandoned"


class EvaluationStatus(StrEnum):
    """How far an evaluation has come."""

    OPEN = "open"
    CONSOLIDATED = "consolidated"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


Spot = Place | ReplicationStatus | EvaluationStatus
"""Where a stream of any table stands."""
ANYWHERE = frozenset(Place)
OPEN = ANYWHERE - {Place.CLOSED_REJECTED, Place.CLOSED_STOPPED}


class Outcome(StrEnum):
    """How a life ended, or was anchored."""

    INSTITUTIONALISED = "institutionalised"
    STOPPED = "stopped"
    REJECTED = "rejected"


IN_USE = frozenset(
    {Place.REPLICATION_OPEN, Place.EVALUATION_OPEN, Place.EVALUATION_CONCLUDED, Place.CLOSED_INSTITUTIONALISED}
)
"""In use at home: has a kit for others, may be replicated."""
TRIED = IN_USE | {Place.PILOT_RUNNING, Place.PILOT_CONCLUDED}
"""From the running pilot on: can be measured."""
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


class PilotResult(StrEnum):
    """How a pilot ended, in the words of who ran it."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ADJUST = "adjust"


class Recommendation(StrEnum):
    """What an evaluation advises; the choices of `decide_outcome`."""

    INSTITUTIONALISE = "institutionalise"
    WIDEN = "widen"
    IMPROVE = "improve"
    STOP = "stop"


class Agreement(StrEnum):
    """On what paper two governments, or two units of one, agree to replicate."""

    PKS = "pks"
    MOU = "mou"
    STATEMENT = "statement"


class ObstacleKind(StrEnum):
    """What gets in the way of a running innovation."""

    BUDGET = "budget"
    PEOPLE = "people"
    REGULATION = "regulation"
    TECHNOLOGY = "technology"
    COORDINATION = "coordination"
    DEMAND = "demand"
    OTHER = "other"
