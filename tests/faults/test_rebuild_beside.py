"""All views are built anew while clients send commands: no command fails, and the rows are the same bytes."""

from __future__ import annotations

from pathlib import Path

import httpx

from adapters.bench.beside import rebuild_beside_commands
from adapters.demo.governments import person_id
from tests.faults.conftest import Tier
from tests.faults.what_holds import log_is_dense, stored_under_keys, views_equal_a_rebuild
from tests.serving import serving


def test_commands_go_on_while_views_are_built_anew(governed_url: str, tmp_path: Path, tier: Tier) -> None:
    with serving(governed_url, tmp_path) as served:
        port = httpx.URL(served.url).port
        assert port
        found = rebuild_beside_commands(
            port, governed_url, seconds=tier.beside_seconds, per_second=tier.beside_per_second
        )
    print(f"beside a rebuild: {found}, p99 x {found.ratio:.2f}")
    assert len(stored_under_keys(governed_url, person_id("ani"))) == found.commands
    assert found.rebuilds
    assert found.equal
    log_is_dense(governed_url)
    views_equal_a_rebuild(governed_url)
