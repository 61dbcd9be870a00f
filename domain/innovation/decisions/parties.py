"""Who is on the case: partners, coach, owner, and a waiver of duties."""

from __future__ import annotations

from domain.errors import invalid
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.decisions.belonging import check_ahead, known, named_apart, named_innovator
from domain.innovation.state import Innovation
from domain.lifecycle import Bodies, Circumstances
from domain.people import Actor, Part, Role


def invite_partner(case: Innovation, command: c.InvitePartner, now: Circumstances, _actor: Actor) -> Bodies:
    """Ask another organisation of the directory to take part."""
    if command.agency not in now.agencies:
        raise invalid("agency.unknown", "/agency", agency=command.agency)
    if command.agency == case.agency:
        raise invalid("partner.is_owner", "/agency")
    if command.agency in case.partners:
        raise invalid("partner.already_invited", "/agency", agency=command.agency)
    return (e.PartnerInvited(agency=command.agency, kind=command.kind, contribution=command.contribution),)


def accept_partnership(case: Innovation, _command: c.AcceptPartnership, _now: Circumstances, actor: Actor) -> Bodies:
    """The partner's own officer says yes for her agency."""
    return (e.PartnershipAccepted(agency=actor.agency),)


def withdraw_partner(case: Innovation, command: c.WithdrawPartner, _now: Circumstances, actor: Actor) -> Bodies:
    """End an invitation or partnership; a partner ends only its own."""
    if command.agency not in case.partners:
        raise invalid("partner.unknown", "/agency", agency=command.agency)
    outsider = actor.role is not Role.FACILITATOR and actor.person not in case.team
    if outsider and actor.agency != command.agency:
        raise invalid("partner.not_yours", "/agency", agency=command.agency)
    return (e.PartnerWithdrawn(agency=command.agency, reason=command.reason),)


def assign_coach(case: Innovation, command: c.AssignCoach, now: Circumstances, _actor: Actor) -> Bodies:
    """Give the case a coach of its region who plays no other part in it."""
    if command.person == case.coach:
        raise invalid("coach.already_assigned", "/person")
    coaches = [
        cap for cap in known(command.person, now, "/person") if cap.role is Role.COACH and cap.region == case.region
    ]
    if not coaches:
        raise invalid("coach.not_a_coach", "/person")
    if case.evaluation and command.person in case.evaluation.evaluators:
        raise invalid("coach.evaluates", "/person")
    duties = named_apart(case, command.person, Part.COACH, now, "/person")
    return (e.CoachAssigned(person=command.person, waived=duties),)


def offer_transfer(case: Innovation, command: c.OfferTransfer, now: Circumstances, _actor: Actor) -> Bodies:
    """Offer the case to another agency of the same region."""
    agency = now.agencies.get(command.agency)
    if agency is None or agency.region != case.region:
        raise invalid("transfer.not_in_region", "/agency", agency=command.agency)
    if command.agency == case.agency:
        raise invalid("transfer.is_owner", "/agency")
    if agency.parent is not None or agency.outside:
        raise invalid("transfer.not_an_owner", "/agency", agency=command.agency)
    return (e.TransferOffered(agency=command.agency, reason=command.reason),)


def accept_transfer(case: Innovation, command: c.AcceptTransfer, now: Circumstances, _actor: Actor) -> Bodies:
    """Take the case over, led by an official of the new owner."""
    assert case.offered_to is not None  # the table's guard
    duties = named_innovator(case, command.lead, case.offered_to, now, "/lead")
    return (e.OwnershipTransferred(agency=case.offered_to, lead=command.lead, reason=command.reason, waived=duties),)


def grant_waiver(_case: Innovation, command: c.GrantDutyWaiver, now: Circumstances, actor: Actor) -> Bodies:
    """Let one person join two duties until a date; never oneself."""
    if command.person == actor.person:
        raise invalid("waiver.for_oneself", "/person")
    known(command.person, now, "/person")
    check_ahead(command.until, now, "/until")
    if (command.until - now.today).days > now.rulebook.waiver_days_max:
        raise invalid("waiver.too_long", "/until", days=now.rulebook.waiver_days_max)
    return (e.DutyWaiverGranted(duty=command.duty, person=command.person, until=command.until, reason=command.reason),)
