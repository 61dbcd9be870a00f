"""Every sentence a person reads, by its stable code, in Indonesian and English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("id", "en")


@cache
def messages() -> dict[str, dict[str, str]]:
    """Give the catalogue: code, then language."""
    found: dict[str, dict[str, str]] = tomllib.loads((files("adapters") / "messages.toml").read_text(encoding="utf-8"))
    return found


def text(code: str, language: str, **params: Any) -> str:
    """Give the sentence of a code; the code itself when it has none (a test keeps that from happening)."""
    entry = messages().get(code)
    return entry[language].format_map(_Known(params)) if entry else code


class _Known(dict[str, Any]):
    """Leaves a placeholder readable when its value is missing."""

    def __missing__(self, key: str) -> str:
        return key


def language_of(accept_language: str | None) -> str:
    """Choose the language of an answer: English when it is asked for first, Indonesian otherwise."""
    first = (accept_language or "").partition(",")[0].strip().lower()
    return "en" if first.startswith("en") else "id"
