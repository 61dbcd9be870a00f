"""While the line is away a form says so and keeps what was typed, until it is recorded or its author signs out."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from adapters.demo.governments import person_id
from tests.browser.conftest import People

FORM = """() => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/formulir';
  form.innerHTML = '<input name="judul"><textarea name="masalah"></textarea><input type="password" name="sandi">'
    + '<input type="checkbox" name="urusan" value="1"><input type="checkbox" name="urusan" value="2"><button>Kirim</button>';
  document.querySelector('main').prepend(form);
  return import(document.querySelector('script[type=module]').src + '#' + Math.random());
}"""
KEPT = "Object.entries(localStorage).filter(([name]) => name.startsWith('jejak:')).map(([, kept]) => kept).join()"


def form(page: Page) -> None:
    """Put a form on a page and let our script meet it."""
    page.goto("/jabatan")
    page.evaluate(FORM)


def type_and_send_without_a_line(page: Page) -> None:
    form(page)
    page.fill("[name=judul]", "Perahu sehat")
    page.fill("[name=masalah]", "Pulau jauh.\nOmbak tinggi.")
    page.fill("[name=sandi]", "rahasia")
    page.check("[name=urusan][value='2']")
    page.context.set_offline(True)
    page.click("text=Kirim")
    page.wait_for_selector(".line-away")


def test_what_was_typed_is_kept_and_comes_back(newcomers: People) -> None:
    with newcomers.as_("ani") as page:
        type_and_send_without_a_line(page)
        assert "Isian Anda disimpan di perangkat ini" in page.inner_text(".line-away")
        assert page.input_value("[name=judul]") == "Perahu sehat"
        assert "rahasia" not in page.evaluate(KEPT)
        page.context.set_offline(False)
        form(page)
        assert page.input_value("[name=masalah]") == "Pulau jauh.\nOmbak tinggi."
        assert page.is_checked("[name=urusan][value='2']")
        assert not page.is_checked("[name=urusan][value='1']")
        with page.expect_request("**/formulir") as sent:
            page.click("text=Kirim")
        assert sent.value.method == "POST"
        assert "judul=Perahu+sehat" in (sent.value.post_data or "")


def test_what_was_kept_can_be_dropped_and_is_nobody_elses(newcomers: People) -> None:
    with newcomers.as_("ani") as page:
        type_and_send_without_a_line(page)
        page.context.set_offline(False)
        form(page)
        page.click(".restored button")
        page.wait_for_load_state()
        assert page.evaluate(KEPT) == ""
        type_and_send_without_a_line(page)
        page.context.set_offline(False)
        assert page.evaluate(KEPT) != ""
        page.click(".who button")
        page.wait_for_selector("text=Masuk untuk pegawai")
        assert page.evaluate(KEPT) == ""


NAMES = (
    "Object.keys(localStorage).filter((name) => name.startsWith('jejak:isian:')).map((name) => name.slice(48)).sort()"
)


def register(page: Page, title: str) -> None:
    page.goto("/inovasi/baru")
    page.fill("#title", title)
    page.fill("#problem", "Pulau jauh.")
    page.get_by_label("Kesehatan", exact=True).check()
    page.click("main form p.buttons button:first-child")
    page.wait_for_selector(".notice.sound")


def test_what_is_recorded_takes_along_its_own_form_alone(newcomers: People) -> None:
    with newcomers.as_("ani") as page:
        type_and_send_without_a_line(page)
        page.context.set_offline(False)
        page.evaluate(f"localStorage['jejak:isian:{person_id('budi')}/jabatan'] = '[]'")
        register(page, "Perahu sehat")
        assert page.evaluate(NAMES) == ["/formulir", "/jabatan"]
        page.click(".who button")
        page.wait_for_selector("text=Masuk untuk pegawai")
        assert page.evaluate(NAMES) == ["/jabatan"]


def test_what_was_typed_beside_a_file_is_kept_too(newcomers: People, tmp_path: Path) -> None:
    paper, nothing = tmp_path / "laporan.pdf", tmp_path / "kosong.pdf"
    paper.write_bytes(b"%PDF-1.7\n")
    nothing.write_bytes(b"")
    with newcomers.as_("ani") as page:
        register(page, "Perahu sehat")
        form = f"{page.url}/attach-evidence"
        page.goto(form)
        page.select_option("#kind", "report")
        page.fill("#description", "Laporan awal")
        page.set_input_files("#berkas", nothing)
        button = "main form p.buttons button:first-child"
        page.route(form, lambda sent: sent.abort("internetdisconnected"))
        page.click(button)  # it breaks under way
        page.wait_for_selector(".line-away")
        assert page.url == form
        page.unroute(form)
        page.fill("#description", "Laporan akhir")
        page.context.set_offline(True)
        page.click(button)
        page.wait_for_selector(".line-away:focus")
        page.context.set_offline(False)
        page.reload()
        assert page.input_value("#description") == "Laporan akhir"
        page.set_input_files("#berkas", nothing)
        page.click(button)
        page.wait_for_selector(".error-summary:focus")  # the page written over this one is alive
        page.set_input_files("#berkas", paper)
        page.click(button)
        page.wait_for_selector(".notice.sound")
        page.wait_for_function(f"{NAMES}.length === 0")
