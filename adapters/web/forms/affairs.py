"""The government affairs of UU 23/2014 by their codes, as people call them."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def affairs(language: str) -> dict[str, str]:
    """Give what every affair is called."""
    source = (files("adapters.rulebooks") / "affairs.csv").read_text(encoding="utf-8")
    return {row["code"]: row[f"name_{language}"] for row in csv.DictReader(source.splitlines())}
