"""What there is to choose from in a form: people, agencies, evidence and whatever else is known already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.catalogue import messages, words
from adapters.postgres.office_reads import Person, find_people
from adapters.web.forms.about import About
from adapters.web.forms.affairs import affairs
from adapters.web.forms.fields import Option, Options
from adapters.web.visit import SignedVisit
from application.access import Viewer, may_see
from domain.evaluation.state import Evaluation
from domain.innovation.decisions.correction import correctable
from domain.innovation.profile import PROFILE_FIELDS
from domain.innovation.state import Innovation
from domain.measurement import Indicator
from domain.office.state import Officer
from domain.people import DECIDERS, GRANTABLE, OFFICES, Agency, Capacity, Role
from domain.replication.state import Replication
from domain.rulebook.model import ProcessRulebook

PEOPLE = {"sex": ("female", "male"), "age": ("0-17", "18-59", "60+"), "disability": ("with", "without")}
"""How people counted are told apart where an indicator has no earlier measurement to follow."""
PEOPLE_MAX = 2_000
"""As many people as a list holds."""
UNCORRECTED = frozenset({"profile.inclusion", "measurement.people"})
"""Fields whose value no single text can hold: by the API only."""
NAMES_PEOPLE = frozenset(
    {
        "import_historical",
        "add_team_member",
        "hand_over_lead",
        "assign_coach",
        "accept_transfer",
        "grant_duty_waiver",
        "assign_evaluator",
        "replace_evaluator",
        "plan_adaptation",
    }
)
"""Commands that name people, so that who holds what has to be read."""


async def options(visit: SignedVisit, about: About, command: str) -> Options:
    """Give what there is to choose from in the form of a command, by the path of the field."""
    region = _region(visit, about)
    if command not in NAMES_PEOPLE or not region:
        return Lists(visit, about, region, ()).of(command)
    people = await find_people(visit.given.pool, [region], limit=PEOPLE_MAX)
    return Lists(visit, about, region, people.items).of(command)


def _region(visit: SignedVisit, about: About) -> str:
    return about.region or next((capacity.region for capacity in visit.seer.capacities), "")


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one form."""

    visit: SignedVisit
    about: About
    region: str
    people: Sequence[Person]

    @property
    def agencies(self) -> Mapping[str, Agency]:
        """Give the agencies as they are today."""
        return self.visit.given.house.directory().agencies

    @property
    def rules(self) -> ProcessRulebook:
        """Give the rules in force."""
        house = self.visit.given.house
        return house.rulebook_on(house.today(self.region))

    def of(self, command: str) -> Options:
        """Give the lists a command may need."""
        language = self.visit.language
        found: dict[str, Sequence[Option]] = {
            "acting_for": self._own_offices(),
            "evidence": self._evidence(),
            "affairs": [Option(code, said) for code, said in affairs(language).items()],
            "inclusion": [
                Option(key, getattr(said, language), "") for key, said in self.rules.inclusion_questions.items()
            ],
            "unit": self._units(),
            **self._measured(),
        }
        named = getattr(self, f"_{command}", None)
        return {**found, **(named() if named else {})}

    # What is known of the case

    def _evidence(self) -> list[Option]:
        case = self.about.case
        if case is None or not may_see(case, self.visit.seer):
            return []  # what only its kit is known of has no evidence to name
        return [
            Option(str(item), held.fact.description, self._word(held.fact.kind))
            for item, held in sorted(case.evidence.items(), key=lambda pair: pair[1].version)
            if not held.withdrawn
        ]

    def _units(self) -> list[Option]:
        owner = self.about.case.agency if self.about.case else None
        owners = {owner} if owner else {_above(self.agencies, capacity.agency) for capacity in self._own()}
        if owner is None and not any(capacity.role is Role.OFFICIAL for capacity in self._own()):
            owners = {agency.id for agency in self.agencies.values() if agency.region == self.region}
        return self._named(agency for agency in self.agencies.values() if agency.parent in owners)

    def _measured(self) -> dict[str, Sequence[Option]]:
        match self.about.state:
            case Innovation() as case:
                known: Iterable[Indicator] = case.indicators.values()
                told: Sequence[Any] = [measured for _, measured in sorted(case.measurements.items())]
            case Replication(adaptation=adaptation, measurements=told_there) if self.about.case is not None:
                own = adaptation.indicators if adaptation else ()
                known, told = own or self.about.case.indicators.values(), told_there
            case _:
                return {}
        last = next((measured.people for measured in reversed(told) if measured.people), None)
        groups = {name: tuple(getattr(last, name)) if last else keys for name, keys in PEOPLE.items()}
        people = {
            f"people.{name}": [Option(key, self._capital(self._word(key))) for key in keys]
            for name, keys in groups.items()
        }
        return {"indicator": [Option(i.code, i.name, i.unit) for i in known], **people}

    def _resolve_obstacle(self) -> dict[str, Sequence[Option]]:
        standing = self._case().obstacles.items()
        return {
            "obstacle": [
                Option(str(key), one.fact.description, self._word(one.fact.kind))
                for key, one in standing
                if one.resolution is None
            ]
        }

    def _withdraw_evidence(self) -> dict[str, Sequence[Option]]:
        return {"item": self._evidence()}

    def _revise_profile(self) -> dict[str, Sequence[Option]]:
        notes = self._case().unanswered
        return {
            "answers": [Option(str(note.id), note.text, self._field(note.field)) for note in notes],
            "answers.note": [Option(str(note.id), note.text) for note in notes],
        }

    def _request_revision(self) -> dict[str, Sequence[Option]]:
        return {"notes.field": [Option(name, self._field(name)) for name in PROFILE_FIELDS]}

    def _correct(self) -> dict[str, Sequence[Option]]:
        case = self._case()
        others = [n for n, author in sorted(case.authors.items()) if author.person != self.visit.person]
        known = {name: None for event in others for name in correctable(case, event)}
        fields = [name for name in known if name not in UNCORRECTED]
        return {
            "event": [Option(str(n), f"{n}. {self.visit.text(case.authors[n].stored_as)}") for n in others],
            "field": [Option(name, self._corrected(name)) for name in fields],
        }

    def _corrected(self, path: str) -> str:
        owners = {"legal_basis": "LegalBasis", "measurement": "RecordMeasurement", "evidence": "AttachEvidence"}
        thing, _, name = path.rpartition(".")
        said = self._field(name, owners.get(thing, ""))
        return said if thing in {"", "profile"} else f"{said} ({self.visit.text(f'correct.of.{thing}')})"

    # People

    def _add_team_member(self) -> dict[str, Sequence[Option]]:
        team = self._case().team
        return {"person": [o for o in self._officials(self._case().agency) if o.value not in set(map(str, team))]}

    def _hand_over_lead(self) -> dict[str, Sequence[Option]]:
        lead = str(self._case().lead)
        return {"person": [option for option in self._officials(self._case().agency) if option.value != lead]}

    def _accept_transfer(self) -> dict[str, Sequence[Option]]:
        return {"lead": self._officials(self._case().offered_to or "")}

    def _assign_coach(self) -> dict[str, Sequence[Option]]:
        return {"person": self._holding(Role.COACH)}

    def _grant_duty_waiver(self) -> dict[str, Sequence[Option]]:
        return {"person": [option for option in self._holding(*Role) if option.value != str(self.visit.person)]}

    def _assign_evaluator(self) -> dict[str, Sequence[Option]]:
        seated = {str(seat.person) for seat in self._evaluation().seats}
        return {"person": [option for option in self._holding(Role.EVALUATOR) if option.value not in seated]}

    def _replace_evaluator(self) -> dict[str, Sequence[Option]]:
        names = {str(one.id): one.name for one in self.people}
        seats = [str(seat.person) for seat in self._evaluation().seats if seat.replaceable]
        free = self._assign_evaluator()["person"]
        return {"person": [Option(seat, names.get(seat, seat)) for seat in seats], "replacement": free}

    def _plan_adaptation(self) -> dict[str, Sequence[Option]]:
        copy = self.about.state
        return {"team": self._officials(copy.adopter_agency) if isinstance(copy, Replication) else []}

    def _import_historical(self) -> dict[str, Sequence[Option]]:
        mine = [agency for agency in self.agencies.values() if agency.region == self.region and not agency.outside]
        return {
            "agency": self._named(mine),
            "lead": self._holding(Role.OFFICIAL),
            "coach": self._holding(Role.COACH),
            "endorser": self._holding(Role.AGENCY_HEAD),
            "decider": self._holding(*DECIDERS),
        }

    def _officials(self, agency: str) -> list[Option]:
        """Give the officials of an agency and its units."""
        return self._holding(Role.OFFICIAL, below=agency)

    def _holding(self, *roles: Role, below: str | None = None) -> list[Option]:
        """Give who holds one of some roles in the region, with where."""
        today = self.visit.given.house.today(self.region)
        found = []
        for one in self.people:
            held = [
                capacity
                for capacity in one.holds.capacities(today)
                if capacity.role in roles
                and capacity.region == self.region
                and (below is None or below in {capacity.agency, _above(self.agencies, capacity.agency)})
            ]
            if held:
                found.append(Option(str(one.id), f"{one.name}, {self._office(held[0])}"))
        return found

    # Agencies and offices

    def _record_obstacle(self) -> dict[str, Sequence[Option]]:
        return {"owner": self._named(a for a in self.agencies.values() if a.region == self.region and not a.outside)}

    def _invite_partner(self) -> dict[str, Sequence[Option]]:
        case = self._case()
        others = [a for a in self.agencies.values() if a.id != case.agency and a.id not in case.partners]
        return {"agency": self._named(sorted(others, key=lambda a: (a.region != self.region, a.name)), kept=True)}

    def _withdraw_partner(self) -> dict[str, Sequence[Option]]:
        return {"agency": self._named(self.agencies[key] for key in self._case().partners if key in self.agencies)}

    def _offer_transfer(self) -> dict[str, Sequence[Option]]:
        others = (a for a in self.agencies.values() if a.region == self.region and not a.outside and a.parent is None)
        return {"agency": self._named(agency for agency in others if agency.id != self._case().agency)}

    def _request_replication(self) -> dict[str, Sequence[Option]]:
        own = {capacity.agency for capacity in self._own()}
        return {"agency": self._named(a for a in self.agencies.values() if a.id in own or a.parent in own)}

    def _score(self) -> dict[str, Sequence[Option]]:
        said = self.rules.panel.criteria
        return {
            "scores": [
                Option(key, *_parted(getattr(said[key], self.visit.language) if key in said else key))
                for key in self._evaluation().criteria
            ]
        }

    def _hold_office(self) -> dict[str, Sequence[Option]]:
        return {"role": self._roles(OFFICES), "agency": self._named(self._all_agencies())}

    def _grant_role(self) -> dict[str, Sequence[Option]]:
        return {"role": self._roles(GRANTABLE), "agency": self._everywhere(), "region": self._regions()}

    def _revoke_role(self) -> dict[str, Sequence[Option]]:
        held = self._holds().roles
        agencies = {one.agency: self.agencies[one.agency] for one in held if one.agency in self.agencies}
        return {
            "role": self._roles({one.role for one in held}),
            "agency": self._named(agencies.values()),
            "region": [option for option in self._regions() if option.value in {one.region for one in held}],
        }

    def _leave_office(self) -> dict[str, Sequence[Option]]:
        return {"office": [Option(held.office, self._office(held)) for held in self._holds().offices]}

    def _grant_delegation(self) -> dict[str, Sequence[Option]]:
        own = [capacity for capacity in self._own() if capacity.role in OFFICES and capacity.letter is None]
        if any(capacity.role is Role.ADMIN for capacity in self._own()):
            heads = (Capacity(role=Role.AGENCY_HEAD, agency=a.id, region=a.region) for a in self._all_agencies())
            own = [*own, *self._seats(), *heads]
        return {"office": [Option(each.office, self._office(each)) for each in own]}

    def _end_delegation(self) -> dict[str, Sequence[Option]]:
        acting = self._holds().delegations
        return {"office": [Option(each.office, self._office(each)) for each in acting]}

    def _seats(self) -> Iterator[Capacity]:
        regions = self.visit.given.house.directory().regions
        for region in self._administered():
            if (seat := regions[region].seat) is not None:
                yield from (Capacity(role=role, agency=seat, region=region) for role in sorted(DECIDERS))

    def _all_agencies(self) -> list[Agency]:
        mine = self._administered()
        known = [agency for agency in self.agencies.values() if agency.region in mine and not agency.outside]
        return sorted(known, key=lambda agency: agency.name)

    def _everywhere(self) -> list[Option]:
        mine = {capacity.region for capacity in self._own()} | {self.region}
        return self._named(agency for agency in self.agencies.values() if agency.region in mine)

    def _regions(self) -> list[Option]:
        known = self.visit.given.house.directory().regions
        mine = [known[code] for code in self._administered() if code in known]
        return [Option(region.code, region.name) for region in sorted(mine, key=lambda region: region.name)]

    def _administered(self) -> list[str]:
        return [capacity.region for capacity in self._own() if capacity.role is Role.ADMIN]

    def _roles(self, roles: Iterable[Role]) -> list[Option]:
        return [Option(role.value, self._capital(self._word(role))) for role in sorted(roles)]

    def _own_offices(self) -> list[Option]:
        return [Option(office, said) for office, said in offices(self.visit).items()]

    def _named(self, agencies: Iterable[Agency], *, kept: bool = False) -> list[Option]:
        """Give agencies by name; of another region with its name."""
        found = list(agencies) if kept else sorted(agencies, key=lambda agency: agency.name)
        regions = self.visit.given.house.directory().regions
        return [Option(a.id, a.name, "" if a.region == self.region else regions[a.region].name) for a in found]

    # Words

    def _own(self) -> tuple[Capacity, ...]:
        seer: Viewer = self.visit.seer
        return seer.capacities

    def _office(self, held: Any) -> str:
        return self.visit.office(Capacity(role=held.role, agency=held.agency, region=held.region))

    def _word(self, value: str) -> str:
        return words(str(value), self.visit.language)

    def _field(self, name: str, owner: str = "") -> str:
        code = f"field.{owner}.{name}"
        return self.visit.text(code if code in messages() else f"field.{name}")

    @staticmethod
    def _capital(said: str) -> str:
        return said[:1].upper() + said[1:]

    def _case(self) -> Innovation:
        assert self.about.case is not None
        return self.about.case

    def _evaluation(self) -> Evaluation:
        assert isinstance(self.about.state, Evaluation)
        return self.about.state

    def _holds(self) -> Officer:
        assert isinstance(self.about.state, Officer)
        return self.about.state


def _parted(said: str) -> tuple[str, str]:
    """Part the name of a criterion from what it means."""
    name, _, means = said.partition(": ")
    return name, means[:1].upper() + means[1:]


def offices(visit: SignedVisit) -> dict[str, str]:
    """Give the offices a visitor may act in, by id, in words."""
    return {capacity.office: visit.office(capacity) for capacity in visit.seer.capacities}


def _above(agencies: Mapping[str, Agency], agency: str) -> str:
    known = agencies.get(agency)
    return known.parent if known and known.parent else agency
