"""While the line is away a form says so and keeps what was typed, until it is recorded or its author signs out."""

from __future__ import annotations

from playwright.sync_api import Page

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
