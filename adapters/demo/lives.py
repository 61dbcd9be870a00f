"""How an idea may live: every branch of the table, taken as chance has it, by people who may take it."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from adapters.demo.governments import person_id
from domain.codes import BudgetSource, Initiator, LegalBasisType, Origin, Plan, StopReason
from domain.innovation.state import Innovation
from domain.people import Role

WORK_BEGINS, WORK_ENDS, SATURDAY = 1, 9, 5  # hours in UTC: the working day of Jakarta
DELEGATED_FROM = date(2025, 11, 3)
SECRETARY, COORDINATOR = Role.REGIONAL_SECRETARY, Role.COORDINATOR


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does next, and when."""

    at: datetime
    by: UUID
    code: str
    fields: dict[str, Any]


Steps = Iterator[Step]


@dataclass(frozen=True, slots=True)
class Owner:
    """An agency that has ideas: its head, and the officials who play no other part."""

    agency: str
    head: UUID
    officials: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a region by what they do in it."""

    owners: tuple[Owner, ...]
    coaches: tuple[UUID, ...]
    holders: dict[Role, UUID]
    partners: tuple[tuple[str, UUID], ...]  # agencies with an officer who can say yes


@cache
def words() -> dict[str, Any]:
    """Give the parts titles and texts are made of."""
    return tomllib.loads((files("adapters.demo") / "words.toml").read_text(encoding="utf-8"))


@cache
def casts() -> tuple[Cast, ...]:
    """Give the cast of every invented region, as the governments' own plan has it."""
    plan = tomllib.loads((files("adapters.demo") / "governments.toml").read_text(encoding="utf-8"))
    regions = {agency: row[0] for agency, row in plan["agencies"].items()}
    return tuple(_cast(plan["people"], regions, region["code"]) for region in plan["region"])


def _cast(people: dict[str, Any], regions: dict[str, str], region: str) -> Cast:
    roles = [(person_id(k), r, a) for k, p in people.items() for r, a, *_ in p.get("roles", ()) if regions[a] == region]
    seats = [
        (person_id(k), r, a) for k, p in people.items() for r, a, _ in p.get("offices", ()) if regions[a] == region
    ]
    busy = {person for person, role, _ in (*roles, *seats) if role not in {Role.OFFICIAL, Role.EVALUATOR}}
    busy |= {person_id(key) for key, person in people.items() if person.get("delegations")}
    officials = [(person, agency) for person, role, agency in roles if role == Role.OFFICIAL]
    owners = [
        Owner(agency, head, tuple(person for person, where in officials if where == agency and person not in busy))
        for head, role, agency in seats
        if role == Role.AGENCY_HEAD
    ]
    return Cast(
        owners=tuple(owner for owner in owners if owner.officials),
        coaches=tuple(person for person, role, _ in roles if role == Role.COACH),
        holders={Role(role): person for person, role, _ in (*roles, *seats)},
        partners=tuple({agency: (agency, person) for person, agency in officials}.values()),
    )


class Life:
    """One idea on its way. `steps` gives what happens; `case` is set to how it stands before each next step."""

    case: Innovation

    def __init__(self, chance: random.Random, begins: datetime, taken: set[str]) -> None:
        """Be born at a moment, under a title nobody has `taken`."""
        self._chance = chance
        self._at = begins
        self._cast = chance.choices(casts(), [len(cast.owners) for cast in casts()])[0]
        self._owner = chance.choice(self._cast.owners)
        self._lead = chance.choice(self._owner.officials)
        self._coach: UUID | None = None
        place = self._pick("wilayah"), self._pick("nama_depan"), self._pick("nama_belakang")
        about = words()["bidang"][self._owner.agency.partition("-")[2]]
        self._affair, service = about["affair"], chance.choice(about["layanan"])
        self._about = {
            "layanan": service.lower(),
            "sasaran": self._pick("sasaran"),
            "tempat": " ".join(place),
            "jumlah": f"{chance.randrange(3, 90) * 50:,}".replace(",", "."),
        }
        self._title = self._unused(service, " ".join(place), taken)

    def steps(self) -> Steps:
        """Tell the whole life; it may stop anywhere, as real ones do."""
        yield self._do(
            self._lead,
            "register_idea",
            title=self._title,
            problem=self._told("masalah"),
            affairs=[self._affair],
            initiator=self._chance.choice(list(Initiator)),
        )
        for part in (self._prepared, self._written, self._endorsed, self._decided, self._tried):
            yield from part()
            if not self.case.is_open or self._happens(0.04):  # over, or forgotten in a drawer
                return
            yield from self._aside()
            if self.case.is_open and self._happens(0.03):
                yield from self._stopped()
            if not self.case.is_open:
                return

    # On the way

    def _prepared(self) -> Steps:
        if self._happens(0.4):
            yield from self._member_joins()
        if self._happens(0.85):
            self._coach = self._chance.choice(self._cast.coaches) if self._cast.coaches else None
        if self._coach:
            yield self._do(self._cast.holders[COORDINATOR], "assign_coach", person=self._coach)
        if self._happens(0.5):
            yield from self._evidence()

    def _written(self) -> Steps:
        yield self._do(self._lead, "revise_profile", (3, 20), **self._profile())
        yield self._do(self._lead, "submit", pledge=True)
        while self._coach:
            yield self._do(self._coach, "record_review", advice=self._pick("nasihat"))
            if self._happens(0.7):
                return
            yield from self._revised(self._coach)

    def _endorsed(self) -> Steps:
        if self._happens(0.1):
            yield self._decide(self._owner.head, "endorse.return", "alasan_tolak")
            yield self._do(self._lead, "revise_profile", cost=self._chance.randrange(2, 400) * 500_000)
            yield self._do(self._lead, "submit", pledge=True)
        if self._happens(0.05):
            yield self._decide(self._owner.head, "endorse.return", "alasan_lain")
            yield from self._rescinded(self._owner.head)
        yield self._decide(self._endorser(), "endorse.endorse", "alasan_setuju", **self._late())
        if Role.VERIFIER in self._cast.holders and self._happens(0.08):
            yield from self._revised(self._cast.holders[Role.VERIFIER])
            yield self._decide(self._owner.head, "endorse.endorse", "alasan_setuju")

    def _decided(self) -> Steps:
        while self._happens(0.2):
            yield self._decide(self._secretary, "decide_pilot.defer", "alasan_lain", until=self._ahead(60))
        if self._happens(0.03):
            yield self._decide(self._secretary, "decide_pilot.approve", "alasan_setuju")
            yield from self._rescinded(self._secretary)
        if self._happens(0.15):
            yield self._decide(self._secretary, "decide_pilot.reject", "alasan_tolak", **self._late())
            if self._happens(0.8):
                return
            yield self._attach()
            yield self._decide(self._secretary, "reopen", "alasan_lain", (20, 60))
            yield self._do(self._lead, "revise_profile", cost=self._chance.randrange(2, 400) * 500_000 + 1)
            yield self._do(self._lead, "submit", pledge=True)
            yield self._decide(self._owner.head, "endorse.endorse", "alasan_setuju")
        yield self._decide(self._secretary, "decide_pilot.approve", "alasan_setuju", **self._late())

    def _tried(self) -> Steps:
        begins = self._ahead(self._chance.randrange(20, 60))
        indicator = {"code": "lama", "name": "Lama pengurusan", "unit": "hari", "baseline": 11, "target": 3}
        yield self._do(
            self._lead,
            "start_pilot",
            (5, 30),
            place=self._about["tempat"],
            target_group=self._about["sasaran"].capitalize(),
            indicators=[indicator],
            starts_on=begins,
            ends_on=begins + timedelta(days=180),
            budget_source=self._chance.choice(list(BudgetSource)),
            legal_basis=[self._legal_basis()],
        )
        if self._happens(0.4):
            yield self._decide(
                self._cast.holders[COORDINATOR],
                "publish_case",
                "alasan_setuju",
                redaction={"no_personal_data": True, "pictures_consented": True},
            )
            if self._happens(0.1):
                yield self._decide(self._cast.holders[COORDINATOR], "unpublish_case", "alasan_lain")

    def _revised(self, by: UUID) -> Steps:
        """Somebody asks for more, the team answers every note and hands in again."""
        notes = [{"field": field, "text": text} for field, text in self._chance.sample(words()["catatan"], 2)]
        yield self._decide(by, "request_revision", "alasan_lain", notes=notes)
        answers = [{"note": note.id, "text": self._pick("jawaban")} for note in self.case.unanswered]
        told = f"{self._told('tujuan')} Dihitung ulang pada pekan ke-{self.case.version}."
        yield self._do(self._lead, "revise_profile", goals=told, answers=answers)
        yield self._do(self._lead, "submit", pledge=True)

    def _stopped(self) -> Steps:
        reason = self._chance.choice(list(StopReason))
        lesson = self._pick("pelajaran")
        yield self._decide(self._secretary, "stop", "alasan_tolak", reason_code=reason, lesson=lesson)
        if self._happens(0.2):
            yield self._attach()
            yield self._decide(self._secretary, "reopen", "alasan_lain", (20, 60))

    # Aside

    def _aside(self) -> Steps:
        """What may happen to a case at any time, at most two at once."""
        ways: dict[Callable[[], Steps], int] = {
            self._evidence: 12,
            self._planned: 8,
            self._founded: 5,
            self._partnered: 6,
            self._member_joins: 4,
            self._corrected: 4,
            self._suspended: 3,
            self._transferred: 2,
            self._handed_over: 2,
            self._waived: 1,
        }
        for way in self._chance.choices(list(ways), list(ways.values()), k=self._chance.choice((0, 0, 1, 1, 2))):
            if self.case.is_open:
                yield from way()

    def _evidence(self) -> Steps:
        yield self._attach()
        if self._happens(0.05):
            item = max(self.case.evidence.values(), key=lambda evidence: evidence.version).fact.item
            yield self._do(self._lead, "withdraw_evidence", item=item, reason=self._pick("alasan_lain"))

    def _attach(self) -> Step:
        kind, description = self._chance.choice(words()["bukti"])
        return self._do(
            self._lead,
            "attach_evidence",
            digest=f"{self._chance.getrandbits(256):064x}",
            size=self._chance.randrange(20_000, 4_000_000),
            media_type="application/pdf",
            kind=kind,
            description=f"{description}, {self._about['tempat']}",
            url=f"https://arsip.example/dokumen/{self._chance.getrandbits(40):010x}.pdf",
            **self._late(),
        )

    def _planned(self) -> Steps:
        code = f"{self._chance.randrange(1, 8)}.{self._chance.randrange(1, 40):02}"
        yield self._do(self._lead, "link_plan", plan=self._chance.choice(list(Plan)), code=code)

    def _founded(self) -> Steps:
        yield self._do(self._lead, "attach_legal_basis", **self._legal_basis())

    def _partnered(self) -> Steps:
        agency, officer = self._chance.choice(self._cast.partners)
        if agency == self._owner.agency or agency in self.case.partners:
            return
        contribution = "Tenaga dan tempat kegiatan"
        yield self._do(self._lead, "invite_partner", agency=agency, kind="government", contribution=contribution)
        if self._happens(0.8):
            yield self._do(officer, "accept_partnership", (2, 15))
        if self._happens(0.15):
            yield self._do(self._lead, "withdraw_partner", agency=agency, reason=self._pick("alasan_lain"))

    def _member_joins(self) -> Steps:
        for person in self._owner.officials:
            if person not in self.case.team:
                yield self._do(self._lead, "add_team_member", person=person)
                return

    def _handed_over(self) -> Steps:
        others = [person for person in self._owner.officials if person != self._lead]
        if others:
            new = self._chance.choice(others)
            yield self._decide(self._lead, "hand_over_lead", "alasan_lain", person=new)
            self._lead = new

    def _transferred(self) -> Steps:
        owner = self._chance.choice(self._cast.owners)
        if owner is self._owner or owner.agency in self.case.partners:
            return
        reason = self._pick("alasan_lain")
        yield self._do(self._owner.head, "offer_transfer", agency=owner.agency, reason=reason)
        lead = self._chance.choice(owner.officials)
        yield self._decide(owner.head, "accept_transfer", "alasan_setuju", (2, 15), lead=lead)
        self._owner, self._lead = owner, lead

    def _corrected(self) -> Steps:
        if self._happens(0.5):
            wrong = {"field": "profile.cost", "value": self._chance.randrange(2, 400) * 500_000 + 2}
        else:
            wrong = {"field": "occurred_on", "value": self._past(self._chance.randrange(1, 20)).isoformat()}
        yield self._decide(self._cast.holders[COORDINATOR], "correct", "alasan_lain", event=1, **wrong)

    def _suspended(self) -> Steps:
        yield self._decide(self._secretary, "suspend", "alasan_lain", review_on=self._ahead(90))
        if self._happens(0.1):
            yield from self._rescinded(self._secretary)
        elif self._happens(0.95):
            yield self._decide(self._secretary, "resume", "alasan_setuju", (10, 60))
        else:
            yield from self._stopped()

    def _waived(self) -> Steps:
        yield self._decide(
            self._secretary,
            "grant_duty_waiver",
            "alasan_lain",
            duty="innovator_coach",
            person=self._lead,
            until=self._ahead(120),
        )

    def _rescinded(self, by: UUID) -> Steps:
        letter = f"Surat Nomor 800/{self._chance.randrange(1, 900)}"
        yield self._decide(by, "rescind_decision", "alasan_lain", letter=letter)

    # Words, people and days

    def _do(self, by: UUID, code: str, days: tuple[int, int] = (1, 6), /, **fields: Any) -> Step:
        self._at = at_work(self._at + timedelta(days=self._chance.randint(*days), hours=self._chance.randrange(8)))
        return Step(self._at, by, code, fields)

    def _decide(self, by: UUID, code: str, why: str, days: tuple[int, int] = (1, 10), /, **fields: Any) -> Step:
        return self._do(by, code, days, reason=self._pick(why), **fields)

    @property
    def _secretary(self) -> UUID:
        return self._cast.holders[SECRETARY]

    def _endorser(self) -> UUID:
        """The head herself, or whoever acts for her."""
        acting = self._owner.agency == "ka-dinkes" and self._at.date() > DELEGATED_FROM and self._happens(0.3)
        return person_id("kartika") if acting else self._owner.head

    def _happens(self, probability: float) -> bool:
        return self._chance.random() < probability

    def _pick(self, name: str) -> str:
        found: str = self._chance.choice(words()[name])
        return found

    def _told(self, name: str) -> str:
        text = self._pick(name).format_map(self._about)
        return text[0].upper() + text[1:]

    def _unused(self, service: str, place: str, taken: set[str]) -> str:
        while (title := f"{self._pick('cara')} {service} {place}") in taken:
            place = f"{self._pick('nama_depan')} {self._pick('nama_belakang')} {self._chance.randrange(2, 90)}"
        taken.add(title)
        return title

    def _profile(self) -> dict[str, Any]:
        paragraphs = self._chance.sample(words()["rancangan"], 7)
        return {
            "design": "\n\n".join(paragraph.format_map(self._about) for paragraph in paragraphs),
            "goals": self._told("tujuan"),
            "benefits": self._told("manfaat"),
            "form": "public_service",
            "kind": self._chance.choice(("digital", "non_digital")),
            "origin": self._chance.choice(list(Origin)),
            "inclusion": {name: text.format_map(self._about) for name, text in words()["inklusi"].items()},
        }

    def _legal_basis(self) -> dict[str, Any]:
        number = f"{self._chance.randrange(1, 300)}/{self._at.year}"
        kind = self._chance.choice(list(LegalBasisType))
        return {"type": kind, "number": number, "date": self._past(self._chance.randrange(1, 200))}

    def _ahead(self, days: int) -> date:
        """A day that is ahead also when the step itself takes its time."""
        return (self._at + timedelta(days=days + 30)).date()

    def _past(self, days: int) -> date:
        return (self._at - timedelta(days=days)).date()

    def _late(self) -> dict[str, Any]:
        """Now and then something is entered days after it happened."""
        return {"occurred_on": self._past(self._chance.randrange(9))} if self._happens(0.12) else {}


def at_work(moment: datetime) -> datetime:
    """Give the first full working hour at or after a moment."""
    if moment.hour >= WORK_ENDS or moment.hour < WORK_BEGINS:
        moment = moment.replace(hour=WORK_BEGINS) + timedelta(days=moment.hour >= WORK_ENDS)
    if moment.weekday() >= SATURDAY:
        moment += timedelta(days=7 - moment.weekday())
    return datetime(moment.year, moment.month, moment.day, moment.hour, tzinfo=UTC)
