"""Every sentence a page asks for by name is in the catalogue, in both languages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from adapters.catalogue import LANGUAGES, messages
from adapters.web.render import HERE

ASKED = re.compile(r"\bt\('([^']+)'[,)]")
NAMED = re.compile(r"""["'`]([a-z_-]+(?:\.[\w-]+)+)["'`]""")
BEGUN = re.compile(r"""["'`]((?:[\w-]+\.)+)(?=\{|["'] ?[~+]|["'],)""")
CODE = HERE.parent.parent


@pytest.mark.parametrize("template", sorted((HERE / "templates").rglob("*.html")), ids=lambda path: path.stem)
def test_a_page_asks_for_sentences_there_are(template: Path) -> None:
    asked = set(ASKED.findall(template.read_text(encoding="utf-8")))
    assert sorted(code for code in asked if not all(messages().get(code, {}).get(one) for one in LANGUAGES)) == []


def test_every_sentence_of_a_page_is_asked_for() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for layer in ("domain", "application", "adapters")
        for path in (CODE / layer).rglob("*")
        if path.suffix in {".py", ".html", ".js"}
    )
    named, begun = set(NAMED.findall(code)), (*set(BEGUN.findall(code)), "hint.")
    told = [one for file in (HERE / "words").glob("*.toml") for one in tomllib.loads(file.read_text(encoding="utf-8"))]
    assert len(told) > 1_000
    assert [one for one in told if one not in named and not one.startswith(begun)] == []
