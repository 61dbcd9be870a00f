"""The measurement measures: every figure is there, whatever its size on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from adapters.bench import house

ROOT = Path(__file__).resolve().parents[2]
FIGURES = {
    "events",
    "generate",
    "rebuild",
    "list p50",
    "list p95",
    "list p99",
    "commands",
    "command p50",
    "command p95",
    "command p99",
    "behind after load",
    "catch up",
}
PAGES = {f"page p95 {page}" for _, page in house.PAGES}


def test_a_tiny_measurement_gives_every_figure(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "adapters.cli", "bench", "--house", "--cases", "20", "--seconds", "0.3", "--json"],
        cwd=ROOT,
        env=os.environ | {"JEJAK_HOME": str(tmp_path)},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
    assert rows.keys() >= FIGURES | PAGES
    assert all(row["ours"] > 0 for name, row in rows.items() if name != "behind after load")
    goals = {name for name, row in rows.items() if row["goal"] is not None}
    assert goals == {"rebuild", "list p95", "commands"} | PAGES
