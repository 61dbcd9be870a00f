"""The style page shows every part there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.web.render import HERE

TEMPLATES = HERE / "templates"
OF_A_SESSION = {"seal"}  # stands in a form of somebody who has signed in


@pytest.mark.parametrize("source", sorted((TEMPLATES / "macros").glob("*.html")), ids=lambda source: source.stem)
def test_every_macro_is_shown_by_itself_or_as_part_of_another(source: Path) -> None:
    shown, written = (TEMPLATES / "style.html").read_text(encoding="utf-8"), source.read_text(encoding="utf-8")
    offered = set(re.findall(r"{% macro (\w+)\(", written))
    assert offered
    alone = {name for name in offered - OF_A_SESSION if len(re.findall(rf"\b{name}\(", written)) == 1}
    assert sorted(name for name in alone if not re.search(rf"\b{name}\(", shown)) == []
