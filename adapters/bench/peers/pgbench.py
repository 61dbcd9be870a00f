"""pgbench as the physical limit of one row a commit: the same payload, an index, nothing else."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from adapters.bench.documents import documents
from adapters.bench.worker import NotMeasured
from adapters.postgres.embedded import find_binaries

TABLE = "CREATE TABLE events (id bigserial PRIMARY KEY, stream uuid NOT NULL, kind text NOT NULL, data bytea NOT NULL)"
GRACE_SECONDS = 60.0
THREADS_MAX = 2


class PgBench:
    """Runs the program that lies beside the embedded server's, with a script of one insert."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._script = url, folder / "insert.sql"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLE)
        told = documents()[1]
        data = json.dumps(told["data"], separators=(",", ":")).encode().hex()  # a colon would name a variable
        self._script.write_text(
            f"INSERT INTO events (stream, kind, data) VALUES (gen_random_uuid(), '{told['type']}', '\\x{data}');\n",
            encoding="utf-8",
        )

    def ask(self, _work: str, *, callers: int, seconds: float) -> dict[str, Any]:
        """Give commits a second."""
        command = [
            str(find_binaries() / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            f"--file={self._script}",
            f"--client={callers}",
            f"--jobs={min(callers, THREADS_MAX)}",
            f"--time={max(1, round(seconds))}",
            self._url,
        ]
        try:
            done = subprocess.run(  # noqa: S603  our own program and arguments
                command, capture_output=True, text=True, timeout=seconds + GRACE_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise NotMeasured(f"pgbench: > {seconds + GRACE_SECONDS:.0f} s") from None
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        if done.returncode or found is None:
            raise NotMeasured(done.stderr.strip() or "pgbench")
        return {"rate": float(found[1])}
