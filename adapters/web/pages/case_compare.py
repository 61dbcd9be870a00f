"""Two moments of a case beside each other: what differs, and which event did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from adapters.http.past import past_of
from adapters.http.problems import Problem
from adapters.http.query import Cut, Query
from adapters.web.casefile.opened import Opened, open_case
from adapters.web.casefile.trail import Entry, entries_of
from adapters.web.cases import case_by_number
from adapters.web.render import page
from adapters.web.told import UNSAID, Sayer
from adapters.web.visit import SignedVisit, Somebody
from application.errors import NotKnown
from application.queries import at_version, difference, document, history
from application.streams import INNOVATION
from domain.innovation.state import Innovation

routes = APIRouter()
SAME, DEL, INS = "same", "del", "ins"
Piece = tuple[str, str]
"""One of these, and the words."""


class CompareQuery(Query, frozen=True, kw_only=True):
    """Between which days or versions."""

    dari: str | None = None
    ke: str | None = None


@dataclass(frozen=True)
class Change:
    """A field that differs: what it was, what it is, and the event that made it so."""

    label: str
    before: list[list[Piece]]
    after: list[list[Piece]]
    by: Entry


@routes.get("/inovasi/{number}/banding")
async def compare(visit: Somebody, number: str, asked: Annotated[CompareQuery, Depends(CompareQuery.of)]) -> Response:
    """Compare a case at two moments; without any, the last event with what was before it."""
    now = await case_by_number(visit, number)
    opened = await open_case(visit, now, Cut())
    trouble, begin, to = "", max(now.version - 1, 1), now.version
    try:
        to = await _version(visit, now, asked.ke, to)
        begin = await _version(visit, now, asked.dari, max(to - 1, 1))
    except (Problem, NotKnown):
        trouble = visit.text("compare.unfit", most=now.version)
    if not trouble and begin > to:
        trouble = visit.text("compare.turned")
    return page(
        visit,
        "case/compare.html",
        422 if trouble else 200,
        case=document(now),
        asked=asked,
        begin=begin,
        to=to,
        trouble=trouble,
        changes=[] if trouble else changes_of(opened, begin, to),
        zone=opened.zone,
    )


async def _version(visit: SignedVisit, now: Innovation, wish: str | None, otherwise: int) -> int:
    """Read a version, or a day or moment, as the version the case was at then."""
    if not wish:
        return otherwise
    cut = Cut(version=int(wish)) if wish.isascii() and wish.isdigit() and 0 < len(wish) < 10 else Cut(as_of=wish)
    if cut.version == 0:
        raise NotKnown
    return (await past_of(visit.given, cut, now)).events[-1].version


def changes_of(opened: Opened, begin: int, to: int) -> list[Change]:
    """Give every field that differs between two versions."""
    before, after = at_version(opened.events, begin), at_version(opened.events, to)
    assert before is not None
    assert after is not None
    differs = difference(document(before), document(after))
    last: dict[str, int] = {}
    for entry in history(INNOVATION, opened.events[:to], after=begin):
        last |= dict.fromkeys(entry["changes"], entry["version"])
    by = {entry.version: entry for entry in entries_of(opened, after=begin, last=to)}
    return [
        Change(opened.say.label(name), *_sides(opened.say, name, *values), by[last[name]])
        for name, values in differs.items()
    ]


def _sides(say: Sayer, name: str, before: Any, after: Any) -> tuple[list[list[Piece]], list[list[Piece]]]:
    """Give both values in lines; of a list only what is not on both sides, of a text the words that differ."""
    if isinstance(before, list | tuple) or isinstance(after, list | tuple):
        left, right = before or [], after or []
        return (
            [[(DEL, _line(say, name, item))] for item in left if item not in right],
            [[(INS, _line(say, name, item))] for item in right if item not in left],
        )
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return (
            [[(DEL, _named(say, key, before[key]))] for key in keys if key in before],
            [[(INS, _named(say, key, after[key]))] for key in keys if key in after],
        )
    left, right = marked(say.value(name, before), say.value(name, after))
    return [left], [right]


def marked(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Give two texts in pieces, with the words marked that are on one side only; where one is empty, nothing is."""
    if UNSAID in {before, after}:
        return [(SAME, before)], [(SAME, after)]
    old, new = before.split(" "), after.split(" ")
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = kind == "equal"
        left += [(SAME if same else DEL, " ".join(old[a:b]))] if b > a else []
        right += [(SAME if same else INS, " ".join(new[c:d]))] if d > c else []
    return left, right


def _named(say: Sayer, key: str, value: Any) -> str:
    return f"{say.label(key)}: {say.value(key, value)}"


TOLD_BY: Mapping[str, tuple[str, ...]] = {
    "evidence": ("description", "kind"),
    "legal_bases": ("type", "number", "date"),
    "plans": ("plan", "code"),
    "budget_years": ("year", "source", "amount"),
    "dependencies": ("flows",),
    "obstacles": ("description", "resolution"),
    "partners": ("agency", "contribution", "accepted"),
    "indicators": ("name", "baseline", "target"),
    "measurements": ("indicator", "value", "unit", "ends_on"),
    "revision_notes": ("field", "text", "answer"),
    "waivers": ("duty", "person", "until"),
}
"""What names an item of a list."""
LABELLED = frozenset({"baseline", "target", "accepted", "resolution", "answer"})
"""What needs its label to be understood."""


def _line(say: Sayer, name: str, item: Any) -> str:
    if not isinstance(item, dict):
        return say.value(name, item)
    told = [
        _named(say, key, item[key]) if key in LABELLED else say.value(key, item[key])
        for key in TOLD_BY.get(name, tuple(item))
        if item.get(key) is not None and item[key] is not False
    ]
    withdrawn = [say.text("case.evidence.gone")] if item.get("withdrawn") else []
    return " · ".join([*told, *withdrawn])
