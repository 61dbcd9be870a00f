"""Offices: one's own, whom one lets act for them, and, for administrators, those of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from adapters.addresses import address
from adapters.catalogue import words
from adapters.http.moves import Id
from adapters.http.problems import Problem
from adapters.http.query import Query
from adapters.postgres import office_reads
from adapters.postgres.office_reads import Person, regions_of
from adapters.web.lists.desk import address_with, agency_name, cursor_of, office_in_words, region_name, steps_of_person
from adapters.web.render import page
from adapters.web.visit import SignedVisit, Somebody
from application.errors import NotKnown
from application.streams import OFFICE, fold, officer
from application.views.decisions import is_late
from domain.office.state import Delegation, Held, Officer, stream_of
from domain.people import Role
from domain.record import Recorded

routes = APIRouter()
CANDIDATES_MAX = 30


class Search(Query, frozen=True, kw_only=True):
    """Whom to look for."""

    cari: str | None = None
    cursor: str | None = None


@routes.get("/jabatan")
async def read_own(visit: Somebody, asked: Annotated[Search, Depends(Search.of)]) -> Response:
    """Show what the visitor holds and acts for, who acts for her, and whom she could ask to."""
    me = await officer(visit.given.house, visit.person)
    offices = list(me.offices)
    acting = await office_reads.find_delegates(visit.given.pool, [held.office for held in offices])
    return page(
        visit,
        "offices.html",
        me=visit.person,
        held=_held(visit, me),
        received=[_delegation(visit, one) for one in me.delegations],
        offices=[await _office(visit, held, acting, asked.cari or "") for held in offices],
        searched=asked.cari or "",
    )


async def _office(visit: SignedVisit, held: Held, acting: Iterable[Person], name: str) -> dict[str, Any]:
    """Give an office, who acts for it, and who could: those of its agency, or those of the region by name."""
    agency = None if name else held.agency
    found = await office_reads.find_people(
        visit.given.pool, [held.region], name=name, agency=agency, limit=CANDIDATES_MAX
    )
    return {
        "office": held.office,
        "said": office_said(visit, held.office),
        "letter": held.letter,
        "acting": [
            {**_delegation(visit, one), "name": person.name, "end": _form(person.id, "end_delegation", held.office)}
            for person in acting
            for one in person.holds.delegations
            if one.office == held.office
        ],
        "candidates": [
            (person.name, _held(visit, person.holds), _form(person.id, "grant_delegation", held.office))
            for person in found.items
            if person.id != visit.person
        ],
    }


def _form(person: UUID, command: str, office: str | None = None) -> str:
    asked = f"?{urlencode({'office': office})}" if office else ""
    return f"/admin/{person}/{address(command)}{asked}"


# Those of others


@routes.get("/admin")
async def find_people(visit: Somebody, asked: Annotated[Search, Depends(Search.of)]) -> Response:
    """Let an administrator look up the persons of her regions, and who holds nothing yet."""
    regions = visit.seer.regions(Role.ADMIN)
    if not regions:
        raise Problem(403, "role.required", roles=Role.ADMIN.value)
    found = await office_reads.find_people(
        visit.given.pool, regions, name=asked.cari or "", newcomers=True, after=cursor_of(asked.cursor)
    )
    return page(
        visit,
        "admin.html",
        searched=asked.cari or "",
        regions=[region_name(visit, region) for region in regions],
        people=[(one.id, one.name, _held(visit, one.holds), _acting(visit, one.holds)) for one in found.items],
        next=address_with(visit, cursor=found.next) if found.next else None,
        begin=address_with(visit, cursor=None) if asked.cursor else None,
    )


@routes.get("/admin/{id}")
async def manage_person(visit: Somebody, person: Id) -> Response:
    """Show an administrator what a person holds and held, and the forms to change it."""
    regions = visit.seer.regions(Role.ADMIN)
    if not regions:
        raise Problem(403, "role.required", roles=Role.ADMIN.value)
    return await _person(visit, person, regions, newcomers=True)


@routes.get("/jabatan/{id}")
async def read_person(visit: Somebody, person: Id) -> Response:
    """Show what a person of the visitor's regions holds and held, to tell whether she was verifier on a day."""
    return await _person(visit, person, regions_of(visit.seer))


async def _person(visit: SignedVisit, person: UUID, regions: Sequence[str], *, newcomers: bool = False) -> Response:
    names = await visit.given.names.of([str(person)])
    events = await visit.given.house.log.load(stream_of(person))
    open_to = person == visit.person or _belongs(events, regions) or (newcomers and not events)
    if str(person) not in names or not open_to:
        raise NotKnown
    now = fold(OFFICE, events) or Officer(id=stream_of(person))
    can, cannot = await steps_of_person(visit, person)
    doers = await visit.given.names.of(sorted({str(recorded.actor.person) for recorded in events}))
    return page(
        visit,
        "person.html",
        name=names[str(person)],
        managed=newcomers,
        can=can,
        cannot=cannot if newcomers else [],
        held=_held(visit, now),
        acting=[_delegation(visit, one) for one in now.delegations],
        events=[_event(visit, recorded, doers) for recorded in reversed(events)],
    )


def _belongs(events: Iterable[Recorded], regions: Sequence[str]) -> bool:
    """Tell whether a person holds, or ever held, something in one of the regions."""
    return any(recorded.region in regions or getattr(recorded.body, "region", "") in regions for recorded in events)


# In words


def office_said(visit: SignedVisit, office: str) -> str:
    """Give an office or role in words: what, and where."""
    role, _, place = office.partition(":")
    directory = visit.given.house.directory()
    where = region_name(visit, place) if place in directory.regions else agency_name(visit, place)
    return visit.text("desk.office_of", role=role, where=where)


def _held(visit: SignedVisit, officer: Officer) -> list[str]:
    """Give offices and roles in words; for which region, where that is not the agency's own."""
    return [
        _for_region(visit, office_said(visit, held.office), held.agency, held.region)
        for held in (*officer.offices, *officer.roles)
    ]


def _for_region(visit: SignedVisit, said: str, agency: str, region: str) -> str:
    """Add for which region it is, where that is not the agency's own."""
    known = visit.given.house.directory().agencies.get(agency)
    if known is None or known.region == region:
        return said
    return visit.text("offices.for", office_=said, region=region_name(visit, region))


def _acting(visit: SignedVisit, officer: Officer) -> list[str]:
    return [_delegation(visit, one)["said"] for one in officer.delegations]


def _delegation(visit: SignedVisit, one: Delegation) -> dict[str, Any]:
    today: date = visit.given.house.today(one.region)
    standing = "coming" if today < one.starts_on else "over" if today > one.ends_on else "now"
    said = visit.text(
        "offices.acting", kind_=visit.text(f"offices.{one.kind.value}"), office_=office_said(visit, one.office)
    )
    return {"said": said, "letter": one.letter, "from": one.starts_on, "to": one.ends_on, "standing": standing}


def _event(visit: SignedVisit, recorded: Recorded, doers: dict[str, str]) -> dict[str, Any]:
    body, actor = recorded.body, recorded.actor
    office: str = getattr(body, "office", "") or f"{body.role}:{body.agency}"  # type: ignore[attr-defined]
    starts_on, ends_on = getattr(body, "starts_on", None), getattr(body, "ends_on", None)
    return {
        "position": recorded.position,
        "type": body.stored_as,
        "what": _for_region(
            visit, office_said(visit, office), getattr(body, "agency", ""), getattr(body, "region", "")
        ),
        "paper": getattr(body, "letter", None) or getattr(body, "reason", None) or "",
        "period": (starts_on, ends_on) if starts_on else None,
        "occurred_on": recorded.occurred_on,
        "recorded_at": recorded.recorded_at,
        "late": is_late(recorded),
        "by": doers.get(str(actor.person), words(actor.role.value, visit.language)),
        "office": office_in_words(visit, {"role": actor.role.value, "agency": actor.agency, "letter": actor.letter}),
    }
