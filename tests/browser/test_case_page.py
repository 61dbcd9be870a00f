"""The page of a case, in a real browser: fit for everybody, without a script, as it stood, and as each may see it."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from adapters.web.assets import FOLDER
from adapters.web.pages.case_evidence import WIDTH
from tests.browser.conftest import PHONE, People, faults, scrolls_sideways
from tests.databases import token_of

RUNNING, ANCHORED, STOPPED = "/inovasi/KA-2025-0009", "/inovasi/KA-2023-0001", "/inovasi/KA-2024-0006"
PAGES = (
    RUNNING,
    f"{RUNNING}?versi=15",
    f"{RUNNING}?bagian=mitra",
    f"{RUNNING}/banding?dari=3",
    f"{ANCHORED}?bagian=jejak",
    f"{ANCHORED}?bagian=bukti",
    f"{ANCHORED}?bagian=profil",
    f"{ANCHORED}?bagian=evaluasi",
    f"{ANCHORED}/berita-acara/46",
    f"{STOPPED}?bagian=replikasi",
)
FIRST_LOAD_BYTES_MAX = 60_000
EVENTS = 300


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    [("id", PHONE, "dark")],  # the list of pages is looked at in every light
)
def test_every_part_is_fit_for_everybody(people: People, language: str, size: dict[str, int], scheme: str) -> None:
    with people.as_("ani", viewport=size, color_scheme=scheme) as page:
        page.goto(f"/kerja?lang={language}")
        for path in PAGES:
            answer = page.goto(path)
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            assert (path, faults(page)) == (path, [])
            assert (path, scrolls_sideways(page)) == (path, False)


def test_it_can_be_read_as_it_stood_without_a_script(people: People) -> None:
    with people.as_("ani", java_script_enabled=False) as page:
        page.goto(RUNNING)
        assert page.get_by_role("heading", name="Yang dapat Anda lakukan").count() == 1
        assert page.get_by_text("dari Anda.").count() >= 1
        page.get_by_text("Lihat keadaan pada tanggal lain").click()
        page.fill("#as_of", "2026-01-19")
        page.get_by_role("button", name="Lihat").click()
        assert page.locator(".asof").inner_text().startswith("Keadaan kasus pada 19 Januari 2026")
        assert page.locator("[aria-current=step]").inner_text().startswith("Uji coba")
        assert page.locator(".actions").count() == 0
        assert page.locator(".decision").count() == 3
        page.get_by_role("link", name="Jejak (15)").click()
        assert page.locator(".asof").count() == 1
        page.get_by_role("link", name="Kembali ke keadaan sekarang").click()
        assert page.locator(".asof").count() == 0


def test_before_it_began_nothing_stood_and_the_page_says_so(people: People) -> None:
    with people.as_("ani") as page:
        answer = page.goto(f"{RUNNING}?as_of=2020-01-01")
        assert answer is not None
        assert answer.status == 404
        assert page.locator("h1").inner_text() == "Kasus belum tercatat pada saat itu"
        assert faults(page) == []


def test_everybody_sees_as_much_as_she_may(people: People) -> None:
    with people.as_("lestari") as page:  # of a partner's agency
        assert _status(page, RUNNING) == 200
        assert page.locator("h1").inner_text() == "Antrean Duduk di Puskesmas Melati"
    with people.as_("hasan") as page:  # of another government: kits only
        assert _status(page, RUNNING) == 404
        assert _status(page, ANCHORED) == 200
        assert page.get_by_role("link", name="Ajukan replikasi").get_attribute("href") == f"{ANCHORED}/replications"
        assert page.locator(".trail").count() == 0
        assert page.get_by_text("Retno Kusumawati").count() == 0
        below = ("/banding", "/kabar?versi=1", "/berita-acara/46")
        assert {_status(page, f"{ANCHORED}{path}") for path in below} == {404}
    with people.as_("inspektur") as page:  # reads everything, does nothing
        assert _status(page, RUNNING) == 200
        assert page.locator(".actions .button").count() == 0


def _status(page: Page, path: str) -> int:
    answer = page.goto(path)
    assert answer is not None
    return answer.status


def test_minutes_fit_on_one_sheet(people: People) -> None:
    with people.as_("sekda") as page:
        page.goto(f"{ANCHORED}?bagian=jejak")
        minutes = page.get_by_role("link", name="Berita acara")
        paths = {str(link.get_attribute("href")) for link in minutes.all()}
        assert len(paths) > 5
        for path in paths:
            page.goto(path)
            sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
            assert (path, len(sheets)) == (path, 1)


def test_the_pages_of_a_letter_are_seen_before_it_is_downloaded(people: People, tmp_path: Path) -> None:
    letter = tmp_path / "surat.pdf"
    with people.as_("ani", viewport=PHONE, java_script_enabled=False) as page:
        page.goto(f"{ANCHORED}?bagian=profil")
        letter.write_bytes(page.pdf())
        page.goto(f"{RUNNING}/attach-evidence")
        page.select_option("#kind", "letter")
        page.fill("#description", "Surat tugas")
        page.set_input_files("#berkas", letter)
        page.click("form[method=post] p.buttons button:first-child")
        page.goto(f"{RUNNING}?bagian=bukti")
        page.get_by_role("link", name="Surat tugas").click()
        pages = page.locator("nav.pages").inner_text()
        assert pages.startswith("Halaman 1 dari ")
        page.get_by_role("link", name="Halaman berikutnya").click()
    with people.as_("ani", viewport=PHONE) as page:
        page.goto(f"{RUNNING}?bagian=bukti")
        page.locator("img.preview").scroll_into_view_if_needed()
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("link", name="Surat tugas").click()
        assert page.locator("figure img").evaluate("one => one.naturalWidth") == WIDTH
        assert not scrolls_sideways(page)
        assert faults(page) == []


def test_two_moments_stand_side_by_side(people: People) -> None:
    with people.as_("ani") as page:
        page.goto(f"{RUNNING}/banding?dari=25&ke=26")
        (row,) = page.locator(".compare tbody tr").all()
        assert row.locator("th").inner_text() == "Uji coba"
        assert row.locator("del").inner_text() == "tanggal selesai: 18 Desember 2026"
        assert row.locator("ins").inner_text() == "tanggal selesai: 30 November 2026"
        assert row.get_by_role("link").inner_text() == "Catatan diralat, versi 26"


def test_an_open_page_hears_that_its_case_has_changed(people: People) -> None:
    with people.as_("ani") as page:
        page.goto(RUNNING)
        assert not page.locator("[data-news]").is_visible()
        record(people, RUNNING, 1)
        page.locator("[data-news]").wait_for(state="visible")
        page.get_by_role("link", name="Muat ulang").click()
        assert page.locator("[data-news]").is_hidden()


def test_a_long_case_comes_quickly_over_a_slow_line(people: People) -> None:
    record(people, RUNNING, EVENTS)
    assets = sum(len(gzip.compress((FOLDER / name).read_bytes(), 9)) for name in ("style.css", "jejak.js"))
    with people.as_("ani") as page:
        for part in ("ringkasan", "jejak", "indikator"):
            html = page.request.get(f"{RUNNING}?bagian={part}").body()
            assert len(gzip.compress(html, 6)) + assets <= FIRST_LOAD_BYTES_MAX


def record(people: People, path: str, times: int) -> None:
    """Let Ani record obstacles of a case."""
    with httpx.Client(base_url=f"{people.address}/api/v1") as client:
        client.headers["Authorization"] = f"Bearer {token_of('ani')}"
        (case,) = client.get("/innovations", params={"q": path.rpartition("/")[2]}).json()["items"]
        for n in range(times):
            body = {"kind": "people", "description": f"Petugas pengganti belum ada pada hari ke-{n}."}
            answer = client.post(f"/innovations/{case['id']}/record-obstacle", json=body)
            assert answer.status_code == 200, answer.text


def test_what_a_decider_reads_first_fits_on_one_sheet(people: People) -> None:
    with people.as_("sekda") as page:
        page.goto("/kerja")
        waiting = page.locator("a[href$='/ringkas']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert waiting
        for address in (*waiting, "/inovasi/KA-2023-0001/ringkas", f"{RUNNING}/ringkas"):
            page.goto(address)
            assert faults(page) == []
            assert not scrolls_sideways(page)
            sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
            assert len(sheets) == 1, address
