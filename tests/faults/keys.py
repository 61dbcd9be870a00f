"""Keys and titles that are each used once."""

from __future__ import annotations

from uuid import uuid4

LETTERS = str.maketrans("0123456789", "ghijklmnop", "-")


def fresh_word() -> str:
    """Give a word nobody used before: letters only, since many digits read like the number of a person."""
    return str(uuid4()).translate(LETTERS)
