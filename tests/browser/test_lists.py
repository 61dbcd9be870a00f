"""My work, the register and the dashboard in a browser: fit for everybody, true to each other, closed to strangers."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, People, faults, scrolls_sideways

LOOKS = [("id", PHONE, "dark")]  # the list of pages is looked at in every light
PAGES = [
    ("sekda", "/kerja"),
    ("ani", "/kerja"),
    ("inspektur", "/kerja"),
    ("ani", "/inovasi?agency=ka-dinkes"),
    ("ani", "/inovasi?q=tidakadakataini"),
    ("inspektur", "/dasbor?region=KA"),
    ("koordinator", "/dasbor/lewat-waktu?region=KA"),
]


@pytest.mark.parametrize(("language", "size", "scheme"), LOOKS)
def test_lists_are_fit_for_everybody(people: People, language: str, size: dict[str, int], scheme: str) -> None:
    for who in dict.fromkeys(who for who, _ in PAGES):
        with people.as_(who, viewport=size, color_scheme=scheme) as page:
            page.goto(f"/kerja?lang={language}")
            for address in (address for name, address in PAGES if name == who):
                assert page.goto(address).status == 200  # type: ignore[union-attr]
                page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
                assert faults(page) == [], address
                assert not scrolls_sideways(page), address
                assert page.locator("html").get_attribute("lang") == language


def number(page: Page) -> int:
    """Give how many rows the list says it has."""
    return int(page.locator("#jumlah").get_attribute("value") or "")


def figures(page: Page) -> list[tuple[str, int]]:
    """Give every figure of the dashboard's tables and pictures that leads to a list."""
    links = page.locator(".chart td a, .chart p a")
    found = links.evaluate_all("all => all.map(one => [one.getAttribute('href'), one.textContent])")
    return [(href, int("".join(filter(str.isdigit, said)))) for href, said in found]


@pytest.mark.parametrize("as_of", ["", "60 days ago"])
def test_each_figure_of_the_dashboard_is_what_its_list_holds(people: People, as_of: str) -> None:
    day = f"&as_of={(datetime.now(UTC) - timedelta(days=60)).date()}" if as_of else ""
    with people.as_("koordinator", java_script_enabled=False) as page:
        page.goto(f"/dasbor?region=KA{day}")
        told = figures(page)
        assert len(told) > 20
        for href, figure in told:
            listed = re.search(r'id="jumlah" value="(\d+)"', page.request.get(href).text())
            assert listed, href
            assert int(listed[1]) == figure, href
        page.goto(f"/dasbor?region=KA{day}")
        page.click("#h-late ~ figure h3 a")
        late = number(page)
    assert late == sum(figure for href, figure in told if "/lewat-waktu" in href)


def test_the_register_is_read_page_by_page_and_as_a_file(people: People) -> None:
    with people.as_("koordinator", java_script_enabled=False) as page:
        page.goto("/inovasi?sort=case_number")
        whole, found = number(page), page.locator(".case-line h3").all_inner_texts()
        while page.locator("a[rel=next]").count():
            page.click("a[rel=next]")
            first = len(found) + 1
            found += page.locator(".case-line h3").all_inner_texts()
            assert f"{first}–{len(found)} dari {whole}" in page.locator("nav.pages").inner_text()
        assert len(set(page.locator("nav.pages").all_inner_texts())) == 1
        sent = page.request.get("/inovasi/unduh.csv?sort=case_number")
        assert "attachment" in sent.headers["content-disposition"]
        table = sent.text()
        assert page.request.get("/inovasi/unduh.xlsx?sort=case_number").body().startswith(b"PK")
    _, *rows = csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline=""))
    assert [row[1] for row in rows] == found
    assert len(found) == whole


def test_filters_stay_in_the_address_and_in_the_form(people: People) -> None:
    with people.as_("koordinator", java_script_enabled=False) as page:
        page.goto("/inovasi")
        page.select_option("#stage", "pilot")
        page.select_option("#status", "running")
        page.click("form[role=search] button")
        assert "stage=pilot&status=running" in page.url
        assert page.locator("#stage").input_value() == "pilot"
        assert set(page.locator(".case-line .tag:first-child").all_inner_texts()) == {"Uji coba: berjalan"}
        page.fill("#q", "KA-2025-0009")
        page.click("form[role=search] button")
        assert page.locator(".case-line h3").all_inner_texts() == ["Antrean Duduk di Puskesmas Melati"]


def test_the_secretary_is_led_from_what_waits_to_its_decision(people: People) -> None:
    with people.as_("sekda", java_script_enabled=False) as page:
        page.goto("/kerja")
        waiting = int(page.locator(".figures dd").first.inner_text())
        rows = page.locator(".case-row")
        assert rows.count() == waiting > 0
        hrefs = rows.locator(".button").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert all(href.startswith("/inovasi/KA-") and "/decide-" in href for href in hrefs)
        assert rows.get_by_text("Baca ringkasan satu halaman").count() == waiting
        assert page.get_by_text("Tunjuk pelaksana harian").get_attribute("href") == "/jabatan"
        page.click(".figures div:nth-child(2) a")
        assert page.locator(".case-row").count() == page.locator(".due.late").count() > 0
        page.select_option("#jenis", "decide_pilot")
        page.click("form[role=search] button")
        buttons = page.locator(".case-row .button").all_inner_texts()
        assert buttons
        assert all(said.startswith("Putuskan uji coba") for said in buttons)
        assert page.locator("#jenis").input_value() == "decide_pilot"


def test_strangers_are_shown_nothing_of_a_region(people: People) -> None:
    with people.anybody() as page:
        for address in ("/kerja", "/inovasi", "/dasbor", "/inovasi/unduh.csv"):
            page.goto(address)
            assert "/masuk" in page.url
    with people.as_("nining") as page:
        assert page.goto("/dasbor?region=KA").status == 404  # type: ignore[union-attr]
        assert page.goto("/dasbor/lewat-waktu?region=KA").status == 404  # type: ignore[union-attr]
        page.goto("/inovasi?region=KA&stage=idea")
        assert number(page) == 0
    with people.as_("ani") as page:
        assert page.goto("/inovasi?cursor=x").status == 422  # type: ignore[union-attr]
        assert page.goto("/kerja?cursor=x").status == 422  # type: ignore[union-attr]
        assert page.goto("/inovasi?tidak=ada").status == 422  # type: ignore[union-attr]


def test_a_house_without_cases_says_what_comes_next(newcomers: People) -> None:
    with newcomers.as_("ani") as page:
        page.goto("/inovasi")
        assert page.locator(".empty a").get_attribute("href") == "/inovasi/baru"
        page.goto("/kerja")
        assert page.locator("#mulai .empty a").get_attribute("href") == "/inovasi/baru"
        assert page.goto("/dasbor").status == 200  # type: ignore[union-attr]
        assert faults(page) == []


def first_load(page: Page, address: str) -> int:
    """Give how many bytes come over the line for a page opened the first time."""
    sizes: list[Any] = []
    page.on("response", lambda answer: sizes.append(answer.request.sizes()["responseBodySize"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return int(sum(sizes))


def test_pages_are_small_on_the_line(people: People) -> None:
    with people.as_("inspektur") as page:
        state = page.context.storage_state()
        for address in ("/inovasi", "/dasbor?region=KA", "/kerja"):
            context = people.browser.new_context(storage_state=state, base_url=people.address)
            assert first_load(context.new_page(), address) < 60_000
            context.close()
