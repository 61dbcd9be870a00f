"""Who holds what: the view says what the streams say, and finds who acts for an office."""

from __future__ import annotations

from pathlib import Path

from adapters.demo.cast import plan
from adapters.demo.governments import person_id
from adapters.files.store import EvidenceStore
from adapters.postgres.connect import service_pool
from adapters.postgres.office_reads import find_delegates, find_people
from adapters.wiring import open_desk
from application.ledger import finish
from application.streams import officer


async def test_the_view_says_of_everybody_what_her_stream_says(governed_url: str, tmp_path: Path) -> None:
    with open_desk(governed_url, EvidenceStore(tmp_path)) as desk:
        held = {key: finish(officer(desk.house, person_id(key))) for key in plan()["people"]}
    async with service_pool(governed_url) as pool:
        everybody = (await find_people(pool, ["KA", "KB", "PC"], limit=1_000)).items
        (kartika,) = await find_delegates(pool, ["agency_head:ka-dinkes"])
        nobody = await find_delegates(pool, ["regional_secretary:KA"])
        of_b = (await find_people(pool, ["KB"], limit=1_000)).items
    assert {
        (one.id, one.holds.roles, one.holds.offices, one.holds.delegations, one.holds.version) for one in everybody
    } >= {(person_id(key), its.roles, its.offices, its.delegations, its.version) for key, its in held.items()}
    assert [one.name for one in everybody] == sorted(one.name for one in everybody)
    assert kartika.name == "Kartika Sari"
    assert nobody == []
    assert {"KB"} <= {region for one in of_b for region in one.holds.regions}
    assert "Kartika Sari" not in {one.name for one in of_b}
