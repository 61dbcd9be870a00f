"""What somebody who decides should have read first: the case on one page, and that the duties stay apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from adapters.catalogue import words
from adapters.postgres.due_reads import due_on
from adapters.web.forms.about import About
from adapters.web.render import filters
from adapters.web.visit import SignedVisit
from application.streams import KINDS
from domain.innovation.events import AgencyEndorsed
from domain.innovation.profile import told
from domain.innovation.state import Innovation
from domain.lifecycle import Move
from domain.people import Part


@dataclass(frozen=True, slots=True)
class Brief:
    """A case in few words, until when the decision is due, and the checks of duties with their marks."""

    title: str = ""
    address: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    due: date | None = None
    overdue: bool = False
    checks: list[tuple[str, str]] = field(default_factory=list)


async def brief(visit: SignedVisit, about: About, move: Move[Any]) -> Brief:
    """Give what to read before a decision on a case."""
    case = about.case
    assert case is not None
    kind = next(name for name, known in KINDS.items() if about.door is not None and known is about.door.kind)
    due = await due_on(visit.given.pool, kind, about.state.id, about.table.name(move).partition(".")[0])
    today = visit.given.house.today(case.region)
    return Brief(
        title=case.title,
        address=f"/inovasi/{case.case_number}",
        facts=await _facts(visit, case),
        due=due,
        overdue=due is not None and due < today,
        checks=await _checks(visit, case, move),
    )


async def _facts(visit: SignedVisit, case: Innovation) -> list[tuple[str, str]]:
    directory, say = visit.given.house.directory(), visit.text
    known = told(case.profile)
    rules = visit.given.house.rulebook_on(visit.given.house.today(case.region))
    owners = [directory.agencies[agency].name for agency in dict.fromkeys((case.agency, case.home)) if agency]
    answered = len(known.get("inclusion", {}))
    found = [
        ("brief.owner", ", ".join(owners)),
        ("brief.stage", words(case.place, visit.language)),
        ("brief.design", say("brief.design_words", have=case.design_words)),
        ("brief.inclusion", say("brief.inclusion_answered", have=answered, need=len(rules.inclusion_questions))),
    ]
    if case.pilot is not None:
        found.append(("brief.place", case.pilot.place))
    if "cost" in known:
        found.append(("brief.cost", filters(visit.language)["rupiah"](known["cost"])))
    endorsed = [r.body for r in await visit.given.house.log.load(case.id) if isinstance(r.body, AgencyEndorsed)]
    if endorsed:
        found.append(("brief.endorser", f"“{endorsed[-1].reason}”"))
    return [(say(code), value) for code, value in found]


async def _checks(visit: SignedVisit, case: Innovation, move: Move[Any]) -> list[tuple[str, str]]:
    """Say of every other part of the case who played it, and that the visitor is none of them or may be."""
    if move.plays is None:
        return []
    found = []
    for part in Part:
        if part is move.plays:
            continue
        said = words(part, visit.language)
        people = case.parts.get(part, frozenset())
        names = await visit.given.names.of(sorted(map(str, people)))
        if visit.person in people:
            found.append(("yes", visit.text("form.duty_waived", part=said)))
        elif people:
            found.append(("yes", visit.text("form.duty_apart", part=said, names=", ".join(sorted(names.values())))))
        elif part in case.unknown_parts:
            found.append(("late", visit.text("form.duty_unknown", part=said)))
        else:
            found.append(("yes", visit.text("form.duty_nobody", part=said)))
    return found
