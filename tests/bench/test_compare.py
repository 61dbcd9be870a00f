"""The comparison goes on without a peer that cannot come, and says so, in the table and in JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.bench import page
from adapters.bench.arena import Arena
from adapters.bench.compare import Compared, compare
from adapters.bench.growth import Grown
from adapters.bench.peers import npm
from adapters.bench.ratio import Ratio
from adapters.bench.rows import RACES, Effort, Peer, Race, Row
from adapters.bench.worker import NotMeasured, Worker

ROOT = Path(__file__).resolve().parents[2]
KEYS = ["name", "ours", "peer", "peer_name", "ratio_median", "ratio_min", "ratio_max", "goal", "met"]


def race(name: str, *rows: str) -> Race:
    (found,) = (race for race in RACES if any(row.name == name for row in race.rows))
    return replace(found, rows=tuple(row for row in found.rows if row.name in {name, *rows}))


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without npm, nothing installed before."""
    npm.installed.cache_clear()
    monkeypatch.setattr(npm, "FOLDER", tmp_path / "peers")
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_npm")
def test_a_missing_peer_says_so_and_the_others_race(arena: Arena, effort: Effort) -> None:
    es, emmett = compare(arena, [race("append_8", "append_8_emmett")], effort)
    assert es.ratio is not None
    assert es.ratio.least <= es.ratio.median <= es.ratio.most
    assert es.met is (es.ratio.median >= 8)
    assert emmett.ours == es.ours
    assert (emmett.peer, emmett.ratio, emmett.met, emmett.missing) == (None, None, None, "npm")
    assert page.NOT_MEASURED in page.cells(emmett)
    assert page.NOT_MEASURED not in page.cells(es)
    assert list(emmett.as_json()) == KEYS


def test_a_program_that_is_not_there_or_breaks_down_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(NotMeasured, match="no-such-program"):
        Worker(["no-such-program"], tmp_path / "log")
    ends = [sys.executable, "-c", "raise SystemExit('gone for good')"]
    with Worker(ends, tmp_path / "log") as worker, pytest.raises(NotMeasured, match="gone for good"):
        worker.ask("append")
    stays = [sys.executable, "-m", "adapters.bench.http_load"]
    with Worker(stays, tmp_path / "log") as worker, pytest.raises(NotMeasured, match="KeyError"):
        worker.ask("no such work")


def test_goals_are_least_ratios_and_most_milliseconds() -> None:
    beside = Compared(Row("a", Peer.ES, 2.0), "", 20.0, 10.0, Ratio(2.0, 1.0, 3.0))
    assert beside.met is True
    assert replace(beside, ratio=Ratio(1.9, 1.0, 3.0)).met is False
    alone = Compared(Row("p99", None, 15.0), "", 14.0)
    assert alone.met is True
    assert replace(alone, ours=16.0).met is False
    assert replace(alone, ours=None).met is None
    assert page.cells(alone)[1] == "14 ms"


def test_the_page_keeps_the_part_that_was_not_run(tmp_path: Path, effort: Effort) -> None:
    written = tmp_path / "benchmarks.md"
    row = Compared(Row("append_1", Peer.ES, 2.0), "one caller", 20.0, 10.0, Ratio(2.0, 1.0, 3.0))
    page.write(written, compared=([row], effort, {"PostgreSQL": "18"}))
    page.write(written, grown=[Grown(1_000, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)])
    text = written.read_text(encoding="utf-8")
    assert "| append_1 | 20/s | 10/s | eventsourcing | 2.00 | 1.00 … 3.00 | ≥ 2 | ya / yes |" in text
    assert "| 1,000 | 1/s | 2/s | 3 ms | 4/s | 5/s | 6 MiB |" in text
    page.write(written, compared=([row], effort, {"PostgreSQL": "18"}))
    assert written.read_text(encoding="utf-8") == text


def test_the_command_prints_the_rows_asked_for(tmp_path: Path) -> None:
    done = _bench(tmp_path, "--quick", "--json", "--only", "append_1")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["rows"]
    assert list(row) == KEYS
    assert (row["name"], row["peer_name"], row["goal"]) == ("append_1", "eventsourcing", 2.0)
    assert 0 < row["ratio_min"] <= row["ratio_median"] <= row["ratio_max"]
    assert list(tmp_path.iterdir()) == []  # nothing stays of the server


def test_an_unknown_row_is_wrong_use(tmp_path: Path) -> None:
    done = _bench(tmp_path, "--only", "append_9")
    assert done.returncode == 2
    assert "append_9" in done.stderr


def _bench(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "adapters.cli", "bench", *arguments],
        cwd=ROOT,
        env=os.environ | {"JEJAK_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
