"""`jejak bench --house`: the speed of the whole service on this machine."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from adapters.bench.house import Figure, measure

MARKS = {True: "[green]ya / yes[/green]", False: "[red]tidak / no[/red]", None: ""}
console = Console(stderr=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("bench")(bench)


def bench(
    *,
    house: Annotated[bool, typer.Option("--house", help="Ukur layanan ini seutuhnya / the whole service")] = False,
    cases: Annotated[int, typer.Option(min=10, help="Perkara rekaan / generated cases")] = 40_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="Lama tiap beban / length of each load")] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Tulis JSON / write JSON")] = False,
) -> None:
    """Ukur kecepatan dengan basis data sementara. / Measure the speed, on a database of its own."""
    if not house:
        console.print("Ukuran yang ada / known measurements: --house")
        raise typer.Exit(2)
    with tempfile.TemporaryDirectory(prefix="jejak-bench-") as folder, console.status("") as status:
        Path(folder).chmod(0o711)  # started by root the database runs as nobody, and must get there
        figures = list(measure(Path(folder), cases=cases, seconds=seconds, say=status.update))
    if as_json:
        json.dump({"rows": [_row(figure) for figure in figures]}, sys.stdout, indent=1)
    else:
        Console().print(_table(figures))


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
