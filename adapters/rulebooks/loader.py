"""Load the rulebooks that ship with the release, checked against their model."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources import files

import msgspec

from domain.rulebook.model import ProcessRulebook


def load_rulebooks() -> tuple[ProcessRulebook, ...]:
    """Give every rulebook, oldest first; raises msgspec.ValidationError when a file breaks the model."""
    folder = files("adapters.rulebooks")
    texts = [f.read_bytes() for f in sorted(folder.iterdir(), key=lambda f: f.name) if f.name.endswith(".toml")]
    found = [
        msgspec.structs.replace(
            msgspec.convert(tomllib.loads(raw.decode()), ProcessRulebook), digest=hashlib.sha256(raw).hexdigest()
        )
        for raw in texts
    ]
    return tuple(sorted(found, key=lambda rules: (rules.effective_from, rules.version)))
