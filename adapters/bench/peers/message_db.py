"""Message DB: the SQL of its npm package in a database of its own, its `write_message` called by threads."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from adapters.bench.closed_loop import rate_of_threads
from adapters.bench.documents import documents
from adapters.bench.worker import answer_all

EVENTS_OF_A_CASE = 12
PARTS = ("schema", "types", "tables", "functions", "indexes")
"""Folders of the package in the order its own installer takes them; its extension, role and rights are not needed."""
WRITE = "SELECT write_message(%s, %s, %s, %s, NULL, %s)"


def install(url: str, package: Path) -> None:
    """Install the functions as they stand in the package; PostgreSQL's own `gen_random_uuid` serves its default."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET search_path = message_store, public".encode())
        connection.execute("SET search_path = message_store, public")
        for part in PARTS:
            texts = {file.stem: file.read_text(encoding="utf-8") for file in (package / "database" / part).iterdir()}
            for stem in _in_order(package, texts) if part == "functions" else sorted(texts):
                connection.execute(texts[stem].encode())


def _in_order(package: Path, texts: dict[str, str]) -> list[str]:
    """Give the functions in the order of the package's installer: some are needed by others."""
    script = (package / "database" / "install-functions.sh").read_text(encoding="utf-8")
    return [stem for stem in re.findall(r"/functions/([a-z0-9-]+)\.sql", script) if stem in texts]


class MessageDb:
    """One connection a caller."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._documents = documents()
        self._connections: list[psycopg.Connection[Any]] = []

    def append(self, *, callers: int, seconds: float) -> dict[str, float]:
        """Give messages a second."""
        while len(self._connections) < callers:
            self._connections.append(psycopg.connect(self._url, autocommit=True))
        steps = [self._caller(connection) for connection in self._connections[:callers]]
        return {"rate": rate_of_threads(steps, seconds)}

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections:
            connection.close()

    def _caller(self, connection: psycopg.Connection[Any]) -> Callable[[], None]:
        stream, version = f"case-{uuid4()}", 0

        def step() -> None:
            nonlocal stream, version
            if version == EVENTS_OF_A_CASE:
                stream, version = f"case-{uuid4()}", 0
            told = self._documents[version]
            connection.execute(WRITE, [str(uuid4()), stream, told["type"], Jsonb(told["data"]), version - 1])
            version += 1

        return step


def main() -> None:
    """Answer until nobody asks; arguments: the address of a database of its own, the folder of the package."""
    install(sys.argv[1], Path(sys.argv[2]))
    measured = MessageDb(sys.argv[1])
    works: dict[str, Any] = {"append": measured.append}
    answer_all(works)
    measured.close()


if __name__ == "__main__":
    main()
