"""Evidence bytes: streamed to a temporary file, made durable, then named by their digest.

Beside each file stand empty ones that name the cases it was received for: who only knows a digest has no file.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

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

    def size_held(self, digest: str, case: UUID) -> int | None:
        """Give how many bytes were received for a case under a digest, None when none were."""
        try:
            self._mark(digest, case).stat()
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def file_of(self, digest: str) -> Path | None:
        """Give the file received under a digest, None when none was."""
        path = self._path(digest)
        return path if path.is_file() else None

    async def receive(self, chunks: AsyncIterable[bytes], case: UUID) -> Stored:
        """Keep a stream of bytes for a case; nothing is left behind when it breaks off."""
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
            self._keep(Path(name), digest.hexdigest(), case)
        except BaseException:
            _discard(name)
            raise
        return Stored(digest.hexdigest(), size)

    def put(self, content: bytes, case: UUID) -> Stored:
        """Keep bytes at hand for a case."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        if not path.exists():
            path.write_bytes(content)
        self._mark(digest, case).touch(0o600)
        return Stored(digest, len(content))

    def _keep(self, part: Path, digest: str, case: UUID) -> None:
        path = self._path(digest)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        part.replace(path)
        self._mark(digest, case).touch(0o600)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _mark(self, digest: str, case: UUID) -> Path:
        return self._folder / digest[:2] / f"{digest}.{case}"


def _discard(name: str) -> None:
    Path(name).unlink(missing_ok=True)
