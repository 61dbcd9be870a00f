"""How commands are addressed from outside."""

from __future__ import annotations

MAKES = {"request_replication": "replications"}
"""Commands that are addressed by what they make."""


def address(command: str) -> str:
    """Write a command as it stands at the end of a path."""
    return MAKES.get(command, command.replace("_", "-"))
