"""Who holds what: the view says what the streams say, and finds who acts for an office."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from adapters.demo.cast import plan
from adapters.demo.governments import found_governments, person_id
from adapters.files.store import EvidenceStore
from adapters.postgres.event_log import Pool
from adapters.postgres.office_reads import find_delegates, find_people
from adapters.postgres.projector import Projector
from adapters.wiring import all_views, open_desk
from application.ledger import finish
from application.streams import officer


async def test_the_view_says_of_everybody_what_her_stream_says(database_url: str, pool: Pool, tmp_path: Path) -> None:
    with open_desk(database_url, EvidenceStore(tmp_path)) as desk:
        found_governments(desk, on=datetime.now(UTC).date())
        held = {key: finish(officer(desk.house, person_id(key))) for key in plan()["people"]}
    Projector(database_url, all_views()).catch_up()
    everybody = (await find_people(pool, ["KA", "KB", "PC"], limit=1_000)).items
    assert {
        (one.id, one.holds.roles, one.holds.offices, one.holds.delegations, one.holds.version) for one in everybody
    } >= {(person_id(key), its.roles, its.offices, its.delegations, its.version) for key, its in held.items()}
    assert [one.name for one in everybody] == sorted(one.name for one in everybody)
    (kartika,) = await find_delegates(pool, ["agency_head:ka-dinkes"])
    assert kartika.name == "Kartika Sari"
    assert await find_delegates(pool, ["regional_secretary:KA"]) == []
    of_b = (await find_people(pool, ["KB"], limit=1_000)).items
    assert {"KB"} <= {region for one in of_b for region in one.holds.regions}
    assert "Kartika Sari" not in {one.name for one in of_b}
