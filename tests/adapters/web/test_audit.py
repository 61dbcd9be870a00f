"""The audit by HTTP, on the demonstration: who may, what is found, and samples anybody can draw again."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import psycopg
import pytest

from adapters.demo.governments import person_id
from adapters.postgres import audit_reads
from adapters.web.pages import audit
from tests.adapters.web.conftest import Visitors, figure

LIKE = "/audit/peristiwa.csv"


async def rows(visitors: Visitors, who: str, asked: str) -> list[dict[str, str]]:
    """Give what somebody takes away as a table."""
    answer = await visitors.look(who, f"{LIKE}?{asked}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_only_auditors_coordinators_and_deciders_may(visitors: Visitors) -> None:
    may = [who for who in ("inspektur", "koordinator", "sekda") if await visitors.status(who, "/audit") == 200]
    assert may == ["inspektur", "koordinator", "sekda"]
    for who in ("ani", "budi", "eka", "dewi", "admin"):
        assert await visitors.status(who, "/audit") == 403
        assert await visitors.status(who, f"{LIKE}?jenis=semua") == 403


async def test_everybody_audits_her_own_regions(visitors: Visitors) -> None:
    for who, region in (("koordinator", "KA"), ("sekda-b", "KB"), ("prov", "PC")):
        found = await rows(visitors, who, "jenis=semua")
        assert {row["case_number"].partition("-")[0] for row in found if row["type"].startswith("innovation.")} == {
            region
        }
    assert await rows(visitors, "sekda-b", "kasus=KA-2024-0003&jenis=semua") == []
    assert "Riwayat keputusan" not in await visitors.page("sekda-b", "/audit?kasus=KA-2024-0003")
    assert await visitors.status("sekda-b", "/audit?daerah=KA") == 404


async def test_each_figure_is_the_number_of_rows_behind_it(visitors: Visitors) -> None:
    page = await visitors.page("koordinator", "/audit")
    for kind in ("keputusan", "ralat", "pengecualian", "keputusan-terlambat"):
        assert figure(page, f"/audit?jenis={kind}") == len(await rows(visitors, "koordinator", f"jenis={kind}")) > 0


async def test_what_was_entered_late_is_found_whatever_it_is(visitors: Visitors) -> None:
    late = await rows(visitors, "koordinator", "jenis=terlambat")
    assert all(row["occurred_on"] < row["recorded_at"][:10] for row in late)
    assert {"innovation.measurement_recorded.v1", "innovation.pilot_approved.v1"} <= {row["type"] for row in late}
    everything = await rows(visitors, "koordinator", "jenis=semua")
    assert [row for row in everything if row["late"] == "ya"] == late


async def test_search_by_case_person_office_and_days(visitors: Visitors) -> None:
    case = await rows(visitors, "koordinator", "kasus=ka-2024-0003")
    assert {row["case_number"] for row in case} == {"KA-2024-0003"}
    sekda = await rows(visitors, "koordinator", "orang=suryanto&jabatan=regional_secretary:KA")
    assert {row["name"] for row in sekda} == {"Suryanto Wibowo"}
    for kind in ("keputusan", "semua"):
        some = await rows(visitors, "koordinator", f"jenis={kind}&sejak=2026-01-01&sampai=2026-01-31")
        assert {row["recorded_at"][:7] for row in some} == {"2026-01"}
    assert await rows(visitors, "koordinator", "orang=tidak-ada&jenis=semua") == []
    page = await visitors.page("koordinator", "/audit?orang=dewi")
    assert re.search(r'href="/jabatan/[0-9a-f-]+">Dewi Anggraini', page)


async def test_everything_about_a_case_is_what_the_log_holds_of_it_and_its_copies(
    visitors: Visitors, told: str
) -> None:
    found = await rows(visitors, "koordinator", "kasus=KA-2023-0001&jenis=semua")
    with psycopg.connect(told) as connection:
        whole = connection.execute(
            "WITH c AS (SELECT stream FROM log.events WHERE case_number = 'KA-2023-0001' LIMIT 1)"
            " SELECT position FROM log.events AS e, c WHERE e.stream = c.stream"
            " OR (e.stored_name ~ '^(replication|evaluation)' AND strpos(convert_from(state, 'UTF8'), c.stream::text) > 0)"
            " ORDER BY position DESC"
        ).fetchall()
    assert [int(row["position"]) for row in found] == [position for (position,) in whole]
    assert {row["type"].partition(".")[0] for row in found} == {"innovation", "replication", "evaluation"}
    assert {row["case_number"] for row in found} == {"KA-2023-0001"}


async def test_a_list_goes_on_where_it_ended(visitors: Visitors) -> None:
    for kind in ("keputusan", "semua"):
        found: list[str] = []
        path: str | None = f"/audit?jenis={kind}"
        while path:
            page = await visitors.page("koordinator", path)
            table = page[page.index("<caption>") :].partition("</table>")[0] if "<caption>" in page else ""
            found += re.findall(r'<td class="n">(?:<a [^>]+>)?([0-9.]+)', table)
            following = re.search(r'href="([^"]+)" rel="next"', page)
            path = following[1].replace("&amp;", "&") if following else None
        whole = [row["position"] for row in await rows(visitors, "koordinator", f"jenis={kind}")]
        assert [position.replace(".", "") for position in found] == whole


async def test_scores_that_do_not_stand_yet_are_not_taken_away(visitors: Visitors) -> None:
    answer = await visitors.look("inspektur", f"{LIKE}?jenis=semua")
    assert "evaluation.scored.v1" in answer.text
    assert "Perlu tabel pasang setempat" not in answer.text


async def test_a_case_shows_its_decisions_and_who_played_which_part(visitors: Visitors) -> None:
    page = await visitors.page("inspektur", "/audit?kasus=KA-2024-0003")
    assert page.count('<article class="decision">') == len(await rows(visitors, "inspektur", "kasus=KA-2024-0003"))
    assert "/inovasi/KA-2024-0003/berita-acara/" in page
    assert "Pendamping: Bayu Pradana" in page


async def test_anybody_draws_the_same_sample_from_what_the_page_tells(visitors: Visitors, told: str) -> None:
    page = await visitors.page("koordinator", "/audit?sampel=5&benih=2026")
    drawn = re.findall(r"<code>([0-9a-f-]{36})</code>", page)
    with psycopg.connect(told) as connection:
        cases = connection.execute(
            "SELECT stream::text FROM log.events WHERE region = 'KA' AND version = 1"
            " AND stored_name IN ('innovation.idea_registered.v1', 'innovation.historical_case_imported.v1')"
        ).fetchall()
    by_hand = sorted((hashlib.sha256(f"2026:{case}".encode()).hexdigest(), case) for (case,) in cases)
    assert drawn == [case for _, case in by_hand[:5]]
    again = re.search(r'href="(/audit\?sampel=[^"#]+posisi=\d+)', page)
    assert again
    assert (
        re.findall(r"<code>([0-9a-f-]{36})</code>", await visitors.page("sekda", again[1].replace("&amp;", "&")))
        == drawn
    )


async def test_a_sample_of_the_past_leaves_out_what_came_later(visitors: Visitors) -> None:
    decided = await rows(visitors, "koordinator", "jenis=keputusan")
    middle = decided[len(decided) // 2]["position"]
    page = await visitors.page("koordinator", f"/audit?sampel=200&dari=keputusan&benih=x&posisi={middle}")
    positions = {int(position) for position in re.findall(r"<td><code>(\d+)</code>", page)}
    assert positions == {int(row["position"]) for row in decided if int(row["position"]) <= int(middle)}
    assert await visitors.status("koordinator", "/audit?sampel=1&posisi=999999") == 422


async def test_what_cannot_be_a_day_is_refused(visitors: Visitors) -> None:
    for asked in ("sejak=kemarin", "sampai=9999-12-31", "sejak=0001-01-01", "sebelum=0", "sampel=201", "entah=1"):
        assert await visitors.status("inspektur", f"/audit?{asked}") == 422
    assert await visitors.status("inspektur", "/audit?sejak=2099-01-01") == 200


async def test_who_decided_how_often_leads_to_those_decisions(visitors: Visitors) -> None:
    page = await visitors.page("koordinator", "/audit/pemutus")
    lines = [
        (address.replace("&amp;", "&").partition("?")[2], int(number))
        for address, number in re.findall(r'href="(/audit\?jabatan=[^"]+)">(\d+)</a>', page)
    ]
    assert sum(number for _, number in lines) == len(await rows(visitors, "koordinator", "jenis=keputusan"))
    for asked, number in lines:
        assert re.search(r"orang=[0-9a-f-]{36}$", asked)
        assert len(await rows(visitors, "koordinator", asked)) == number
    assert "Dewi Anggraini</a>" in await visitors.page("koordinator", f"/audit?orang={person_id('dewi')}")
    assert "Sekretaris daerah, Kota B" not in page
    assert await visitors.status("ani", "/audit/pemutus") == 403
    assert await visitors.status("koordinator", "/audit/pemutus?kasus=KA-2024-0003") == 422


async def test_persons_named_alike_are_all_looked_for(visitors: Visitors, told: str) -> None:
    with psycopg.connect(told) as connection:
        connection.execute(
            "INSERT INTO directory.persons SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid,"
            " 'Suryanto ' || n FROM generate_series(1, 210) AS n"
        )
    for kind in ("keputusan", "semua"):
        assert {row["name"] for row in await rows(visitors, "koordinator", f"orang=suryanto&jenis={kind}")} == {
            "Suryanto Wibowo"
        }


async def test_deciders_left_out_are_told_of(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = await visitors.page("koordinator", "/audit/pemutus")
    assert "baris pertama yang tampak" not in whole
    for module in (audit_reads, audit):
        monkeypatch.setattr(module, "DECIDERS_MAX", 2)
    some = await visitors.page("koordinator", "/audit/pemutus")
    assert "Hanya 2 baris pertama yang tampak" in some
    assert some.count('<th scope="row">') == 2 < whole.count('<th scope="row">')
