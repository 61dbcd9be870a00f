"""What the figures were measured on: facts of the machine and the versions, no names and no paths."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import psycopg

from adapters.bench.arena import SETTINGS, Arena
from adapters.bench.peers.npm import PACKAGES

SECONDS_MAX = 10


def facts(arena: Arena) -> dict[str, str]:
    """Give what matters for the figures, by what it is called."""
    with psycopg.connect(arena.url) as connection:
        row = connection.execute("SELECT current_setting('server_version')").fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = " ".join(f"{n:.1f}" for n in os.getloadavg())
    assert row is not None
    return {
        "Prosesor / processor": f"{_processor()}, {os.cpu_count()} inti / cores",
        "Memori / memory": f"{memory:.0f} GiB",
        "Berkas / file system": _file_system(arena.folder),
        "Sistem / system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Beban saat mulai / load at the start": load,
        "PostgreSQL": f"{row[0]}, socket, {', '.join(f'{name}={value}' for name, value in SETTINGS.items())}",
        "Python": platform.python_version(),
        "node": _node(),
        "eventsourcing": version("eventsourcing"),
        **PACKAGES,
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _file_system(folder: Path) -> str:
    """Give the kind of the file system the database lies on: on one in memory fsync would say nothing."""
    mounts = Path("/proc/self/mounts")
    if not mounts.is_file():
        return platform.system()
    found = [line.split()[1:3] for line in mounts.read_text(encoding="utf-8").splitlines()]
    under = [(place, kind) for place, kind in found if folder.resolve().is_relative_to(place)]
    return max(under, key=lambda mount: len(mount[0]), default=("", "tidak diketahui / unknown"))[1]


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        return "tidak ada / none"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=SECONDS_MAX, check=False)  # noqa: S603
    return said.stdout.strip()
