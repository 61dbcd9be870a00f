"""The documentation page in a browser: complete, alone with our host, quiet, and fit for a phone, the night and paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from adapters.http import openapi

OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"
LEAST_CONTRAST = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => numbers(colour).slice(0, 3)
    .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = one => { while (numbers(getComputedStyle(one).backgroundColor)[3] === 0) one = one.parentElement;
                          return light(getComputedStyle(one).backgroundColor) };
  const contrast = one => { const both = [ground(one), light(getComputedStyle(one).color)].sort((a, b) => b - a);
                            return (both[0] + 0.05) / (both[1] + 0.05) };
  return Math.min(...[...document.querySelectorAll('main *')].filter(one => one.innerText).map(contrast));
}"""


@pytest.fixture(params=[(1280, "light"), (320, "light"), (1280, "dark")], ids=["wide", "phone", "dark"])
def docs(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """Give the page, opened; whatever it asked for or complained of comes out in the end."""
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/api/docs")
    yield page
    page.close()
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []
    assert complaints == []


def test_every_operation_is_there_and_opens(docs: Page) -> None:
    documented = [f"{verb.upper()} {path}" for path, verbs in openapi.document()["paths"].items() for verb in verbs]
    shown = docs.locator("summary").evaluate_all(
        "all => all.map(one => one.querySelector('b').innerText + ' ' + one.querySelector('code').innerText)"
    )
    assert sorted(shown) == sorted(documented)
    example = docs.locator("#register_idea pre")
    assert not example.is_visible()
    docs.locator("#register_idea summary").click()
    assert "Antrean tanpa berdiri" in example.inner_text()


def test_nothing_is_wider_than_the_window(docs: Page) -> None:
    docs.evaluate(OPEN_ALL)
    wide, window = docs.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window


def test_every_word_stands_out_from_its_ground(docs: Page) -> None:
    docs.evaluate(OPEN_ALL)
    assert docs.evaluate(LEAST_CONTRAST) >= 4.5


def test_by_night_the_page_is_dark(docs: Page) -> None:
    dark = docs.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ground = docs.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(23, 23, 27)") == dark


def test_on_paper_everything_is_open(docs: Page) -> None:
    docs.emulate_media(media="print")
    assert all(docs.locator("pre").nth(n).is_visible() for n in range(docs.locator("pre").count()))
