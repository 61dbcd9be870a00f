"""Who may know of a case: drafts for their own people, submitted cases for the region, everybody else nothing."""

from __future__ import annotations

from uuid import uuid4

import pytest

from application.access import Viewer, may_see
from domain.people import Capacity, Role
from tests.scenarios import (
    ANI,
    BUDI,
    CAPACITIES,
    CITRA,
    DEWI,
    EKA,
    KARTIKA,
    KOORDINATOR,
    LESTARI,
    MAYA,
    SEKDA,
    TONO,
    Story,
    a_submitted_idea,
    an_idea,
    complete,
)

REGION = (ANI, TONO, BUDI, KARTIKA, CITRA, KOORDINATOR, SEKDA, DEWI, MAYA, LESTARI, EKA)


def seen(story: Story) -> set[object]:
    return {person for person in REGION if may_see(story.now, Viewer(person, CAPACITIES[person]))}


def outsider(role: Role, region: str = "KB") -> Viewer:
    return Viewer(uuid4(), (Capacity(role=role, agency="kb-setda", region=region),))


def test_a_draft_is_seen_by_its_people_the_heads_and_those_over_the_region() -> None:
    assert seen(an_idea()) == {ANI, BUDI, KARTIKA, KOORDINATOR, SEKDA}


def test_the_coach_sees_the_draft_once_assigned() -> None:
    assert CITRA in seen(complete(an_idea()).then("assign_coach", KOORDINATOR, person=CITRA))


def test_once_submitted_it_stays_visible_to_the_region_also_when_given_back() -> None:
    returned = a_submitted_idea().then("endorse.return", BUDI, reason="Belum sejalan.")
    assert returned.now.place.status == "draft"
    assert seen(returned) == set(REGION)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_nobody_of_another_region_knows_of_it(role: Role) -> None:
    assert not may_see(a_submitted_idea().now, outsider(role))


def test_an_administrator_has_no_sight_of_cases_and_an_auditor_sees_the_regions_granted() -> None:
    assert not may_see(a_submitted_idea().now, outsider(Role.ADMIN, "KA"))
    assert may_see(an_idea().now, outsider(Role.AUDITOR, "KA"))
    assert not may_see(an_idea().now, outsider(Role.OFFICIAL, "KA"))
    assert not may_see(a_submitted_idea().now, Viewer(uuid4(), ()))


def test_an_invited_partner_sees_the_draft_so_that_she_can_answer() -> None:
    invited = an_idea().then("invite_partner", ANI, agency="ka-diskominfo", kind="government", contribution="Jaringan")
    assert {LESTARI, EKA} <= seen(invited)
    assert DEWI not in seen(invited)
