"""The dashboard's panels: each says what it found, and has a picture and a table whose figures lead to their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from babel.numbers import format_decimal

from adapters.catalogue import words
from adapters.web.lists.board import EARLY_ENDS, Lane, groups_of, scale_of, short
from adapters.web.lists.listing import to
from adapters.web.visit import Visit
from domain.codes import Outcome, ReplicationStatus, Stage
from domain.people import Agency

LANES_MAX = 8
BARS_MAX = 8
CASES = "/inovasi"
LATE = "/dasbor/lewat-waktu"
NOTHING = "–"
Cell = tuple[str, str]
"""What stands in a table, and where it leads ('' for nowhere)."""


class Panel(NamedTuple):
    """A finding, what was measured, and the figures: drawn, and in a table."""

    title: str
    said: str
    items: list[tuple[Any, ...]]
    told: str  # the picture in words
    head: list[str]
    rows: list[list[Cell]]


class Board:
    """Makes panels in a visitor's language; `scope` is what every list they lead to is narrowed by."""

    def __init__(self, visit: Visit, scope: Mapping[str, Any]) -> None:
        self._visit, self._scope, self._say = visit, scope, visit.text

    def funnel(self, living: Sequence[Mapping[str, Any]], total: int, outcomes: Mapping[str, int]) -> Panel:
        """How many cases stand at each stage, and ever came there."""
        say, anchored = self._say, outcomes[Outcome.INSTITUTIONALISED]
        items = [
            (
                row["stage"],
                self._stage(row),
                say("list.board.now_ever", now=row["here"], ever=row["reached"]),
                row["here"],
                row["reached"],
            )
            for row in living
        ]
        said = say("list.board.only_now", now=anchored)
        items.append(("anchored", say("list.status.institutionalised"), said, anchored, anchored))
        rows = [
            [
                (self._stage(row), ""),
                self._cases(row["reached"], reached=row["stage"]),
                self._cases(row["here"], stage=row["stage"]),
            ]
            for row in living
        ]
        closed = self._cases(anchored, stage=Stage.CLOSED.value, status=Outcome.INSTITUTIONALISED.value)
        rows.append([(say("list.status.institutionalised"), ""), (NOTHING, ""), closed])
        some = living[-1]["reached"]
        return Panel(
            say("list.board.funnel" if some else "list.board.funnel_none", some=some, all=total),
            say("list.board.funnel_said"),
            items,
            _told(items),
            [say("list.stage"), say("list.board.ever"), say("list.board.now")],
            rows,
        )

    def stays(self, living: Sequence[Mapping[str, Any]]) -> Panel:
        """How long cases stay at each stage."""
        say = self._say
        items, rows = [], []
        for row in living:
            median = row["median_days"]
            said = say("list.board.median", days=round(median)) if median is not None else say("list.board.unknown")
            figures = [row[f"{name}_days"] for name in ("p25", "median", "p75", "p90")]
            items.append((row["stage"], self._stage(row), said, *figures))
            link = to(CASES, **self._scope, reached=row["stage"])
            rows.append([(self._stage(row), link), *((self._figure(one), "") for one in figures)])
        slowest = max(living, key=lambda row: row["median_days"] or 0)
        if slowest["median_days"] is None:
            title = say("list.board.stays_none")
        else:
            title = say("list.board.stays", stage=self._stage(slowest), days=round(slowest["median_days"]))
        head = [say("list.stage"), *(say(f"list.board.{part}") for part in ("p25", "p50", "p75", "p90"))]
        return Panel(title, say("list.board.stays_said"), items, _told(items), head, rows)

    def ticks(self, living: Sequence[Mapping[str, Any]]) -> list[tuple[float, str]]:
        """Give the marks under the picture of stays; the last is where it ends."""
        most = scale_of(row["p90_days"] for row in living)
        return [(0, "0"), (most / 2, self._figure(most / 2)), (most, self._say("list.days", days=most))]

    def agencies(self, owners: Sequence[Agency], cases: Mapping[str, int]) -> Panel:
        """Which agencies of the government take part."""
        say = self._say
        items = [
            (name or say("list.board.others"), say("list.board.of", some=having, all=whole), having, whole)
            for name, having, whole in groups_of(owners, cases)
        ]
        fewest_first = sorted(owners, key=lambda agency: (cases.get(agency.id, 0), agency.name))
        rows = [[(one.name, ""), self._cases(cases.get(one.id, 0), agency=one.id)] for one in fewest_first]
        without = sum(not cases.get(agency.id) for agency in owners)
        return Panel(
            say("list.board.agencies" if without else "list.board.agencies_all", some=without, all=len(owners)),
            say("list.board.agencies_said"),
            items,
            "; ".join(f"{name}: {said}" for name, said, *_ in items),
            [say("list.agency"), say("list.board.cases")],
            rows,
        )

    def spread(self, lanes: Sequence[Lane], copies: Mapping[str, int]) -> Panel:
        """How far replications out of the region and into it have come."""
        say = self._say
        items = [
            (short(lane.title), short(say("list.board.to", adopter=lane.adopter)), lane.steps, lane.ended)
            for lane in lanes[:LANES_MAX]
        ]
        rows = [[(self._lane(lane), f"/replikasi/{lane.id}"), (self.status(lane.status), "")] for lane in lanes]
        total, confirmed = sum(copies.values()), copies.get(ReplicationStatus.CONFIRMED, 0)
        ended = sum(copies.get(status, 0) for status in EARLY_ENDS)
        finding = "list.board.spread" if lanes else "list.board.spread_none"
        return Panel(
            say(finding, all=total, confirmed=confirmed, ended=ended),
            say("list.board.spread_said"),
            items,
            "; ".join(f"{name[0]}: {status[0]}" for name, status in rows[:LANES_MAX]),
            [say("list.board.replication"), say("list.status")],
            rows,
        )

    def copies(self, copies: Mapping[str, int]) -> list[Cell]:
        """How many replications stand at each status; of the past there is no list to lead to."""
        asked = {"daerah": self._scope["region"], "perangkat": self._scope.get("agency")}
        return [
            (
                self._say("list.board.copies", status=self.status(status), number=copies[status]),
                "" if "as_of" in self._scope else to("/replikasi", **asked, status=status),
            )
            for status in ReplicationStatus
            if status in copies
        ]

    def late(self, found: Sequence[Mapping[str, Any]]) -> Panel:
        """For whom how much is late."""
        say = self._say
        items = [(short(row["whom"]), row["late"]) for row in found[:BARS_MAX]]
        rows = [
            [
                (row["whom"], ""),
                (self._figure(row["late"]), to(LATE, **self._scope, untuk=row["address"])),
                (self._figure(row["days"]), ""),
            ]
            for row in found
        ]
        number, days = sum(row["late"] for row in found), max((row["days"] for row in found), default=0)
        said = say("list.board.late_said")
        if len(found) > BARS_MAX:
            said += "; " + say("list.board.late_drawn", drawn=BARS_MAX, number=len(found))
        return Panel(
            say("list.board.late" if found else "list.board.late_none", number=number, days=days),
            said,
            items,
            "; ".join(f"{name}: {figure}" for name, figure in items),
            [say("list.whom"), say("list.board.tasks"), say("list.board.oldest")],
            rows,
        )

    def status(self, status: str) -> str:
        """Give the word for where a replication stands."""
        return words(f"replication: {status}", self._visit.language).partition(": ")[2]

    def _lane(self, lane: Lane) -> str:
        return self._say("list.board.lane", title=lane.title, adopter=lane.adopter)

    def _stage(self, row: Mapping[str, Any]) -> str:
        return self._say(f"list.stage.{row['stage']}")

    def _cases(self, number: int, **asked: str) -> Cell:
        return self._figure(number), to(CASES, **{**self._scope, **asked})

    def _figure(self, value: float | None) -> str:
        return NOTHING if value is None else format_decimal(value, locale=self._visit.language)


def _told(items: Sequence[tuple[Any, ...]]) -> str:
    return "; ".join(f"{name}: {figures}" for _, name, figures, *_ in items)
