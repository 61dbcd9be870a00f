"""From government to government: the kit, and the request for a replication."""

from __future__ import annotations

from domain.errors import invalid
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.decisions.belonging import of_agency
from domain.innovation.state import Innovation
from domain.lifecycle import Bodies, Circumstances, Elsewhere, Facts
from domain.people import Actor
from domain.replication import events as on_replication


def publish_kit(_case: Innovation, command: c.PublishKit, _now: Circumstances, _actor: Actor) -> Bodies:
    """Give others what they need; a newer kit takes the place of the one before."""
    return (
        e.ReplicationKitPublished(
            guide=command.guide,
            cost=command.cost,
            people_needed=command.people_needed,
            contact_office=command.contact_office,
            lessons=command.lessons,
        ),
    )


def request_replication(case: Innovation, command: c.RequestReplication, now: Circumstances, actor: Actor) -> Facts:
    """Ask to copy it at another place; the replication lies in the adopter's region."""
    adopter = now.agencies.get(command.agency or actor.agency)
    if adopter is None or not of_agency(adopter.id, actor.agency, now):
        raise invalid("unit.not_of_agency", "/agency", unit=command.agency or actor.agency)
    if adopter.id == case.home:
        raise invalid("replication.own_place", "/agency", agency=adopter.name)
    replication = now.new_id()
    asked = on_replication.ReplicationRequested(
        innovation_id=case.id,
        origin=case.agency,
        origin_region=case.region,
        adopter=adopter.id,
        adopter_agency=adopter.parent or adopter.id,
        problem=command.problem,
    )
    return (
        e.ReplicationRequested(replication=replication, adopter=adopter.id, adopter_region=adopter.region),
        Elsewhere(stream=replication, body=asked, region=adopter.region),
    )
