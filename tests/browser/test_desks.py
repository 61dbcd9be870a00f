"""The desks, the offices and the audit in a browser: fit for everybody, without scripts too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from adapters.demo.governments import person_id
from tests.browser.conftest import PHONE, WIDE, People, faults, scrolls_sideways

FIRST_LOAD_BYTES_MAX = 60_000
BYTES = "performance.getEntries().reduce((sum, one) => sum + (one.encodedBodySize || 0), 0)"
AUDIT = "/audit?kasus=KA-2024-0003&orang=dewi&sampel=5&benih=2026"
PAGES = {
    "inspektur": ["/replikasi", "/evaluasi?status=concluded", AUDIT, "/audit?jenis=semua", "/audit/pemutus"],
    "eka": ["/evaluasi?status=open", "/replikasi?bagian=menunggu"],
    "sekda": ["/jabatan"],
    "admin": ["/admin?cari=a", f"/admin/{person_id('kartika')}"],
}
"""Who looks at what; of a list the first stream is looked at too."""


@pytest.mark.parametrize(
    ("size", "scheme", "language"), [(WIDE, "light", "id"), (PHONE, "dark", "en")], ids=["wide", "phone by night"]
)
def test_the_pages_are_fit_for_everybody(people: People, size: dict[str, int], scheme: str, language: str) -> None:
    for username, paths in PAGES.items():
        with people.as_(username, viewport=size, color_scheme=scheme, locale=language) as page:
            for path in paths:
                page.goto(path)
                looked_at(page, language)
                stream = page.locator("main .rows h3 a").first
                if stream.count():
                    stream.click()
                    looked_at(page, language)


def looked_at(page: Page, language: str) -> None:
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert faults(page) == []
    assert not scrolls_sideways(page)


def test_no_page_is_heavy(people: People) -> None:
    with people.as_("inspektur") as page:
        for path in (AUDIT, "/replikasi", "/evaluasi"):
            page.goto(path, wait_until="networkidle")
            assert 0 < page.evaluate(BYTES) <= FIRST_LOAD_BYTES_MAX


def test_without_scripts_lists_are_narrowed_and_samples_drawn(people: People) -> None:
    with people.as_("inspektur", java_script_enabled=False) as page:
        page.goto("/replikasi")
        page.select_option("#status", "abandoned")
        page.click("main form button")
        assert page.locator(".case-row").count() == 2
        page.goto("/audit")
        page.fill("#kasus", "KA-2024-0003")
        page.select_option("#jenis", "semua")
        page.click("form[role=search] button")
        assert page.locator("tbody").first.locator("tr").count() > 10
        page.goto("/audit")
        page.fill("#n", "7")
        page.fill("#benih", "2026")
        page.click("#sampel button")
        drawn = page.locator("#sampel tbody tr").all_inner_texts()
        assert len(drawn) == 7
        page.click("#sampel .asof a")
        assert page.locator("#sampel tbody tr").all_inner_texts() == drawn


def test_a_secretary_is_one_click_away_from_naming_who_acts_for_her(people: People) -> None:
    with people.as_("sekda") as page:
        page.goto("/jabatan")
        with page.expect_request(re.compile(rf"/admin/{person_id('citra')}/grant-delegation\?office=")):
            page.click("text=Tunjuk Citra Lestari Dewi")


def test_on_paper_the_audit_has_no_forms_and_all_its_rows(people: People) -> None:
    with people.as_("inspektur") as page:
        page.goto(AUDIT)
        rows = page.locator("tbody tr")
        page.emulate_media(media="print")
        assert not page.locator(".inline-form").first.is_visible()
        assert all(rows.nth(n).is_visible() for n in range(rows.count()))
