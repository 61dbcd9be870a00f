"""Every page in the list: open to all eyes, in both languages, by day and night, small on the line, and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from adapters.catalogue import messages
from tests.browser.conftest import COLOURS, PHONE, RULES, WIDE, People, faults, scrolls_sideways
from tests.browser.pages import PAGES, Shown

FIRST_BYTES_MAX, NEXT_BYTES_MAX = 60_000, 20_000
ZOOMED = {"width": WIDE["width"] // 2, "height": WIDE["height"] // 2}
"""What is left of a wide window at 200 %."""
CODE = re.compile(r"(?<![\w/.-])[a-z][a-z_]*(?:\.[a-z_0-9]+)+(?![\w/])")
VALUE = re.compile(r"(?<![\w/.-])[a-z]+_[a-z_]+(?![\w/])|\{[a-z_]+\}")
LOOKS: dict[str, tuple[tuple[dict[str, int], Literal["light", "dark"]], ...]] = {
    "id": ((WIDE, "light"), (WIDE, "dark")),
    "en": ((PHONE, "dark"), (PHONE, "light")),
}
"""Both languages and widths are looked at in full; by day and by night each once more, for their colours."""
each_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)


@contextmanager
def visit(people: People, shown: Shown, **options: Any) -> Iterator[Page]:
    """Give a page of who is to look."""
    with people.as_(shown.who, **options) if shown.who else people.anybody(**options) as page:
        yield page


def untranslated(page: Page) -> list[str]:
    """Give what stands on a page as a code instead of a sentence."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    said = page.evaluate(
        "[...document.querySelectorAll('code')].forEach(one => one.remove()) ?? document.body.innerText"
    )
    return [code for code in CODE.findall(said) if code in messages()] + VALUE.findall(said)


@each_page
def test_a_page_is_fit_for_every_eye_and_small_on_the_line(people: People, shown: Shown) -> None:
    with visit(people, shown) as page:
        first, after = loads(page, shown)
        assert 0 < first <= FIRST_BYTES_MAX
        assert after <= NEXT_BYTES_MAX * (2 if shown.link else 1)
        for language, looks in LOOKS.items():
            page.context.add_cookies([{"name": "bahasa", "value": language, "url": people.address}])
            assert shown.open(page).status == (404 if shown.name == "tidak-ada" else 200)
            assert page.locator("html").get_attribute("lang") == language
            for (size, scheme), rules in zip(looks, (RULES, COLOURS), strict=True):
                page.set_viewport_size({"width": size["width"], "height": size["height"]})
                page.emulate_media(color_scheme=scheme)
                assert faults(page, rules) == [], (language, size, scheme)
                assert not scrolls_sideways(page), (language, size, scheme)
            page.set_viewport_size({"width": ZOOMED["width"], "height": ZOOMED["height"]})
            assert not scrolls_sideways(page), language
            assert untranslated(page) == []


def loads(page: Page, shown: Shown) -> tuple[float, float]:
    """Give what comes over the line for a page, the first time and the next."""
    took: list[float] = []
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.on("Network.loadingFinished", lambda told: took.append(told["encodedDataLength"]))
    line.send("Network.clearBrowserCache")
    shown.open(page)
    page.wait_for_load_state("load")
    first = sum(took)
    took.clear()
    shown.open(page)
    page.wait_for_load_state("load")
    after = sum(took)
    line.detach()
    return first, after


@each_page
def test_a_page_needs_no_script(people: People, shown: Shown) -> None:
    with visit(people, shown, java_script_enabled=False) as page:
        shown.open(page)
        assert page.locator("h1").inner_text()
