"""A case's whole life clicked through by the right people: with and without scripts, from page to page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from adapters.demo.governments import person_id
from tests.browser.conftest import People, sign_in
from tests.journeys.test_idea_to_pilot import IDEA, PILOT, TOLD
from tests.journeys.test_whole_life import ADVICE, BASIS, KIT, MEASURED, scores

TODAY = datetime.now(UTC).date()
RECORD = "form[method=post] p.buttons button:first-child"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


(INDICATOR,) = PILOT["indicators"]
STARTED: dict[str, Any] = {**PILOT, "indicators": [{name: said for name, said in INDICATOR.items() if name != "code"}]}
"""A form asks for no code: it follows from the name, as the unit of a measurement follows from its indicator."""
MEASURED_HERE: dict[str, Any] = {
    name: said for name, said in {**MEASURED, "indicator": "lama-antre"}.items() if name != "unit"
}


class Offices:
    """Everybody at a desk of her own, each with a browser that stays open."""

    def __init__(self, people: People, folder: Path, *, script: bool) -> None:
        self._people, self._folder, self._script = people, folder, script
        self._pages: dict[str, Page] = {}

    def page(self, who: str) -> Page:
        """Give somebody's page; she signs in when she comes."""
        if who not in self._pages:
            context = self._people.browser.new_context(
                base_url=self._people.address, locale="id-ID", java_script_enabled=self._script
            )
            self._pages[who] = context.new_page()
            sign_in(self._pages[who], who)
        return self._pages[who]

    def register(self, who: str, **body: Any) -> str:
        """Register an idea and give the address of its page."""
        page = self.page(who)
        page.goto("/inovasi")
        page.click('main a[href="/inovasi/baru"]')
        return self._record(page, body)

    def step(self, who: str, path: str, command: str, *, choice: str = "", file: str = "", **body: Any) -> str:
        """Go from a page to one of its forms, fill it in, record it, and give the address that follows."""
        page = self.page(who)
        page.goto(path)
        wanted = f"{path}/{command}" + (f"?pilihan={choice}" if choice else "")
        link = page.locator(f'main a[href="{wanted}"]')
        assert link.count(), f"{who} finds no way to {wanted}: {page.locator('main').inner_text()}"
        page.goto(wanted)
        if choice:
            page.check(f'[name="pilihan"][value="{choice}"]')
        if file:
            written = self._folder / f"{file}.pdf"
            written.write_bytes(PDF + file.encode())
            page.set_input_files('input[type="file"]', written)
        return self._record(page, body)

    def _record(self, page: Page, body: dict[str, Any]) -> str:
        closed = page.locator("details.more:not([open]) > summary")
        while closed.count():
            closed.first.click()
        for name, value in flat(body):
            fill(page, name, value)
        with page.expect_navigation():  # a script asks first whether the line is there
            page.click(RECORD)
        assert page.locator(".error-summary").count() == 0, page.locator(".error-summary").inner_text()
        assert page.locator(".notice.sound[role=status]").count() == 1  # told what was recorded
        return page.url.removeprefix(self._people.address)

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


def flat(body: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Give every value of a command with its name in the form."""
    match body:
        case dict():
            for key, value in body.items():
                yield from flat(value, f"{name}.{key}" if name else key)
        case [dict(), *_]:
            for n, value in enumerate(body):
                yield from flat(value, f"{name}.{n}")
        case list():
            yield from ((name, value) for value in body)
        case _:
            yield name, body


def fill(page: Page, name: str, value: Any) -> None:
    """Answer one question as a person would."""
    asked = page.locator(f'[name="{name}"]')
    assert asked.count(), f"{page.url} does not ask for {name}"
    kind = asked.first.get_attribute("type")
    if kind in {"radio", "checkbox"}:
        (asked if value is True else page.locator(f'[name="{name}"][value="{value}"]')).check()
    elif page.locator(f'select[name="{name}"]').count():
        asked.select_option(str(value))
    else:
        asked.fill(str(value))


@contextmanager
def offices(people: People, folder: Path, *, script: bool) -> Iterator[Offices]:
    opened = Offices(people, folder, script=script)
    try:
        yield opened
    finally:
        opened.close()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_ten_people_bring_a_case_from_idea_to_institutionalised(
    newcomers: People, tmp_path: Path, *, script: bool
) -> None:
    with offices(newcomers, tmp_path, script=script) as at:
        case = at.register("ani", **IDEA)
        at.step("koordinator", case, "assign-coach", person=person_id("citra"))
        at.step("ani", case, "revise-profile", **TOLD)
        at.step("ani", case, "submit", pledge=True)
        at.step("citra", case, "record-review", advice="Siapkan lembar harian.")
        at.step("budi", case, "endorse", choice="endorse", reason="Sejalan dengan renja.")
        at.step("sekda", case, "decide-pilot", choice="approve", reason="Layak diuji coba.")
        at.page("ani").goto(f"{case}/start-pilot")  # what is required is not folded away
        assert at.page("ani").locator('[name="legal_basis.0.number"]').is_visible()
        at.step("ani", case, "start-pilot", **STARTED)
        at.step("ani", case, "record-measurement", **MEASURED_HERE)
        at.step("ani", case, "attach-evidence", file="laporan", kind="report", description="Laporan uji coba")
        at.step("budi", case, "conclude-pilot", choice="succeeded", reason="Sasaran tercapai.")
        at.step("ani", case, "attach-evidence", file="prosedur", kind="procedure", description="Prosedur kartu")
        at.step("ani", case, "attach-legal-basis", **BASIS)
        at.step("sekda", case, "decide-rollout", choice="replicate", reason="Terbukti.")
        at.step("ani", case, "publish-kit", **KIT)
        copied(at, case)
        judged(at, case)
        at.step("sekda", case, "decide-outcome", choice="institutionalise", reason="Perkada sudah ada.")
        page = at.page("inspektur")
        page.goto(case)
        assert page.locator(".tag", has_text="Dilembagakan").count()
        number = case.rpartition("/")[2]
        page.goto(f"/inovasi/{number}?bagian=jejak")
        assert page.locator(".stamp", has_text="Dilembagakan").count() == 1
        read_by_everybody(at, newcomers, case)


def read_by_everybody(at: Offices, people: People, case: str) -> None:
    """Show a case to everybody, once it is certain that nobody is exposed; and take it back."""
    number, checked = case.rpartition("/")[2], {"no_personal_data": True, "pictures_consented": True}
    with people.anybody() as citizen:
        assert httpx.get(f"{people.address}/terbit/{number}").status_code == 404
        at.step("koordinator", case, "publish-case", redaction=checked, reason="Berguna bagi warga.")
        citizen.goto("/")
        citizen.get_by_role("link", name=str(IDEA["title"])).click()
        assert citizen.get_by_text("Perkada sudah ada.").count() == 1
        at.step("koordinator", case, "unpublish-case", reason="Foto perlu diganti.")
        assert httpx.get(f"{people.address}/terbit/{number}").status_code == 404


def copied(at: Offices, case: str) -> None:
    """Let another government copy the case, until both sides have confirmed it."""
    copy = at.step("hasan", case, "replications", problem="Pasien kami menunggu dua jam.")
    assert copy.startswith("/replikasi/")
    at.step("budi", copy, "accept", reason="Siap mendampingi.")
    at.step("nining", copy, "agree", agreement="pks", number="PKS 12/2026", date=TODAY)
    at.step("hasan", copy, "plan-adaptation", plan="Tiga bulan.", changes="Dua bahasa.", team=[person_id("nining")])
    at.step("hasan", copy, "start", place="Puskesmas Anggrek", starts_on=TODAY)
    at.step("maya", copy, "record-milestone", title="Petugas terlatih", reached_on=TODAY)
    at.step("hasan", copy, "record-measurement", **MEASURED_HERE)
    at.step("hasan", copy, "conclude", summary="Antre turun menjadi sepertiga.")
    at.step("hasan", copy, "confirm-by-adopter")
    at.step("ani", copy, "confirm-by-origin")


def judged(at: Offices, case: str) -> None:
    """Have a panel judge it; one of its members declares a conflict and is replaced."""
    panel = at.step("koordinator", case, "open-evaluation")
    assert panel.startswith("/evaluasi/")
    for judge in ("eka", "fajar", "gita"):
        at.step("koordinator", panel, "assign-evaluator", person=person_id(judge))
    at.step("fajar", panel, "declare-conflict", statement="Saya ikut menyusun rancangannya.")
    changed: dict[str, Any] = {
        "person": person_id("fajar"),
        "replacement": person_id("indra"),
        "reason": "Benturan kepentingan.",
    }
    at.step("koordinator", panel, "replace-evaluator", **changed)
    for n, judge in enumerate(("eka", "gita", "indra")):
        at.step(judge, panel, "score", **scores(70 + 5 * n))
    at.step("koordinator", panel, "consolidate")
    at.step("koordinator", panel, "conclude", **ADVICE)


def test_a_case_is_stopped_with_its_lesson(newcomers: People, tmp_path: Path) -> None:
    started: dict[str, Any] = {**STARTED, "ends_on": TODAY + timedelta(days=90)}
    with offices(newcomers, tmp_path, script=True) as at:
        case = at.register("ani", **IDEA)
        at.step("koordinator", case, "assign-coach", person=person_id("citra"))
        at.step("ani", case, "revise-profile", **TOLD)
        at.step("ani", case, "submit", pledge=True)
        at.step("budi", case, "endorse", choice="endorse", reason="Sejalan dengan renja.")
        at.step("sekda", case, "decide-pilot", choice="approve", reason="Layak diuji coba.")
        at.step("ani", case, "start-pilot", **started)
        lesson = "Tanyakan dahulu kepada pasien apa yang mereka perlukan."
        at.step("sekda", case, "stop", reason="Tidak diminati.", reason_code="no_demand", lesson=lesson)
        page = at.page("ani")
        page.goto(case)
        assert lesson in page.locator("main").inner_text()
