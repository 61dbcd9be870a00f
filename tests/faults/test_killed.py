"""API workers, PostgreSQL and the projector are killed at random: what was acknowledged is there, and there once."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from adapters.demo.governments import person_id
from adapters.postgres.connect import connect
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.migrate import migrate
from adapters.postgres.view_writer import CHECKPOINT
from tests.databases import fill, govern
from tests.faults.conftest import Tier
from tests.faults.keyed_clients import KeyedClient, Settled, at_work, sign_in
from tests.faults.victims import Api, Database, Victim, Work, asked, until
from tests.faults.what_holds import head_of, log_is_dense, stored_under_keys, views_equal_a_rebuild
from tests.journeys.test_idea_to_pilot import IDEA

CLIENTS = 8
UP_SECONDS_MAX = 60.0
QUICK_TO_RECOVER = {"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}
REFUSALS = {(409, "conflict.busy"), (412, "stale")}


@pytest.fixture
def durable() -> Iterator[EmbeddedPostgres]:
    """Give a server of one's own that keeps what it promised: this one is killed."""
    home = Path(tempfile.mkdtemp(prefix="jejak-faults-"))
    home.chmod(0o711)  # started by root it runs as nobody, and must get there
    with EmbeddedPostgres(home, QUICK_TO_RECOVER) as server:
        migrate(server.url)
        fill(server.url, home / "evidence", govern)
        yield server
    shutil.rmtree(home, ignore_errors=True)


def test_killed_at_random_nothing_acknowledged_is_lost_and_nothing_is_there_twice(
    durable: EmbeddedPostgres, tmp_path: Path, tier: Tier, chance: random.Random
) -> None:
    head = head_of(durable.url)
    with ExitStack() as stack:
        database = Database(durable, random.Random(chance.random()))
        apis = [Api(durable.url, tmp_path, f"api{n}") for n in range(2)]
        work = Work(durable.url, tmp_path)
        for victim in (database, *apis, work):
            stack.enter_context(victim)
            until(victim.is_up, UP_SECONDS_MAX)
        clients = keyed_clients([api.address for api in apis], chance)
        enough = Enough()
        threads = at_work(clients, lambda: not enough.reached)
        killed: Counter[str] = Counter()
        while any(client.trouble is None for client in clients) and not enough.reached:
            victim = chance.choice([database, database, *apis, work])
            kill_one(victim, clients, chance.randrange(tier.between_kills), killed)
            enough.reached = killed.total() >= tier.kills and len(settled(clients)) >= tier.keyed_commands
        for thread in threads:
            thread.join()
        assert [client.trouble for client in clients if client.trouble] == []
        until(lambda: asked(durable.url, VIEWS_BEHIND, CHECKPOINT) == [0], UP_SECONDS_MAX)
    told = settled(clients)
    asked_again = sum(one.asked > 1 for one in told)
    print(
        f"R1 {len(told)} commands, {dict(killed)} killed, {asked_again} asked more than once, {refused(told)} refused"
    )
    holds(durable.url, head, told)


VIEWS_BEHIND = "SELECT (SELECT max(position) FROM log.events) - position FROM view.checkpoint WHERE name = %s"


@dataclass
class Enough:
    """Told to the clients: finish what you have begun, and begin no more."""

    reached: bool = False


def keyed_clients(addresses: list[str], chance: random.Random) -> list[KeyedClient]:
    """Give clients of one innovator, who share a case."""
    token = sign_in(addresses[0], "ani")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "shared"}
    shared = httpx.post(f"{addresses[0]}/api/v1/innovations", json=IDEA, headers=headers, timeout=30).json()["id"]
    return [KeyedClient(addresses, token, shared, random.Random(chance.random())) for _ in range(CLIENTS)]


def settled(clients: list[KeyedClient]) -> list[Settled]:
    return [one for client in clients for one in client.settled]


def refused(told: list[Settled]) -> int:
    return sum(not one.acknowledged for one in told)


def kill_one(victim: Victim, clients: list[KeyedClient], more: int, killed: Counter[str]) -> None:
    """Kill a victim that is up, once some more commands have come through."""
    more += len(settled(clients))
    until(lambda: len(settled(clients)) >= more or any(client.trouble for client in clients), UP_SECONDS_MAX)
    until(victim.is_up, UP_SECONDS_MAX)
    victim.kill()
    killed[type(victim).__name__] += 1


def holds(url: str, head: int, told: list[Settled]) -> None:
    """See that the log holds exactly what was acknowledged, where it was said to be, and that the views follow it."""
    assert {(one.status, one.content["code"]) for one in told if not one.acknowledged} <= REFUSALS
    stored = stored_under_keys(url, person_id("ani"))
    stored.pop("shared")
    assert stored.keys() == {one.key for one in told if one.acknowledged}
    assert sum(last - first + 1 for first, last in stored.values()) == head_of(url) - head - 1, "each key once"
    with connect(url) as connection:
        rows = connection.execute("SELECT position, stream::text, version, stored_name FROM log.events").fetchall()
    there = {position: facts for position, *facts in rows}
    for one in told:
        for event in one.content.get("events", ()):
            assert there[event["position"]] == [event["stream"], event["version"], event["type"]]
    log_is_dense(url)
    views_equal_a_rebuild(url)
