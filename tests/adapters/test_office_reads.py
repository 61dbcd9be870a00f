"""Who holds what: the view says what the streams say, and finds who acts for an office."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.demo.cast import plan
from adapters.demo.governments import person_id
from adapters.files.store import EvidenceStore
from adapters.postgres import office_reads
from adapters.postgres.connect import connect, service_pool
from adapters.postgres.office_reads import find_delegates, find_people, offices_in
from adapters.wiring import open_desk
from application.ledger import finish
from application.streams import officer
from application.views.offices import OFFICE_VIEW
from domain.people import Role


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


CROWD = """
    INSERT INTO directory.persons SELECT gen_random_uuid(), 'Aaa ' || n FROM generate_series(1, 10500) AS n
"""
HOLDERS = f"""
    INSERT INTO view.{OFFICE_VIEW.table}
    SELECT p.* FROM (SELECT * FROM view.{OFFICE_VIEW.table} LIMIT 1) AS r CROSS JOIN generate_series(1, 600) AS n
    CROSS JOIN jsonb_populate_record(NULL::view.{OFFICE_VIEW.table}, to_jsonb(r) || jsonb_build_object(
        'id', gen_random_uuid(), 'regions', ARRAY['KA'], 'offices', '[]'::jsonb,
        'roles', jsonb_build_array(jsonb_build_object('role', 'coach', 'agency', 'a-' || n, 'region', 'KA'))
    )) AS p
"""


async def test_people_are_found_behind_however_many_names(governed_url: str) -> None:
    with connect(governed_url) as connection:
        connection.execute(CROWD.encode())
    async with service_pool(governed_url) as pool:
        found = (await find_people(pool, ["KA"], limit=1_000)).items
    assert "Kartika Sari" in {one.name for one in found}


async def test_people_are_found_batch_by_batch_each_once(governed_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with service_pool(governed_url) as pool:
        whole = (await find_people(pool, ["KA"], limit=1_000)).items
        monkeypatch.setattr(office_reads, "BATCH", 1)
        assert (await find_people(pool, ["KA"], limit=1_000)).items == whole


async def test_all_offices_of_a_region_are_told_however_many_hold_something(governed_url: str) -> None:
    async with service_pool(governed_url) as pool:
        before = await offices_in(pool, ["KA"], [Role.COACH])
        with connect(governed_url) as connection:
            connection.execute(HOLDERS.encode())
        after = await offices_in(pool, ["KA"], [Role.COACH])
    assert set(after) == {*before, *(f"coach:a-{n}" for n in range(1, 601))}
