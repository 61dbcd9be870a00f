"""Kinds of text a person may type, with their limits."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from msgspec import Meta

NOT_BLANK = r"\S"
END = r"$(?!\n)"  # to Python `$` alone lets a line break follow; JSON Schema knows no other end

Line = Annotated[str, Meta(min_length=1, max_length=300, pattern=NOT_BLANK)]
Paragraph = Annotated[str, Meta(min_length=1, max_length=4_000, pattern=NOT_BLANK)]
Text = Annotated[str, Meta(min_length=1, max_length=40_000, pattern=NOT_BLANK)]
Reason = Annotated[str, Meta(min_length=1, max_length=4_000, pattern=NOT_BLANK)]
Code = Annotated[str, Meta(min_length=1, max_length=100, pattern=NOT_BLANK)]
Affair = Annotated[str, Meta(pattern=rf"^URS-(0[1-9]|[12][0-9]|3[0-8]){END}", examples=["URS-02"])]
Digest = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{64}}{END}", description="SHA-256, hexadecimal")]

UNIQUE = {"uniqueItems": True}
"""What the schema says of a list that names nothing twice; `check_common` sees to it."""

_PERSONAL_NUMBER = re.compile(r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)")


def words(text: str) -> int:
    """Count words as a reader would."""
    return len(text.split())


def names_a_citizen(text: str) -> bool:
    """Tell whether the text holds a 16-digit number such as a NIK."""
    return _PERSONAL_NUMBER.search(text) is not None


def composed(text: str) -> str:
    """Give the text as it is kept and searched for: one spelling for what looks the same (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def squeezed(text: str) -> str:
    """Give the text as it is compared: one case and width, single spaces, nothing nobody sees."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    folded = unicodedata.normalize("NFKC", seen).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
