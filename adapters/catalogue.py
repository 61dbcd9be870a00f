"""Every sentence a person reads, by its stable code, in Indonesian and English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

LANGUAGES = ("id", "en")


@cache
def messages() -> dict[str, dict[str, str]]:
    """Give the catalogue: code, then language. Each page has a file of its own beside the common one."""
    found: dict[str, dict[str, str]] = {}
    for source in _sources():
        said = tomllib.loads(source.read_text(encoding="utf-8"))
        if twice := found.keys() & said.keys():
            raise ValueError(f"{source.name} says again: {', '.join(sorted(twice))}")
        found |= said
    return found


def _sources() -> list[Traversable]:
    pages = (files("adapters") / "web" / "words").iterdir()
    return [files("adapters") / "messages.toml", *sorted(pages, key=lambda source: source.name)]


LISTED = frozenset({"roles", "role", "place", "office", "kind"})
"""Parameters of sentences that hold values of closed lists."""


def text(code: str, language: str, **params: Any) -> str:
    """Give the sentence of a code; the code itself when it has none (a test keeps that from happening)."""
    entry = messages().get(code)
    said = {name: _said(name, value, language) for name, value in params.items()}
    return entry[language].format_map(_Known(said)) if entry else code


def both(code: str, **params: Any) -> str:
    """Give the sentence of a code in every language, for a reader who has not said which is hers."""
    return " / ".join(text(code, language, **params) for language in LANGUAGES)


def _said(name: str, value: Any, language: str) -> Any:
    if name in LISTED:
        return words(str(value), language)
    return _Figure(value) if language == "id" and type(value) is int else value


class _Figure(int):
    """A number whose thousands (`{most:,}`) are parted as in Indonesian."""

    def __format__(self, form: str) -> str:
        return super().__format__(form).replace(",", ".")


def words(listed: str, language: str) -> str:
    """Give values of closed lists, parted by commas, as a person calls them; a value without a word stays."""
    return ", ".join(_word(value, language) for value in listed.split(", "))


def _word(value: str, language: str) -> str:
    exact = messages().get(f"word.{value}")
    if exact:
        return exact[language]
    name, _, whose = value.partition(":")
    office = messages().get(f"word.{name}")
    return f"{office[language]} ({whose})" if office else value


class _Known(dict[str, Any]):
    """Leaves a placeholder readable when its value is missing."""

    def __missing__(self, key: str) -> str:
        return key


def language_of(accept_language: str | None) -> str:
    """Choose the language of an answer: English when it is asked for first, Indonesian otherwise."""
    first = (accept_language or "").partition(",")[0].strip().lower()
    return "en" if first.startswith("en") else "id"
