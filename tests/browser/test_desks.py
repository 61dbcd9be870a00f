"""The desks, the offices and the audit in a browser: without scripts, in two clicks, and on paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adapters.demo.governments import person_id
from tests.browser.conftest import People

AUDIT = "/audit?kasus=KA-2024-0003&orang=dewi&sampel=5&benih=2026"


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


def test_a_secretary_names_who_acts_for_her_in_two_clicks(people: People) -> None:
    with people.as_("sekda") as page:
        page.goto("/jabatan")
        page.click("text=Tunjuk Citra Lestari Dewi")
        assert f"/admin/{person_id('citra')}/grant-delegation" in page.url
        assert page.locator("input[name=office]").first.is_checked()
        day = datetime.now(UTC).date()
        page.check("input[name=kind][value=plh]")
        page.fill("[name=letter]", "SPT 9/2026")
        page.fill("[name=starts_on]", str(day))
        page.fill("[name=ends_on]", str(day + timedelta(days=9)))
        page.get_by_role("button", name="Limpahkan jabatan", exact=True).click()
        page.wait_for_url("**/jabatan")
        assert "Jabatan dilimpahkan" in page.locator(".notice").inner_text()
        row = page.locator("tbody tr", has_text="Citra Lestari Dewi").inner_text()
        assert "SPT 9/2026" in row


def test_on_paper_the_audit_has_no_forms_and_all_its_rows(people: People) -> None:
    with people.as_("inspektur") as page:
        page.goto(AUDIT)
        rows = page.locator("tbody tr")
        page.emulate_media(media="print")
        assert not page.locator(".inline-form").first.is_visible()
        assert all(rows.nth(n).is_visible() for n in range(rows.count()))
