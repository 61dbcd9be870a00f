"""The desks by HTTP, on the demonstration: what waits for whom, who reads which scores, who may name whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from adapters.clock import now
from adapters.demo.governments import person_id
from tests.adapters.web.conftest import Visitors, figure

NOTE_OF_EKA = "Perlu tabel pasang setempat."


def links(page: str, under: str) -> list[str]:
    """Give the addresses of streams under a desk, in order."""
    return re.findall(rf'href="({under}/[0-9a-f-]{{36}})"', page)


# Replications


async def test_a_request_waits_for_the_head_of_the_origin_alone(visitors: Visitors) -> None:
    waiting = await visitors.page("ningsih", "/replikasi?bagian=menunggu")
    (request,) = links(waiting, "/replikasi")
    assert "<b>Jawaban atas permintaan replikasi</b>: Anda." in waiting
    assert figure(waiting, "/replikasi?bagian=menunggu") == 1
    assert figure(await visitors.page("budi", "/replikasi"), "/replikasi?bagian=menunggu") == 0
    hers = await visitors.page("ningsih", request)
    assert f'class="button" href="{request}/accept"' in hers
    others = await visitors.page("budi", request)
    assert f'href="{request}/accept"' not in others
    assert "Hanya dapat dilakukan oleh: kepala instansi asal." in others


async def test_each_figure_of_the_desk_is_the_length_of_the_list_behind_it(visitors: Visitors) -> None:
    for username in ("budi", "hasan", "inspektur"):
        page = await visitors.page(username, "/replikasi")
        for part in ("?bagian=menunggu", "?bagian=asal", "?bagian=penerima"):
            listed = links(await visitors.page(username, f"/replikasi{part}"), "/replikasi")
            assert figure(page, f"/replikasi{part}") == len(listed)


async def test_each_figure_of_what_spreads_leads_to_as_many_replications(visitors: Visitors) -> None:
    board = await visitors.page("koordinator", "/dasbor?region=KA")
    told = re.findall(r'href="(/replikasi\?daerah=KA&amp;status=\w+)">[^<]+\(([0-9.]+)\)', board)
    assert len(told) > 2
    for address, number in told:
        listed = await visitors.page("koordinator", address.replace("&amp;", "&"))
        assert f'id="jumlah" value="{number}"' in listed
        assert len(links(listed, "/replikasi")) == int(number)
    assert "/replikasi?" not in await visitors.page(
        "koordinator", f"/dasbor?region=KA&as_of={(now() - timedelta(days=2)).date()}"
    )


async def test_a_list_is_narrowed_by_its_address(visitors: Visitors) -> None:
    given_up = await visitors.page("inspektur", "/replikasi?status=abandoned")
    assert len(links(given_up, "/replikasi")) == 2
    assert "Tanyakan rencana pekerjaan umum sebelum meniru" in given_up
    assert await visitors.status("inspektur", "/replikasi?status=entah") == 422
    assert await visitors.status("inspektur", "/replikasi?cursor=x") == 422
    assert "Tidak ada replikasi di bagian ini" in await visitors.page("prov", "/replikasi?bagian=asal&status=declined")


async def test_a_replication_shows_its_seven_steps_and_what_was_measured_beside_the_target(visitors: Visitors) -> None:
    confirmed = links(await visitors.page("hasan", "/replikasi?status=confirmed&bagian=penerima"), "/replikasi")
    pages = [await visitors.page("hasan", path) for path in confirmed]
    (page,) = [page for page in pages if "Waktu tempuh malam hari" in page]
    track = page[page.index('<ol class="track seven"') :].partition("</ol>")[0]
    assert track.count("<li ") == 7
    assert track.count("ahead") == 0
    assert 'aria-current="step"><b>7. Dikonfirmasi</b>' in track
    row = page[page.index("Waktu tempuh malam hari") :].partition("</tr>")[0]
    assert [number in row for number in (">110", ">45", ">41<")] == [True, True, True]
    assert page.index("Dikonfirmasi kedua pihak") < page.index("Replikasi diminta")


async def test_who_belongs_to_neither_side_does_not_know_of_a_replication(visitors: Visitors) -> None:
    (inside,) = links(await visitors.page("budi", "/replikasi?status=declined"), "/replikasi")
    assert await visitors.status("budi", inside) == 200
    assert await visitors.status("prov", inside) == 404
    assert inside not in await visitors.page("prov", "/replikasi")


# The same task wherever it is shown

LATE = re.compile(r'<b class="num">([0-9.]+)</b>hari kerja terlambat</p> <div class="flow"><h3><a href="([^"]+)">')


@pytest.mark.parametrize("username", ["sekda", "budi", "ovi"])
async def test_a_task_is_as_late_on_the_page_of_its_case_as_in_the_work_of_who_owes_it(
    visitors: Visitors, username: str
) -> None:
    found = LATE.findall(await visitors.page(username, "/kerja?lewat=ya"))
    assert found
    for days, case in found:
        page = await visitors.page(username, case)
        assert f'<b class="num">{days}</b>hari kerja terlambat' in page
        assert "dari Anda." in page


async def test_each_evaluator_who_is_late_is_named(visitors: Visitors) -> None:
    (panel,) = links(await visitors.page("koordinator", "/evaluasi?status=open"), "/evaluasi")
    late = await visitors.page("koordinator", "/dasbor/lewat-waktu?region=KA")
    assert "Ovi Damayanti, penilai" in late
    assert "Ovi Damayanti, penilai" in await visitors.page("koordinator", "/dasbor")
    told = re.search(r"Lewat ([0-9.]+) hari kerja", await visitors.page("koordinator", panel))
    assert told
    assert f'<b class="num">{told[1]}</b>hari kerja terlambat' in late


# Evaluations


async def test_until_the_scores_stand_everybody_reads_only_her_own(visitors: Visitors) -> None:
    (panel,) = links(await visitors.page("koordinator", "/evaluasi?status=open"), "/evaluasi")
    assert NOTE_OF_EKA in await visitors.page("eka", panel)
    for other in ("fajar", "ovi", "koordinator", "sekda", "inspektur", "budi"):
        page = await visitors.page(other, panel)
        assert NOTE_OF_EKA not in page
        assert "Nilai akhir" not in page
    assert "0 dari 5 kriteria sudah dinilai" in await visitors.page("ovi", panel)
    assert "5 dari 5 kriteria sudah dinilai" in await visitors.page("fajar", panel)


async def test_who_still_owes_scores_is_told_with_the_day_they_are_due(visitors: Visitors) -> None:
    desk = await visitors.page("koordinator", "/evaluasi?status=open")
    assert "<b>Nilai evaluasi</b>: Ovi Damayanti, penilai." in desk
    assert "2 dari 3 penilai sudah memberi nilai" in desk
    (panel,) = links(await visitors.page("ovi", "/evaluasi?bagian=menilai"), "/evaluasi")
    assert links(await visitors.page("eka", "/evaluasi?bagian=menilai"), "/evaluasi") == []
    hers = await visitors.page("ovi", panel)
    assert f'class="button" href="{panel}/score"' in hers
    assert f'href="{panel}/declare-conflict"' in hers


async def test_once_they_stand_all_scores_are_read_with_how_far_they_part(visitors: Visitors) -> None:
    panels = links(await visitors.page("koordinator", "/evaluasi?status=concluded"), "/evaluasi")
    pages = [await visitors.page("koordinator", path) for path in panels]
    (page,) = [page for page in pages if "Pembahasan panel" in page and "benturan kepentingan" in page]
    assert "Nilai akhir 75,2 dari 100" in page
    assert "terendah 40,4; batasnya 30" in page
    assert "(diganti Nanda Ayu Pertiwi)" in page
    assert 'x1="45.0%" x2="88.0%"' in page


async def test_evaluations_of_another_region_are_not_known(visitors: Visitors) -> None:
    panels = links(await visitors.page("koordinator", "/evaluasi"), "/evaluasi")
    assert panels
    assert {await visitors.status("prov", path) for path in panels} == {404}
    assert links(await visitors.page("prov", "/evaluasi"), "/evaluasi") == []


# Offices


async def test_a_secretary_names_who_acts_for_her(visitors: Visitors) -> None:
    page = await visitors.page("sekda", "/jabatan?cari=lilis")
    lilis = person_id("lilis")
    assert f'href="/admin/{lilis}/grant-delegation?office=regional_secretary%3AKA"' in page
    assert f"/admin/{person_id('sekda')}/" not in page
    assert "Andi Mappasere" not in await visitors.page("sekda", "/jabatan?cari=a")
    day = now().date()
    granted = await visitors.post(
        "sekda",
        f"/persons/{lilis}/grant-delegation",
        office="regional_secretary:KA",
        kind="plh",
        letter="SPT 9/2026",
        starts_on=str(day),
        ends_on=str(day + timedelta(days=9)),
    )
    assert granted.status_code == 200, granted.text
    path = f"/admin/{lilis}/end-delegation?office=regional_secretary%3AKA"
    for _ in range(100):
        if path in (page := await visitors.page("sekda", "/jabatan")):
            break
    assert "SPT 9/2026" in page[: page.index(path)]
    assert "Plh. sekretaris daerah, Kabupaten A" in await visitors.page("lilis", "/jabatan")


async def test_an_administrator_sees_the_people_of_her_regions_and_their_history(visitors: Visitors) -> None:
    assert await visitors.status("sekda", "/admin") == 403
    found = await visitors.page("admin", "/admin?cari=KARTIKA")
    assert "Plh. kepala perangkat daerah, Dinas Kesehatan Kabupaten A" in found
    kartika = await visitors.page("admin", f"/admin/{person_id('kartika')}")
    assert "SPT Nomor 094/310/2025" in kartika
    assert "/revoke-role" in kartika
    assert "Hasan Basri" not in await visitors.page("admin", "/admin?cari=hasan")
    assert await visitors.status("admin", f"/admin/{person_id('hasan')}") == 404
    own = await visitors.page("admin", f"/admin/{person_id('admin')}")
    assert "tidak dapat diatur untuk diri sendiri" in own
    assert "/revoke-role" not in own


async def test_people_are_listed_page_by_page_each_once(visitors: Visitors) -> None:
    seen: list[str] = []
    path: str | None = "/admin"
    while path:
        page = await visitors.page("admin", path)
        seen += links(page, "/admin")
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) > 20


async def test_role_history_is_for_people_of_the_region_and_for_oneself(visitors: Visitors) -> None:
    dewi = f"/jabatan/{person_id('dewi')}"
    assert "Verifikator, Bappeda Kabupaten A" in await visitors.page("inspektur", dewi)
    assert await visitors.status("hasan", dewi) == 404
    assert await visitors.status("hasan", f"/jabatan/{person_id('hasan')}") == 200
