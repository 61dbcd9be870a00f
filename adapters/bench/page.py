"""`docs/benchmarks.md`: the comparison, the growth and the machine, as measured in one run. Parts not run stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from adapters.bench.compare import Compared
from adapters.bench.growth import COLUMNS, Grown
from adapters.bench.rows import Effort

NOT_MEASURED = "tidak diukur di sini / not measured here"
MARKS = {True: "ya / yes", False: "tidak / no", None: ""}
HEAD = (
    "Baris / row",
    "Kami / ours",
    "Pembanding / peer",
    "",
    "Rasio / ratio",
    "Rentang / range",
    "Sasaran / goal",
    "Tercapai / met",
)
TITLE = "# Perbandingan kecepatan / speed beside the peers"
INTRODUCTION: Final = """\
Dibuat oleh `make bench`. Semua diukur bergantian dalam satu kali jalan, pada satu PostgreSQL bawaan yang tahan mati
listrik (fsync, synchronous_commit), lewat socket yang sama. Yang bermakna hanya rasionya. / Made by `make bench`:
everybody in turns, in one run, on one durable embedded PostgreSQL, over the same socket. A ratio is ours over the
peer's within a round: median, least and most over the rounds. Only ratios count; the rates are those of this machine
at that hour.

* Every event is one of 12 kinds and about 370 bytes, the same document for all. A case gets one event a command; after
  twelve of them a new one begins (over HTTP: a birth and 19 revisions).
* Our appends go through `PostgresEventLog.append(unit)` with receipt, claims, case number and the office that was read.
  Our HTTP goes through `jejak serve` with bearer token, validation, receipt, log line and the projector beside it.
* The peers: `eventsourcing` with its defaults (HTTP: FastAPI with `def` endpoints on uvicorn; views:
  `ProjectionRunner`, one row per case; rebuild: a fold by hand over `select_notifications`, its rows written by COPY),
  Emmett (HTTP: bare node), Message DB's `write_message` from psycopg, and, as the physical limit, pgbench with one
  inserted row a commit.
* `catch_up*` and `rebuild_all` are all our views, theirs is one. `catch_up_1` is one event a step, with
  `synchronous_commit=off` as the live projector has it; all else commits durably.
* Belum diukur / not measured: `seal` and `verify`, which are not there yet.
"""


def write(
    page: Path,
    *,
    compared: tuple[Sequence[Compared], Effort, Mapping[str, str]] | None = None,
    grown: Sequence[Grown] | None = None,
) -> None:
    """Put what was run into the page; the other part stays as it was."""
    before = page.read_text(encoding="utf-8") if page.is_file() else ""
    parts = {
        "compared": _part(before, "compared") if compared is None else _compared(*compared),
        "grown": _part(before, "grown") if grown is None else _grown(grown),
    }
    told = [f"<!-- {name} -->\n{text}<!-- /{name} -->\n" for name, text in parts.items()]
    page.write_text("\n".join([TITLE, "", INTRODUCTION, *told]), encoding="utf-8")


def _part(page: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", page, re.DOTALL)
    return found[1] if found else ""


def _compared(rows: Sequence[Compared], effort: Effort, machine: Mapping[str, str]) -> str:
    said = (
        f"## Beside the peers, {date.today().isoformat()}: {effort.rounds} rounds of {effort.seconds:g} s,"  # noqa: DTZ011
        f" views over {effort.cases:,} cases"
    )
    facts = [f"* {name}: {what}" for name, what in machine.items()]
    reasons = dict.fromkeys(f"* {row.row.peer or 'jejak'}: {row.missing}" for row in rows if row.missing)
    table = _table(HEAD, (cells(row) for row in rows))
    legend = [f"* `{row.row.name}`: {row.says}" for row in rows if row.is_first]
    return "\n".join([said, "", *table, "", *legend, "", "### Mesin / machine", "", *facts, *reasons, ""])


def cells(row: Compared) -> list[str]:
    """Give a row as it is shown, in the order of HEAD."""
    unit = " ms" if row.row.peer is None else "/s"
    ratio = row.ratio
    goal = "" if row.row.goal is None else f"≤ {row.row.goal:g} ms" if row.row.peer is None else f"≥ {row.row.goal:g}"
    nothing = row.ours is None or (row.row.peer is not None and row.peer is None)
    return [
        row.row.name,
        NOT_MEASURED if row.ours is None else f"{row.ours:,.0f}{unit}",
        "" if row.peer is None else f"{row.peer:,.0f}/s",
        row.row.peer or "",
        (NOT_MEASURED if nothing else "") if ratio is None else f"{ratio.median:.2f}",
        "" if ratio is None else f"{ratio.least:.2f} … {ratio.most:.2f}",
        goal,
        MARKS[row.met],
    ]


def _grown(sizes: Sequence[Grown]) -> str:
    said = f"## Pertumbuhan / growth, {date.today().isoformat()}"  # noqa: DTZ011
    notes = [
        "Logs up to 100,000 events are generated through the decisions (`jejak demo`); larger ones are copies of those",
        "lives under new ids, made by SQL: every stream is a valid one, and titles repeat. Above a million, the views",
        "are built from nothing, and the catch-up is that of one more million.",
    ]
    table = _table(COLUMNS, (size.cells() for size in sizes))
    return "\n".join([said, "", *notes, "", *table, ""])


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> list[str]:
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
