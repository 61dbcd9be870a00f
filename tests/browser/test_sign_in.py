"""Signing in by browser: in and out, in both languages, kept on the way, and nobody is led to another host."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, WIDE, People, faults, scrolls_sideways, sign_in


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "light"), (WIDE, "dark")])
def test_the_page_is_fit_for_everybody(newcomers: People, language: str, size: dict[str, int], scheme: str) -> None:
    with newcomers.anybody(viewport=size, color_scheme=scheme) as page:
        page.goto(f"/masuk?lang={language}")
        assert page.locator("html").get_attribute("lang") == language
        assert page.url.endswith("/masuk")  # the wish is remembered and leaves the address
        assert faults(page) == []
        assert not scrolls_sideways(page)


def test_a_wrong_password_is_told_and_the_name_is_kept(newcomers: People) -> None:
    with newcomers.anybody() as page:
        page.goto("/masuk")
        page.fill("#nama", "ani")
        page.fill("#sandi", "bukan ini")
        page.click("main button")
        assert page.locator(".error-summary a").inner_text() == "Nama pengguna atau kata sandi tidak cocok."
        assert page.input_value("#nama") == "ani"
        assert page.input_value("#sandi") == ""
        assert page.title().startswith("Kesalahan:")
        assert faults(page) == []


@pytest.mark.parametrize(
    "elsewhere", ["//example.org/x", "https://example.org", "/\\example.org", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_host(newcomers: People, elsewhere: str) -> None:
    with newcomers.anybody() as page:
        page.goto(f"/masuk?ke={elsewhere}")
        page.fill("#nama", "ani")
        page.fill("#sandi", "jejak-demo")
        page.click("main button")
        assert page.url.startswith(newcomers.address)


def test_an_unknown_address_says_so_in_our_voice(newcomers: People) -> None:
    with newcomers.anybody() as page:
        answer = page.goto("/tidak-ada")
        assert answer is not None
        assert answer.status == 404
        assert page.locator("h1").inner_text() == "Tidak ditemukan"
        assert faults(page) == []
        sign_in(page, "ani")
        assert page.url == f"{newcomers.address}/kerja"
