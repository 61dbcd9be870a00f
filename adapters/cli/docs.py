"""Documents made from the tables: every command with its fields, and the life of a case as a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
import typer

from adapters.addresses import address
from adapters.catalogue import LANGUAGES, text
from adapters.cli.voice import out
from domain.codes import ANYWHERE, OPEN, EvaluationStatus, Place, ReplicationStatus, Spot
from domain.evaluation.lifecycle import EVALUATION_LIFECYCLE
from domain.innovation.lifecycle import BIRTH, INNOVATION_LIFECYCLE
from domain.lifecycle import Lifecycle, Move
from domain.office.lifecycle import OFFICE_LIFECYCLE
from domain.replication.lifecycle import REPLICATION_LIFECYCLE

DRAWING_BEGINS, DRAWING_ENDS = "<!-- lifecycle: jejak docs -->", "<!-- /lifecycle -->"
COMMON = ("occurred_on", "note", "evidence", "legal_basis", "acting_for")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("docs")(write)


def write(folder: Annotated[Path, typer.Argument(help="Folder proyek / folder of the project")] = Path()) -> None:
    """Tulis docs/api.md, docs/lifecycle.md, dan gambar di README.md dari tabel langkah. / Write them from the moves."""
    for name, content in pages(folder).items():
        (folder / name).write_text(content, encoding="utf-8")
        out.print(folder / name)


def pages(folder: Path) -> dict[str, str]:
    """Give every page by its file name; of the README only the drawing is made, the rest stays as it is."""
    before, _, rest = (folder / "README.md").read_text(encoding="utf-8").partition(DRAWING_BEGINS)
    after = rest.partition(DRAWING_ENDS)[2]
    readme = f"{before}{DRAWING_BEGINS}\n{_drawing()}\n{DRAWING_ENDS}{after}"
    return {"README.md": readme, "docs/api.md": _api(), "docs/lifecycle.md": _lifecycle()}


def _api() -> str:
    common = ", ".join(f"`{name}`" for name in COMMON)
    parts = [
        "# Perintah / commands",
        "",
        "Dibuat dari tabel langkah dengan `jejak docs`. / Made from the table of moves by `jejak docs`.",
        f"Every body may also carry {common}. (D) is a decision: it needs `If-Match` and a `reason`.",
    ]
    tables: tuple[tuple[str, Lifecycle[Any]], ...] = (
        ("POST /api/v1/innovations", BIRTH),
        ("POST /api/v1/innovations/{id}/", INNOVATION_LIFECYCLE),
        ("POST /api/v1/replications/{id}/", REPLICATION_LIFECYCLE),
        ("POST /api/v1/evaluations/{id}/", EVALUATION_LIFECYCLE),
        ("POST /api/v1/persons/{id}/", OFFICE_LIFECYCLE),
    )
    for where, table in tables:
        parts += ["", f"## {where}"]
        for move in table.moves:
            parts += _command(table, move)
    parts += ["", "## Nilai / values", "", *_values(table for _, table in tables)]
    return "\n".join(parts) + "\n"


def _values(tables: Iterable[Lifecycle[Any]]) -> Iterator[str]:
    """Give what the fields of fixed values may hold; the commands are named where a field is not the same in all."""
    used: dict[str, dict[type[StrEnum], list[str]]] = {}
    for move in (move for table in tables for move in table.moves):
        for field in msgspec.structs.fields(move.body):
            for kind in _enums(field.type):
                used.setdefault(field.name, {}).setdefault(kind, []).append(address(move.command))
    for name, kinds in sorted(used.items()):
        for kind, commands in kinds.items():
            of = f" ({', '.join(dict.fromkeys(commands))})" if len(kinds) > 1 else ""
            yield f"* `{name}`{of}: {', '.join(f'`{value}`' for value in kind)}"


def _enums(hint: Any) -> Iterator[type[StrEnum]]:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        yield hint
    for part in get_args(hint):
        yield from _enums(part)


def _command(table: Lifecycle[Any], move: Move[Any]) -> list[str]:
    mark = " (D)" if move.decision else ""
    choice = f", `choice: {move.choice}`" if move.choice else ""
    title = " / ".join(text(f"command.{table.name(move)}", language) for language in LANGUAGES)
    own = [field for field in msgspec.structs.fields(move.body) if field.name not in COMMON or field.required]
    fields = [f"`{field.name}`{'' if field.required else '?'}" for field in own]
    return [
        "",
        f"### `{address(move.command)}`{choice}{mark}",
        "",
        f"{title}. {_from(move)}",
        f"Oleh / by: {', '.join(who.name for who in move.by)}. Isian / fields: {', '.join(fields) or '-'}.",
    ]


def _from(move: Move[Any]) -> str:
    if not move.start:
        return ""
    names = {ANYWHERE: "any", OPEN: "any open"}
    start = names.get(move.start, ", ".join(sorted(move.start)))
    return f"Dari / from: {start}{f' → {move.end}' if move.end else ''}."


def _lifecycle() -> str:
    lines = [
        "# Hidup sebuah inovasi / the life of an innovation",
        "",
        "Digambar dari tabel langkah dengan `jejak docs`. Langkah yang berlaku di mana saja tidak digambar.",
        "*Drawn from the tables of moves; what is open at any place, or leads back to where it stood, is not drawn.*",
        "",
        _drawing(),
        "",
        "## Replikasi / replication",
        "",
        _drawn(REPLICATION_LIFECYCLE, ReplicationStatus.REQUESTED, "request_replication"),
        "",
        "## Evaluasi / evaluation",
        "",
        _drawn(EVALUATION_LIFECYCLE, EvaluationStatus.OPEN, "open_evaluation"),
        "",
    ]
    return "\n".join(lines)


def _drawing() -> str:
    return _drawn(INNOVATION_LIFECYCLE, Place.IDEA_DRAFT, "register_idea")


def _drawn(table: Lifecycle[Any], first: Spot, birth: str) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {_node(first)}: {birth}"]
    for move in table.moves:
        if move.end is not None and move.start not in (OPEN, ANYWHERE):
            lines += [f"    {_node(start)} --> {_node(move.end)}: {move.code}" for start in sorted(move.start)]
    return "\n".join([*lines, "```"])


def _node(place: Spot) -> str:
    return place.value.replace("/", "_")
