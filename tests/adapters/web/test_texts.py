"""Every sentence a page asks for by name is in the catalogue, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.catalogue import LANGUAGES, messages
from adapters.web.render import HERE

ASKED = re.compile(r"\bt\('([^']+)'[,)]")


@pytest.mark.parametrize("template", sorted((HERE / "templates").rglob("*.html")), ids=lambda path: path.stem)
def test_a_page_asks_for_sentences_there_are(template: Path) -> None:
    asked = set(ASKED.findall(template.read_text(encoding="utf-8")))
    assert sorted(code for code in asked if not all(messages().get(code, {}).get(one) for one in LANGUAGES)) == []
