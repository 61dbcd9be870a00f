"""What everybody who is measured stores: twelve kinds of events of one case, about 370 bytes each, the same for all."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from application.codec import EventMapper
from domain.codes import BudgetSource, EvidenceKind, LegalBasisType, ObstacleKind, PartnerKind, Plan
from domain.innovation import events as e
from domain.innovation.profile import Profile
from domain.people import Actor, Role
from domain.record import Body, Envelope, Pending

PERSON = UUID("0199a3c0-7b1e-7c44-9d55-0a1b2c3d4e5f")
OTHER = UUID("0199a3c0-7b1e-7c44-9d55-0a1b2c3d4e60")
REGION, ZONE, AGENCY = "KA", "Asia/Jakarta", "ka-dinkes"
ACTOR = Actor(person=PERSON, role=Role.OFFICIAL, agency=AGENCY, region=REGION, office=f"official:{AGENCY}")
DAY = date(2026, 3, 2)


def birth(title: str) -> Body:
    """Give the first event of a case."""
    return e.IdeaRegistered(profile=Profile(title=title, problem="Warga menunggu lama."), agency=AGENCY)


TITLE = "Antrean Puskesmas Tanpa Berdiri"
BODIES: tuple[Body, ...] = (
    birth(TITLE),
    e.ProfileRevised(changes=Profile(goals="Antrean di bawah dua puluh menit.")),
    e.CoachAssigned(person=OTHER),
    e.IdeaReviewed(advice="Siapkan lembar harian sejak pekan pertama."),
    e.TeamMemberAdded(person=OTHER),
    e.ObstacleRecorded(obstacle=OTHER, kind=ObstacleKind.BUDGET, description="Dana terbatas.", owner=AGENCY),
    e.EvidenceAttached(
        item=OTHER,
        digest="b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
        size=48_211,
        media_type="application/pdf",
        kind=next(iter(EvidenceKind)),
        held=False,
        description="Foto",
    ),
    e.LegalBasisAttached(type=LegalBasisType.SK_AGENCY_HEAD, number="440/12", date=DAY),
    e.PlanLinked(plan=next(iter(Plan)), code="1.02.02", title="Layanan kesehatan"),
    e.BudgetYearRecorded(year=2026, source=next(iter(BudgetSource)), amount=125_000_000),
    e.PartnerInvited(agency="ka-diskominfo", kind=next(iter(PartnerKind)), contribution="Papan nomor antrean."),
    e.DependencyLinked(innovation=OTHER, flows="Data kunjungan harian."),
)
"""A case from its birth on; told again and again after that."""


def pending(stream: UUID, version: int, body: Body, command_id: UUID) -> Pending:
    """Give an event as a decision leaves it: stamped, not yet written."""
    envelope = Envelope(actor=ACTOR, occurred_on=DAY, correlation=command_id, causation=command_id)
    return Pending(
        originator_id=stream,
        originator_version=version,
        region=REGION,
        command_id=command_id,
        envelope=envelope,
        body=body,
    )


def body_at(version: int) -> Body:
    """Give what happens at a version of a case."""
    return BODIES[0] if version == 1 else BODIES[1 + (version - 2) % (len(BODIES) - 1)]


def documents() -> list[dict[str, Any]]:
    """Give the twelve as the peers store them: a type, and as data all that stands in our state column."""
    mapper = EventMapper()
    found = []
    for body in BODIES:
        data = json.loads(mapper.to_stored_event(pending(OTHER, 1, body, OTHER)).state)
        found.append({"type": type(body).__name__, "data": data})
    return found
