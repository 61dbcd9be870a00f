"""The rows of the comparison: which work, how much of it, beside whom, and the goal. One race serves several rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Field(StrEnum):
    """What a race is about; everybody of a field stays there for all its races."""

    STORE = "store"
    VIEWS = "views"
    HTTP = "http"


class Peer(StrEnum):
    """Whom we are measured beside."""

    ES = "eventsourcing"
    EMMETT = "Emmett"
    MESSAGE_DB = "message-db"
    PGBENCH = "pgbench"


@dataclass(frozen=True)
class Row:
    """Ours beside one peer in a race; `goal` is the least ratio. Without a peer it is the most milliseconds."""

    name: str
    peer: Peer | None
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """How many rounds, how long each one's turn is, and how large the logs are of which views are made."""

    rounds: int
    seconds: float
    cases: int  # of ours, generated
    events: int  # of the peer's


FULL = Effort(rounds=9, seconds=3.0, cases=2_000, events=75_000)
QUICK = Effort(rounds=3, seconds=1.0, cases=400, events=15_000)


@dataclass(frozen=True)
class Race:
    """A work as it is asked of everybody, in turns; `own` is what only we have to be told."""

    field: Field
    work: str
    rows: tuple[Row, ...]
    says: str
    plan: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    own: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Whom it needs beside us."""
        return tuple(dict.fromkeys(row.peer for row in self.rows if row.peer))


CONNECTIONS = 32

RACES: tuple[Race, ...] = (
    Race(
        Field.STORE,
        "append",
        (
            Row("append_1", Peer.ES, 2.0),
            Row("append_1_message_db", Peer.MESSAGE_DB),
            Row("append_1_emmett", Peer.EMMETT),
            Row("append_1_pgbench", Peer.PGBENCH),
        ),
        "satu penulis, satu peristiwa tiap perintah / one caller, one event a command",
        {"callers": 1},
    ),
    Race(
        Field.STORE,
        "append",
        (
            Row("append_8", Peer.ES, 8.0),
            Row("append_8_message_db", Peer.MESSAGE_DB),
            Row("append_8_emmett", Peer.EMMETT),
            Row("append_8_pgbench", Peer.PGBENCH),
        ),
        "delapan penulis / eight callers",
        {"callers": 8},
    ),
    Race(
        Field.STORE,
        "append",
        (
            Row("append_32", Peer.ES, 18.0),
            Row("append_32_emmett", Peer.EMMETT, 8.0),
            Row("append_32_message_db", Peer.MESSAGE_DB),
            Row("append_32_pgbench", Peer.PGBENCH),
        ),
        "32 penulis / 32 callers",
        {"callers": CONNECTIONS},
    ),
    Race(
        Field.STORE,
        "load",
        (Row("load_20", Peer.ES, 3.5), Row("load_20_emmett", Peer.EMMETT)),
        "baca dan lipat 20 peristiwa / read and fold 20 events",
        {"length": 20},
    ),
    Race(
        Field.STORE,
        "load",
        (Row("load_1000", Peer.ES, 10.0), Row("load_1000_emmett", Peer.EMMETT)),
        "baca dan lipat 1.000 peristiwa / read and fold 1,000 events",
        {"length": 1_000},
    ),
    Race(
        Field.STORE,
        "load",
        (Row("load_1000_snapshot", Peer.ES, 100.0),),
        "dari cuplikan keadaan / from a snapshot; theirs folds 1,000 events",
        {"length": 1_000},
        own={"from_snapshot": True},
    ),
    Race(
        Field.VIEWS,
        "catch_up",
        (Row("catch_up", Peer.ES, 15.0),),
        "semua tampilan mengejar, halaman 1.000 / all views catch up, pages of 1,000; theirs one view",
        own={"page_size": 1_000},
    ),
    Race(
        Field.VIEWS,
        "catch_up",
        (Row("catch_up_5000", Peer.ES, 20.0),),
        "halaman 5.000 / pages of 5,000",
        own={"page_size": 5_000},
    ),
    Race(
        Field.VIEWS,
        "follow",
        (Row("catch_up_1", Peer.ES, 0.8),),
        "satu peristiwa tiap langkah / one event a step",
    ),
    Race(
        Field.VIEWS,
        "rebuild",
        (Row("rebuild_all", Peer.ES, 1.0),),
        "bangun ulang semua tampilan / rebuild of all views; theirs one view folded by hand",
        own={"views": "all"},
    ),
    Race(
        Field.VIEWS,
        "rebuild",
        (Row("rebuild_one", Peer.ES, 3.0),),
        "bangun ulang satu tampilan (funnel) / rebuild of one view (funnel)",
        own={"views": "funnel"},
    ),
    Race(
        Field.VIEWS,
        "lag",
        (Row("lag_p99", None, 50.0),),
        "jeda tampilan pada 50 perintah/s, p99 / lag of the views at 50 commands/s, p99",
    ),
    Race(
        Field.HTTP,
        "commands",
        (
            Row("http_command_es", Peer.ES, 6.0),
            Row("http_command_emmett", Peer.EMMETT, 2.5),
            Row("http_command_p99", None, 15.0),
        ),
        "perintah lewat HTTP, 32 sambungan / commands over HTTP, 32 connections",
        {"callers": CONNECTIONS},
    ),
    Race(
        Field.HTTP,
        "reads",
        (Row("http_read_es", Peer.ES, 4.0), Row("http_read_emmett", Peer.EMMETT, 1.5)),
        "satu perkara lewat HTTP, 32 sambungan / one case over HTTP, 32 connections",
        {"callers": CONNECTIONS},
    ),
)
