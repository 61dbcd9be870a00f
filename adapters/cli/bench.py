"""`jejak bench`: this house beside its peers, as its log grows, or by itself as a whole."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from adapters.bench import page as page_of
from adapters.bench.arena import open_arena
from adapters.bench.compare import Compared, compare
from adapters.bench.growth import COLUMNS, SIZES, grow
from adapters.bench.house import Figure, measure
from adapters.bench.machine import facts
from adapters.bench.rows import FULL, QUICK, RACES, Race
from adapters.cli.files import new_file
from adapters.cli.voice import err, out, write
from adapters.settings import Settings
from domain.errors import invalid

MARKS = {True: Text("ya / yes", "green"), False: Text("tidak / no", "red"), None: Text()}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("bench")(bench)


def bench(
    *,
    only: Annotated[list[str] | None, typer.Option(help="Baris ini saja / only this row")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Putaran singkat / few rounds")] = False,
    growth: Annotated[bool, typer.Option("--growth", help="Ukur pada log yang membesar / with a growing log")] = False,
    up_to: Annotated[int, typer.Option(min=SIZES[0], help="Peristiwa terbanyak / most events")] = SIZES[-1],
    page: Annotated[Path | None, typer.Option(help="Tulis halaman ini / write this page", callback=new_file)] = None,
    house: Annotated[bool, typer.Option("--house", help="Ukur seluruh layanan ini / the whole service")] = False,
    cases: Annotated[int, typer.Option(min=10, help="Perkara rekaan / generated cases (--house)")] = 40_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="Lama tiap beban / length of each load (--house)")] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Tulis JSON / write JSON")] = False,
) -> None:
    """Bandingkan kecepatan pada basis data sementara. / Measure the speed beside the peers."""
    if house:
        _house(cases, seconds, as_json=as_json)
    elif growth:
        _growth(up_to, quick=quick, page=page, as_json=as_json)
    else:
        _beside_peers(_chosen(only), quick=quick, page=page, as_json=as_json)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Say what is being done: in one line on a terminal, line by line elsewhere."""
    if not err.is_terminal:
        yield err.out
        return
    with err.status("") as status:
        yield status.update


def _write_json(rows: list[dict[str, Any]]) -> None:
    write(json.dumps({"rows": rows}, indent=1).encode())


# Beside the peers


def _chosen(only: list[str] | None) -> list[Race]:
    """Give the races with the rows named, all when none is."""
    known = [row.name for race in RACES for row in race.rows]
    if unknown := sorted(set(only or ()) - set(known)):
        raise invalid("row.unknown", "", name=", ".join(unknown), known=", ".join(known))
    chosen = [replace(race, rows=tuple(row for row in race.rows if not only or row.name in only)) for race in RACES]
    return [race for race in chosen if race.rows]


def _beside_peers(races: list[Race], *, quick: bool, page: Path | None, as_json: bool) -> None:
    effort = QUICK if quick else FULL
    with open_arena(Settings().home) as arena, _progress() as say:
        machine = facts(arena)
        rows = list(compare(arena, races, effort, say))
    if page is not None:
        page_of.write(page, compared=(rows, effort, machine))
    if as_json:
        _write_json([row.as_json() for row in rows])
    else:
        out.print(_comparison(rows), soft_wrap=False)
    for peer, reason in dict.fromkeys((row.row.peer or "jejak", row.missing) for row in rows if row.missing):
        err.print(f"{page_of.NOT_MEASURED}: {peer}: {reason}")


def _comparison(rows: Iterable[Compared]) -> Table:
    table = Table()
    for name in page_of.HEAD:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*page_of.cells(row))
    return table


# A growing log


def _growth(up_to: int, *, quick: bool, page: Path | None, as_json: bool) -> None:
    effort = QUICK if quick else FULL
    with open_arena(Settings().home) as arena, _progress() as say:
        sizes = list(grow(arena, up_to, effort.seconds, say))
    if page is not None:
        page_of.write(page, grown=sizes)
    if as_json:
        _write_json([size.as_json() for size in sizes])
        return
    table = Table(*COLUMNS)
    for size in sizes:
        table.add_row(*size.cells())
    out.print(table, soft_wrap=False)


# By itself


def _house(cases: int, seconds: float, *, as_json: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="jejak-bench-") as folder, err.status("") as status:
        Path(folder).chmod(0o711)  # started by root the database runs as nobody, and must get there
        figures = list(measure(Path(folder), cases=cases, seconds=seconds, say=status.update))
    if as_json:
        _write_json([_row(figure) for figure in figures])
    else:
        out.print(_table(figures), soft_wrap=False)


def _row(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "ours": round(figure.ours, 2),
        "unit": figure.unit,
        "goal": figure.goal,
        "met": figure.met,
    }


def _table(figures: list[Figure]) -> Table:
    table = Table()
    for name in ("Ukuran / figure", "Hasil / result", "Satuan / unit", "Sasaran / goal", "Tercapai / met"):
        table.add_column(name, overflow="fold")
    for figure in figures:
        goal = "" if figure.goal is None else f"{figure.goal:,.0f}"
        table.add_row(figure.name, f"{figure.ours:,.1f}", figure.unit, goal, MARKS[figure.met])
    return table
