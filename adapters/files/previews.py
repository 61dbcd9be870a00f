"""Small pictures of files: drawn in a program apart, one at a time, and kept in memory for a while."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

KEPT_MAX, KEPT_BYTES_MAX = 2_000, 32_000_000
SECONDS_MAX = 15.0
PICTURE_BYTES_MAX = 2_000_000


class Picture(NamedTuple):
    """A JPEG of one page, and how many pages its file has."""

    pages: int
    jpeg: bytes


class Previews:
    """Draws pictures, and remembers the latest; None stands for what cannot be drawn."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int], Picture | None] = OrderedDict()
        self._turn = asyncio.Semaphore(1)

    async def of(self, digest: str, path: Path, media_type: str, *, page: int, width: int) -> Picture | None:
        """Give a picture of a page, so many pixels wide at most; None when the file is broken or has no such page."""
        asked = digest, page, width
        async with self._turn:
            if asked not in self._kept:
                self._kept[asked] = await _drawn(path, media_type, page, width)
                self._forget()
            self._kept.move_to_end(asked)
            return self._kept[asked]

    def _forget(self) -> None:
        held = sum(len(kept.jpeg) for kept in self._kept.values() if kept)
        while held > KEPT_BYTES_MAX or len(self._kept) > KEPT_MAX:
            _, kept = self._kept.popitem(last=False)
            held -= len(kept.jpeg) if kept else 0


async def _drawn(path: Path, media_type: str, page: int, width: int) -> Picture | None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "adapters.files.draw", path, media_type, str(page), str(width)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},  # it is told no secret
    )
    try:
        async with asyncio.timeout(SECONDS_MAX):
            drawn, _ = await program.communicate()
    except TimeoutError:
        return None
    finally:
        if program.returncode is None:
            program.kill()
    if program.returncode != 0 or len(drawn) > PICTURE_BYTES_MAX:
        return None
    pages, _, jpeg = drawn.partition(b"\n")
    return Picture(int(pages), jpeg)
