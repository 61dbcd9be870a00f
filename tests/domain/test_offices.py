"""Roles, offices and delegations, as decisions alone: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from domain.command import Command
from domain.errors import DomainError
from domain.office import events as e
from domain.office.lifecycle import OFFICE_LIFECYCLE
from domain.office.state import Delegation, Held, Officer, stream_of
from domain.people import Capacity, Role
from domain.record import Body
from tests.scenarios import BUDI, KARTIKA, SEKDA, TODAY, circumstances, person

ADMIN = person("admin")
PLT: dict[str, Any] = {"kind": "plt", "letter": "SPT 9/2026", "starts_on": TODAY, "ends_on": date(2026, 6, 30)}
KARTIKAS = Officer(id=stream_of(KARTIKA), region="KA")


def decided(code: str, by: Any, subject: Officer = KARTIKAS, of: Any = KARTIKA, **fields: Any) -> tuple[Body, ...]:
    now = replace(circumstances(by), subject_person=of)
    if by == ADMIN:
        now = replace(now, capacities=(Capacity(role=Role.ADMIN, agency="ka-setda", region="KA"),))
    move = OFFICE_LIFECYCLE.by_code[code]
    command: Command = msgspec.convert(fields, move.body)
    return OFFICE_LIFECYCLE.decide(move, subject, command, now).bodies


def refused(code: str, by: Any, subject: Officer = KARTIKAS, of: Any = KARTIKA, **fields: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        decided(code, by, subject, of, **fields)
    return refusal.value.code


def test_a_delegated_decider_sits_where_her_regions_deciders_sit() -> None:
    (granted,) = decided("grant_delegation", ADMIN, office="regional_secretary:KA", **PLT)
    assert isinstance(granted, e.DelegationGranted)
    assert (granted.role, granted.agency, granted.region) == (Role.REGIONAL_SECRETARY, "ka-setda", "KA")
    assert refused("grant_delegation", ADMIN, office="regional_secretary:SMN", **PLT) == "office.no_seat"


def test_a_holder_delegates_her_own_office_and_no_other() -> None:
    (granted,) = decided("grant_delegation", BUDI, office="agency_head:ka-dinkes", **PLT)
    assert isinstance(granted, e.DelegationGranted)
    assert refused("grant_delegation", BUDI, office="agency_head:ka-diskominfo", **PLT) == "office.not_yours"
    assert refused("grant_delegation", KARTIKA, of=BUDI, office="agency_head:ka-dinkes", **PLT) == "role.required"


OF_B = Held(role=Role.AGENCY_HEAD, agency="kb-dinkes", region="KB", letter="SK 2")
ACTS_IN_B = Delegation(
    office="agency_head:kb-dinkes", role=Role.AGENCY_HEAD, agency="kb-dinkes", region="KB", kind=e.DelegationKind.PLT,
    letter="SPT 1", starts_on=TODAY, ends_on=date(2026, 6, 30),
)  # fmt: skip
IN_B = Officer(
    id=stream_of(KARTIKA),
    region="KA",
    offices=(OF_B,),
    roles=(Held(role=Role.COACH, agency="ka-setda", region="KB"),),
    delegations=(ACTS_IN_B,),
)


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("hold_office", {"role": "agency_head", "agency": "kb-dinkes", "letter": "SK 1"}),
        ("leave_office", {"office": "agency_head:kb-dinkes", "reason": "Rotasi."}),
        ("grant_role", {"role": "official", "agency": "kb-dinkes"}),
        ("grant_role", {"role": "auditor", "agency": "ka-setda", "region": "KB"}),
        ("revoke_role", {"role": "coach", "agency": "ka-setda", "region": "KB", "reason": "Selesai."}),
        ("grant_delegation", {"office": "regional_secretary:KB", **PLT}),
        ("end_delegation", {"office": "agency_head:kb-dinkes", "reason": "Selesai."}),
    ],
)
def test_an_administrator_changes_nothing_of_another_region(command: str, fields: dict[str, Any]) -> None:
    assert refused(command, ADMIN, IN_B, **fields) == "office.elsewhere"


def test_nobody_gives_herself_an_office() -> None:
    fields: dict[str, Any] = {"role": "agency_head", "agency": "ka-dinkes", "letter": "SK 1"}
    assert refused("hold_office", ADMIN, of=ADMIN, **fields) == "office.not_for_oneself"
    assert refused("grant_delegation", SEKDA, of=SEKDA, office="regional_secretary:KA", **PLT) == (
        "office.not_for_oneself"
    )


@pytest.mark.parametrize("office", ["coach:ka-dinkes", "agency_head:nowhere", "agency_head", "regional_secretary:ZZ"])
def test_only_offices_that_exist_are_delegated(office: str) -> None:
    assert refused("grant_delegation", ADMIN, office=office, **PLT) == "office.unknown"


def test_offices_are_held_and_roles_granted_never_the_other_way_round() -> None:
    assert refused("hold_office", ADMIN, role="coach", agency="ka-setda", letter="SK 1") == "office.not_an_office"
    assert refused("grant_role", ADMIN, role="agency_head", agency="ka-dinkes") == "office.not_a_role"
    assert refused("revoke_role", ADMIN, role="coach", agency="ka-setda", reason="Selesai.") == "office.role_not_held"
    assert refused("leave_office", ADMIN, office="agency_head:ka-dinkes", reason="Rotasi.") == "office.not_held"


def test_a_delegation_is_not_granted_twice_for_the_same_days() -> None:
    (granted,) = decided("grant_delegation", ADMIN, office="agency_head:ka-dinkes", **PLT)
    assert isinstance(granted, e.DelegationGranted)
    named = {name: getattr(granted, name) for name in Delegation.__struct_fields__}
    held = msgspec.structs.replace(KARTIKAS, delegations=(Delegation(**named),))
    assert refused("grant_delegation", ADMIN, held, office="agency_head:ka-dinkes", **PLT) == "office.already_delegated"
    assert refused(
        "grant_delegation", ADMIN, office="agency_head:ka-dinkes", **PLT | {"ends_on": date(2026, 1, 1)}
    ) == ("input.period_reversed")
