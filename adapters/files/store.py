"""Evidence bytes: streamed to a temporary file, made durable, then named by their digest."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path

FILE_BYTES_MAX = 200 * 1024 * 1024


class TooLarge(Exception):
    """The file is larger than the store takes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store received."""

    digest: str
    size: int


class EvidenceStore:
    """A folder of files named by SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def size_held(self, digest: str) -> int | None:
        """Give how many bytes were received under a digest, None when none were."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def file_of(self, digest: str) -> Path | None:
        """Give the file received under a digest, None when none was."""
        path = self._path(digest)
        return path if path.is_file() else None

    async def receive(self, chunks: AsyncIterable[bytes]) -> Stored:
        """Keep a stream of bytes; nothing is left behind when it breaks off."""
        descriptor, name = tempfile.mkstemp(dir=self._folder, prefix=".part-")
        try:
            with os.fdopen(descriptor, "wb") as out:
                digest, size = hashlib.sha256(), 0
                async for chunk in chunks:
                    size += len(chunk)
                    if size > FILE_BYTES_MAX:
                        raise TooLarge
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            self._keep(Path(name), digest.hexdigest())
        except BaseException:
            _discard(name)
            raise
        return Stored(digest.hexdigest(), size)

    def put(self, content: bytes) -> Stored:
        """Keep bytes at hand."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(exist_ok=True, mode=0o700)
            path.write_bytes(content)
        return Stored(digest, len(content))

    def _keep(self, part: Path, digest: str) -> None:
        path = self._path(digest)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _discard(name: str) -> None:
    Path(name).unlink(missing_ok=True)
