"""What is attached to a case at any stage: evidence, legal bases, plans, dependencies, and who sees it."""

from __future__ import annotations

from domain.errors import invalid
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.state import Evidence, Innovation
from domain.lifecycle import Bodies, Circumstances
from domain.people import Actor


def add_dependency(case: Innovation, command: c.AddDependency, now: Circumstances, _actor: Actor) -> Bodies:
    """Link another innovation the caller may know of."""
    if command.innovation == case.id:
        raise invalid("dependency.itself", "/innovation")
    if command.innovation not in now.cases:
        raise invalid("dependency.unknown", "/innovation")
    return (e.DependencyLinked(innovation=command.innovation, flows=command.flows),)


def attach_evidence(case: Innovation, command: c.AttachEvidence, now: Circumstances, _actor: Actor) -> Bodies:
    """Make a document a fact of the case; `held` tells whether our own server has its bytes."""
    if any(item.fact.digest == command.digest and not item.withdrawn for item in case.evidence.values()):
        raise invalid("evidence.already_attached", "/digest")
    size = now.size_held(command.digest, case.id)
    if size is None and command.url is None:
        raise invalid("evidence.not_received", "/digest")
    if size is not None and size != command.size:
        raise invalid("evidence.size_differs", "/size", size=size)
    return (
        e.EvidenceAttached(
            item=now.new_id(),
            digest=command.digest,
            size=command.size,
            media_type=command.media_type,
            kind=command.kind,
            description=command.description,
            held=size is not None,
            issuer=command.issuer,
            issued_on=command.issued_on,
            url=command.url,
        ),
    )


def withdraw_evidence(case: Innovation, command: c.WithdrawEvidence, _now: Circumstances, _actor: Actor) -> Bodies:
    """Withdraw a document that still speaks for the case."""
    if not stands(case.evidence.get(command.item)):
        raise invalid("evidence.unknown", "/item")
    return (e.EvidenceWithdrawn(item=command.item, reason=command.reason),)


def attach_legal_basis(_case: Innovation, command: c.AttachLegalBasis, _now: Circumstances, _actor: Actor) -> Bodies:
    """Name what the case rests on."""
    return (e.LegalBasisAttached(type=command.type, number=command.number, date=command.date, title=command.title),)


def link_plan(_case: Innovation, command: c.LinkPlan, _now: Circumstances, _actor: Actor) -> Bodies:
    """Link the case to a line of a plan."""
    return (e.PlanLinked(plan=command.plan, code=command.code, title=command.title),)


def publish(_case: Innovation, command: c.PublishCase, _now: Circumstances, _actor: Actor) -> Bodies:
    """Show the case to everybody, once both questions are answered with yes."""
    if not (command.redaction.no_personal_data and command.redaction.pictures_consented):
        raise invalid("publish.redaction_open", "/redaction")
    return (e.CasePublished(redaction=command.redaction, reason=command.reason),)


def unpublish(_case: Innovation, command: c.UnpublishCase, _now: Circumstances, _actor: Actor) -> Bodies:
    """Take the case off the portal."""
    return (e.CaseUnpublished(reason=command.reason),)


def stands(item: Evidence | None) -> bool:
    """Tell whether a document speaks for the case."""
    return item is not None and not item.withdrawn
