"""Texts as they are compared."""

from __future__ import annotations

import pytest

from domain.text import squeezed


@pytest.mark.parametrize(
    "title",
    [
        "Cafe\u0301 sehat",
        "CAF\u00c9  Sehat ",
        "Caf\u00e9\u200b se\u00adhat",
        "\uff23\uff41\uff46\u00e9 sehat",
        "Cafe\u200d\u0301 sehat",
    ],
    ids=["parted", "shouted", "with what nobody sees", "wide", "joined"],
)
def test_what_looks_the_same_is_one_title(title: str) -> None:
    assert squeezed(title) == squeezed("Caf\u00e9 sehat") != squeezed("Cafe sehat")
