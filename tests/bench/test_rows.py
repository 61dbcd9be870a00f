"""Every row of ours, and of the peers that need no npm, runs at its smallest and gives a positive figure."""

from __future__ import annotations

import json
from itertools import count

import pytest

from adapters.bench.arena import Arena
from adapters.bench.documents import documents
from adapters.bench.entrants import OURS, PEERS
from adapters.bench.rows import RACES, Effort, Field, Peer

PROMISED = {
    "append_1",
    "append_8",
    "append_32",
    "load_20",
    "load_1000",
    "load_1000_snapshot",
    "catch_up",
    "rebuild_all",
    "rebuild_one",
    "http_command_es",
    "http_command_emmett",
    "http_read_es",
    "http_read_emmett",
}
FROM_NPM = {Peer.EMMETT, Peer.MESSAGE_DB}
WITHOUT_NPM = [(field, peer) for field, peer in PEERS if peer not in FROM_NPM]


def test_the_promised_rows_are_there_once_each() -> None:
    names = [row.name for race in RACES for row in race.rows]
    assert set(names) >= PROMISED
    assert len(names) == len(set(names))


def test_everybody_stores_twelve_kinds_of_about_370_bytes() -> None:
    told = documents()
    sizes = [len(json.dumps(document["data"], separators=(",", ":"))) for document in told]
    assert len({document["type"] for document in told}) == 12
    assert 350 <= sum(sizes) / len(sizes) <= 390


@pytest.mark.parametrize("field", Field)
def test_every_row_of_ours_gives_a_figure(arena: Arena, effort: Effort, field: Field) -> None:
    with OURS[field](arena, effort) as ours:
        for race in (race for race in RACES if race.field is field):
            sample = ours.ask(race.work, **race.plan, **race.own, seconds=effort.seconds)
            assert all(figure > 0 for figure in sample.values()), race
            assert "rate" in sample
            assert "p99_ms" in sample or all(row.peer for row in race.rows)


@pytest.mark.parametrize(("field", "peer"), WITHOUT_NPM, ids=str)
def test_every_row_of_a_peer_gives_a_figure(arena: Arena, effort: Effort, field: Field, peer: Peer) -> None:
    races = [race for race in RACES if race.field is field and peer in race.peers]
    with PEERS[field, peer](arena, effort) as theirs:
        for race in races:
            assert theirs.ask(race.work, **race.plan, seconds=effort.seconds)["rate"] > 0


def test_databases_of_an_arena_are_its_own(arena: Arena) -> None:
    other = Arena(arena.folder, arena.url, count(1_000_000))
    assert arena.database("twice") != other.database("twice")
