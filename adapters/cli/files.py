"""Files a command is told to write."""

from __future__ import annotations

from pathlib import Path

from domain.errors import invalid


def new_file(path: Path | None) -> Path | None:
    """Give the path, refused before anything is done when nothing can be written there."""
    if path is not None and not path.absolute().parent.is_dir():
        raise invalid("file.no_folder", "", file=str(path.absolute().parent))
    if path is not None and path.is_dir():
        raise invalid("file.is_folder", "", file=str(path))
    return path
