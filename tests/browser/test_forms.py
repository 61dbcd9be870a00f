"""Forms in a browser: an idea on a phone, a decision by keyboard, and nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from adapters.demo.governments import PASSWORD, person_id
from tests.browser.conftest import PHONE, WIDE, People, faults, scrolls_sideways, sign_in
from tests.databases import token_of

SUBMIT = "form[method=post] p.buttons button:first-child"
NUMBERS = count(1)
HOSTILE = [
    '<script>alert(1)</script>"><img src=x onerror=alert(2)>',
    "</textarea><svg onload=alert(3)>",
    "javascript:alert(4) {{ 7*7 }} ${7*7} &lt;b&gt;",
]
SPELT = "Jum'at, Qur'an, 👩🏽‍⚕️ \u202eterbalik\u202c مرحبا"


@contextmanager
def api(people: People, who: str) -> Iterator[httpx.Client]:
    """Give a program of somebody."""
    with httpx.Client(base_url=f"{people.address}/api/v1", timeout=30) as client:
        client.headers["Authorization"] = f"Bearer {token_of(who)}"
        yield client


def registered(people: People, title: str) -> list[dict[str, Any]]:
    """Give the cases of a title, as the coordinator's program sees them."""
    with api(people, "koordinator") as client:
        return [
            case for case in client.get("/innovations", params={"q": title}).json()["items"] if case["title"] == title
        ]


def send(page: Page, button: str = SUBMIT) -> None:
    """Press a button and wait for what comes of it."""
    with page.expect_navigation():
        page.click(button)


def fill_idea(page: Page, title: str, problem: str = "Pasien berdiri dua jam.") -> None:
    page.goto("/inovasi/baru")
    page.fill("#title", title)
    page.fill("#problem", problem)
    page.get_by_label("Kesehatan", exact=True).check()


@pytest.fixture
def title() -> str:
    return f"Antrean uji formulir {next(NUMBERS)}"


@pytest.fixture
def waiting(people: People) -> Iterator[str]:
    """Give the number of an idea that waits for the regional secretary to decide."""
    with api(people, "sekda") as client:
        cases = client.get("/innovations", params={"stage": "idea", "region": "KA", "limit": 100}).json()["items"]
        yield next(
            case["case_number"]
            for case in cases
            if not any(
                action["blockers"]
                for action in client.get(f"/innovations/{case['id']}/actions").json()["items"]
                if action["command"] == "decide_pilot"
            )
        )


def test_an_idea_is_registered_on_a_phone_without_a_script(people: People, title: str) -> None:
    with people.as_("ani", viewport=PHONE, java_script_enabled=False) as page:
        fill_idea(page, title, SPELT)
        assert page.get_by_label("Aparatur sipil negara").is_checked()  # preset
        send(page)
        (case,) = registered(people, title)
        assert page.url.endswith(f"/inovasi/{case['case_number']}")
    with api(people, "koordinator") as client:
        assert client.get(f"/innovations/{case['id']}").json()["problem"] == SPELT


def test_what_is_missing_is_told_and_what_was_typed_stays(people: People, title: str) -> None:
    with people.as_("ani") as page:
        page.goto("/inovasi/baru")
        page.fill("#title", title)
        page.click("summary >> nth=0")
        page.fill("#cost", "sepuluh juta")
        send(page)
        said = page.locator(".error-summary li").all_inner_texts()
        assert any("Masalah" in one for one in said)
        assert any(one.startswith("Biaya") for one in said)
        assert page.title().startswith("Kesalahan:")
        assert page.input_value("#title") == title
        assert page.input_value("#cost") == "sepuluh juta"
        page.click(".error-summary a >> text=Masalah")
        assert page.evaluate("document.activeElement.id") == "problem"
        assert faults(page) == []


def test_hostile_text_is_shown_as_text(people: People) -> None:
    with people.as_("ani") as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.goto("/inovasi/baru")
        for hostile in HOSTILE:
            page.fill("#title", hostile)
            page.fill("#problem", hostile)
            page.get_by_label("Kesehatan", exact=True).uncheck()
            send(page)  # without an affair: the form comes back
            assert page.input_value("#title") == hostile
            assert page.input_value("#problem") == hostile
        send(page, "button[value=simpan]")
        assert page.input_value("#problem") == hostile
        send(page, "button[value=buang]")
        assert page.input_value("#problem") == ""


def test_a_draft_waits_until_it_is_sent_or_discarded(people: People, title: str) -> None:
    with people.as_("hasan") as page:
        fill_idea(page, title)
        send(page, "button[value=simpan]")
        page.goto("/inovasi/baru")
        assert page.input_value("#title") == title
        assert "konsep" in page.inner_text(".draft")
        assert faults(page) == []
        send(page)
        assert "/inovasi/KB-" in page.url
        page.goto("/inovasi/baru")
        assert page.input_value("#title") == ""


def test_rows_are_added_and_taken_away_without_a_script(people: People) -> None:
    with people.as_("ani", java_script_enabled=False) as page:
        page.goto("/inovasi/baru")
        page.click("summary >> nth=1")
        send(page, "button[value='tambah:legal_basis']")
        page.fill("#legal_basis\\.1\\.number", "dua")
        send(page, "button >> text=Hapus butir 1")
        assert page.locator("#legal_basis\\.1\\.number").count() == 0


def test_a_double_click_is_recorded_once(people: People, title: str) -> None:
    with people.as_("ani") as page:
        fill_idea(page, title)
        form = dict(page.evaluate("[...new FormData(document.querySelector('main form'))]"))
        cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    sent = [httpx.post(f"{people.address}/inovasi/baru", data=form, cookies=cookies) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert len(registered(people, title)) == 1


def test_a_taken_title_leads_to_the_other_case(people: People, title: str) -> None:
    with people.as_("ani") as page:
        fill_idea(page, title)
        send(page)
        (case,) = registered(people, title)
        fill_idea(page, title)
        send(page)
        assert "mitra" in page.inner_text(".error-summary")
        assert page.get_attribute("p.notice a", "href") == f"/inovasi/{case['case_number']}"
        assert page.input_value("#title") == title


def test_an_ended_session_loses_nothing(people: People, title: str) -> None:
    with people.as_("ani") as page:
        fill_idea(page, title, SPELT)
        page.context.clear_cookies()
        send(page)
        assert "Sesi Anda berakhir" in page.inner_text("main")
        assert faults(page) == []
        page.fill("#nama", "ani")
        page.fill("#sandi", "keliru")
        page.click("main button")
        page.fill("#sandi", PASSWORD)
        page.click("main button")
        assert page.url.endswith("/inovasi/baru")
        assert page.input_value("#title") == title
        assert page.input_value("#problem") == SPELT
        send(page)
        assert len(registered(people, title)) == 1


def test_another_session_keeps_what_was_typed(people: People, title: str) -> None:
    with people.as_("ani") as page:
        fill_idea(page, title)
        page.context.clear_cookies()
        other = page.context.new_page()
        sign_in(other, "ani")
        send(page)
        assert "Sesi Anda berganti" in page.inner_text(".error-summary")
        send(page)
        assert len(registered(people, title)) == 1


def test_a_stale_decision_says_who_did_what_and_keeps_the_reason(people: People, waiting: str) -> None:
    address = f"/inovasi/{waiting}/decide-pilot"
    with people.as_("sekda") as page:
        page.goto(f"{address}?pilihan=defer")
        assert page.is_checked("#pilihan-defer")
        page.fill("#reason", "Menunggu anggaran perubahan.")
        page.fill("#until", "2027-06-01")
        with api(people, "koordinator") as client:
            case = client.get("/innovations", params={"q": waiting}).json()["items"][0]
            coaches = client.get(f"/innovations/{case['id']}").json()
            published = client.post(
                f"/innovations/{case['id']}/publish-case",
                json={"reason": "Terbuka.", "redaction": {"no_personal_data": True, "pictures_consented": True}},
                headers={"If-Match": f'"{coaches["version"]}"'},
            )
            assert published.status_code == 200, published.text
        send(page)
        said = page.inner_text(".error-summary")
        assert "Inovasi dipublikasikan" in said
        assert "koordinator" in said
        assert page.input_value("#reason") == "Menunggu anggaran perubahan."
        assert page.input_value("#until") == "2027-06-01"
        assert faults(page) == []
        send(page)
        assert page.url.endswith(f"/inovasi/{waiting}")
    with api(people, "koordinator") as client:
        assert client.get(f"/innovations/{case['id']}").json()["status"] == "deferred"


def test_what_is_not_open_says_why_and_what_is_hidden_is_not_there(people: People, waiting: str) -> None:
    with people.as_("ani") as page:
        page.goto(f"/inovasi/{waiting}/decide-pilot")
        assert "Hanya dapat dilakukan oleh" in page.inner_text("main")
        assert page.locator("main form").count() == 0
        assert faults(page) == []
    with people.as_("hasan") as page:
        answer = page.goto(f"/inovasi/{waiting}/decide-pilot")
        assert answer is not None
        assert answer.status == 404


def test_an_administrator_grants_a_role(people: People) -> None:
    dewi = person_id("dewi")
    with people.as_("admin") as page:
        page.goto(f"/admin/{dewi}/grant-role")
        page.select_option("#role", "facilitator")
        page.select_option("#agency", "ka-bappeda")
        assert faults(page) == []
        send(page)
        page.wait_for_url(f"**/admin/{dewi}")
        page.goto(f"/admin/{dewi}/revoke-role")
        assert "Fasilitator" in page.inner_text("main form")


def test_a_made_up_notice_is_no_matter(people: People) -> None:
    assert httpx.get(f"{people.address}/masuk", cookies={"kabar": "nothing.of.ours"}).status_code == 200


@pytest.mark.parametrize("script", [True, False])
def test_a_file_is_what_it_holds(people: People, title: str, tmp_path: Path, script: bool) -> None:
    paper, page_file = tmp_path / "foto.jpg", tmp_path / "laporan.pdf"
    paper.write_bytes(b"%PDF-1.7\n" + title.encode() + str(script).encode())
    page_file.write_text("<html><script>alert(1)</script></html>")
    with people.as_("ani", java_script_enabled=script, viewport=PHONE) as page:
        fill_idea(page, title)
        send(page)
        (case,) = registered(people, title)
        page.goto(f"/inovasi/{case['case_number']}/attach-evidence")
        assert "20 MB" in page.inner_text("main")
        page.select_option("#kind", "report")
        page.fill("#description", "Laporan awal")
        page.set_input_files("#berkas", page_file)
        page.click(SUBMIT)
        page.wait_for_selector(".error-summary")
        assert "Jenis isi berkas" in page.inner_text(".error-summary")
        assert page.input_value("#description") == "Laporan awal"
        page.set_input_files("#berkas", paper)
        page.click(SUBMIT)
        page.wait_for_url(f"**/inovasi/{case['case_number']}")
    with api(people, "koordinator") as client:
        (item,) = client.get(f"/innovations/{case['id']}").json()["evidence"]
    assert (item["media_type"], item["size"], item["held"]) == ("application/pdf", paper.stat().st_size, True)


@pytest.mark.parametrize(("language", "size", "scheme"), [("id", PHONE, "light"), ("en", WIDE, "dark")])
def test_forms_are_fit_for_everybody(
    people: People, waiting: str, language: str, size: dict[str, int], scheme: str
) -> None:
    with people.as_("ani", viewport=size, color_scheme=scheme) as page:
        page.goto(f"/inovasi/baru?lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert faults(page) == []
        assert not scrolls_sideways(page)
    with people.as_("sekda", viewport=size, color_scheme=scheme) as page:
        page.goto(f"/inovasi/{waiting}/decide-pilot?lang={language}")
        page.check("#pilihan-defer")
        assert page.is_visible("#until")
        assert faults(page) == []
        assert not scrolls_sideways(page)


def test_a_decision_is_taken_by_keyboard_alone(people: People, waiting: str) -> None:
    with people.as_("sekda") as page:
        late = page.context.new_page()
        late.goto(f"/inovasi/{waiting}/decide-pilot?pilihan=reject")
        late.fill("#reason", "Tumpang tindih.")
        page.goto(f"/inovasi/{waiting}/decide-pilot")
        tab_to(page, "pilihan-approve")
        page.keyboard.press("Space")
        tab_to(page, "reason")
        page.keyboard.type("Layak diuji; biaya kecil dan terukur.")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "Putuskan dan catat":
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/inovasi/{waiting}")
        send(late)
        said = late.inner_text("main")
        assert "Belum dapat dilakukan" in said
        assert "Uji coba disetujui" in said
        assert "Tumpang tindih." in said  # to be copied
        assert faults(late) == []
    with api(people, "sekda") as client:
        (case,) = client.get("/innovations", params={"q": waiting}).json()["items"]
        assert (case["stage"], case["status"]) == ("pilot", "approved")


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(name)
