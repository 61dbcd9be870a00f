"""Pictures of every page in the list, to be looked at: `make screenshots` puts them into `.screenshots/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import PHONE, WIDE, People
from tests.browser.pages import PAGES, Shown
from tests.browser.test_every_page import visit

FOLDER = Path(__file__).parents[2] / ".screenshots"
PAPER = {"width": 658, "height": 1009}  # A4 within its margins, at 96 pixels an inch
LOOKS: dict[str, Any] = {
    "wide": (WIDE, "light", "screen"),
    "phone": (PHONE, "light", "screen"),
    "dark": (WIDE, "dark", "screen"),
}
LOOKS["paper"] = (PAPER, "light", "print")


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_a_page_has_its_pictures(people: People, shown: Shown) -> None:
    FOLDER.mkdir(exist_ok=True)
    with visit(people, shown) as page:
        shown.open(page)
        for look, (size, scheme, medium) in LOOKS.items():
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            page.emulate_media(color_scheme=scheme, media=medium)
            picture = FOLDER / f"{shown.name}-{look}.png"
            assert page.screenshot(path=picture, full_page=True)
